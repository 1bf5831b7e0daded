"""The demo's order history: what the marketplaces' reports would hold for these customers."""

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from claims_center.models import Listing
from config.demo.base import Stage
from config.demo.people import Person

AMAZON_COLUMNS = (
    "amazon-order-id",
    "merchant-order-id",
    "purchase-date",
    "last-updated-date",
    "order-status",
    "sales-channel",
    "product-name",
    "sku",
    "asin",
    "item-status",
    "quantity",
    "currency",
    "item-price",
    "ship-postal-code",
    "ship-country",
)
PLAIN_COLUMNS = (
    "order_number",
    "marketplace",
    "ordered_at",
    "sku",
    "listing_id",
    "quantity",
    "amount",
    "currency",
    "status",
    "buyer_name",
    "buyer_email",
    "postal_code",
)


@dataclass
class Books:
    """The rows of the reports as they will be downloaded, and the numbers that were given out."""

    stage: Stage
    amazon: list[dict[str, str]] = field(default_factory=list)
    plain: list[dict[str, str]] = field(default_factory=list)

    def sell(self, person: Person, listing: Listing, at: datetime, *, buyer_email: str = "") -> str:
        """Write one order of this listing into its marketplace's report; return the order's number."""
        number = self.number(listing.marketplace)
        price = next(told.price for told in self.stage.story.products if told.sku == listing.product.sku)
        if listing.marketplace == "amazon":
            self.amazon.append(self._amazon_row(number, person, listing, at, price))
        else:
            self.plain.append(self._plain_row(number, person, listing, at, price, buyer_email))
        return number

    def number(self, marketplace: str) -> str:
        """Return a fresh order number in the marketplace's own form."""
        dice = self.stage.dice
        if marketplace == "amazon":
            return f"11{dice.randrange(1, 5)}-{dice.randrange(10**7):07}-{dice.randrange(10**7):07}"
        if marketplace == "ebay":
            return f"{dice.randrange(10, 20)}-{dice.randrange(10**5):05}-{dice.randrange(10**5):05}"
        return (
            str(dice.randrange(2 * 10**14, 3 * 10**14))
            if marketplace == "walmart"
            else str(dice.randrange(10**9, 4 * 10**9))
        )

    def amazon_report(self) -> bytes:
        """Return the All Orders report: tab-separated, unquoted."""
        lines = ["\t".join(AMAZON_COLUMNS)]
        lines += ["\t".join(row[name] for name in AMAZON_COLUMNS) for row in self.amazon]
        return ("\n".join(lines) + "\n").encode()

    def plain_report(self) -> bytes:
        """Return the plain CSV for the other marketplaces."""
        text = io.StringIO()
        writer = csv.DictWriter(text, PLAIN_COLUMNS)
        writer.writeheader()
        writer.writerows(self.plain)
        return text.getvalue().encode()

    def _amazon_row(self, number: str, person: Person, listing: Listing, at: datetime, price: str) -> dict[str, str]:
        when = at.astimezone(UTC).isoformat(timespec="seconds")
        return {
            "amazon-order-id": number,
            "merchant-order-id": number,
            "purchase-date": when,
            "last-updated-date": self.stage.past(at + timedelta(days=2)).astimezone(UTC).isoformat(timespec="seconds"),
            "order-status": "Shipped",
            "sales-channel": "Amazon.com",
            "product-name": listing.product.title,
            "sku": listing.product.sku,
            "asin": listing.listing_id,
            "item-status": "Shipped",
            "quantity": "1",
            "currency": self.stage.story.currency,
            "item-price": price,
            "ship-postal-code": person.address["postal_code"],
            "ship-country": person.address["country"],
        }

    def _plain_row(
        self, number: str, person: Person, listing: Listing, at: datetime, price: str, buyer_email: str
    ) -> dict[str, str]:
        return {
            "order_number": number,
            "marketplace": listing.marketplace,
            "ordered_at": at.astimezone(UTC).isoformat(timespec="seconds"),
            "sku": listing.product.sku,
            "listing_id": listing.listing_id,
            "quantity": "1",
            "amount": price,
            "currency": self.stage.story.currency,
            "status": "shipped",
            "buyer_name": f"{person.first_name} {person.last_name}",
            "buyer_email": buyer_email or person.email,
            "postal_code": person.address["postal_code"],
        }
