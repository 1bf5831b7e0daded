"""The plain CSV with documented columns, comma or semicolon, one row for each product of an order."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_center.imports.formats import Format, Pair
from claims_center.imports.rows import ReadItem, ReadOrder
from claims_center.imports.statuses import status_of
from claims_center.marketplaces import Marketplace
from claims_center.matching import SHORTEST, comparable
from claims_center.models import OrderStatus
from tenancy.imports.naming import Field
from tenancy.imports.table import Columns
from tenancy.imports.values import SHORTENED, BadValue, amount, code, count, moment, order_number, within

KNOWN = [
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
]


def read(row: Mapping[str, str], *, line: int, now: datetime, zone: tzinfo) -> Pair | None:
    """Return one row's order and product (None where it names none). Raises BadValue."""
    order = ReadOrder(
        marketplace=_marketplace(row["marketplace"]),
        number=_number(row["order_number"]),
        ordered_at=moment(row["ordered_at"], "ordered_at", now=now, zone=zone),
        status=_status(row.get("status", "")),
        status_text=row.get("status", "")[:60],
        buyer_name=within(row.get("buyer_name", ""), "buyer_name", 200),
        buyer_email=_email(row.get("buyer_email", "")),
        postal_code=within(row.get("postal_code", ""), "postal_code", 20),
        currency=code(row.get("currency", ""), "currency", "[A-Z]{3}"),
        line=line,
    )
    return order, _item(row, order)


def _number(text: str) -> str:
    number = within(text, "order_number", 60)
    if SHORTENED.match(number):
        return order_number(number, "", "")
    if len(comparable(number)) < SHORTEST:
        raise BadValue(_("“%(text)s” is no order number.") % {"text": number[:40]})
    return number


def _item(row: Mapping[str, str], order: ReadOrder) -> ReadItem | None:
    sku = within(row.get("sku", ""), "sku", 80)
    listing_id = within(row.get("listing_id", ""), "listing_id", 40)
    total = amount(row.get("amount", ""), "amount")
    pieces = count(row.get("quantity", ""), "quantity", default=1)
    if not sku and not listing_id and total is None:
        return None
    return ReadItem(sku, listing_id, "", pieces, total, order.status == OrderStatus.CANCELLED)


def _marketplace(text: str) -> str:
    names = {label.lower(): value for value, label in Marketplace.choices}
    found = names.get(text.lower())
    if found is None:
        known = ", ".join(label for _value, label in Marketplace.choices)
        raise BadValue(_("“%(text)s” is no marketplace; known are %(known)s.") % {"text": text[:40], "known": known})
    return found


def _status(text: str) -> str:
    plain = text.lower()
    return plain if plain in OrderStatus.values else status_of(text)


def _email(text: str) -> str:
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError as error:
        raise BadValue(_("“%(text)s” in buyer_email is no e-mail address.") % {"text": text[:40]}) from error
    return text[:254]


COLUMNS = Columns(known=KNOWN, needed=("order_number", "marketplace", "ordered_at"))
FIELDS = (
    Field(
        "order_number",
        gettext_lazy("Order number"),
        ("order", "order id", "order no", "number", "purchase order", "bestellnummer", "bestellung", "auftragsnummer"),
    ),
    Field(
        "marketplace", gettext_lazy("Marketplace"), ("channel", "platform", "marktplatz"), lambda: Marketplace.choices
    ),
    Field(
        "ordered_at",
        gettext_lazy("Ordered"),
        ("order date", "purchase date", "date", "ordered on", "created at", "bestelldatum", "datum"),
    ),
    Field("sku", gettext_lazy("SKU"), ("item sku", "seller sku", "article number", "artikelnummer")),
    Field("listing_id", gettext_lazy("Listing (ASIN, item number)"), ("asin", "item id", "item number", "listing")),
    Field("quantity", gettext_lazy("Quantity"), ("qty", "pieces", "anzahl", "menge")),
    Field("amount", gettext_lazy("Amount"), ("price", "total", "item price", "betrag", "preis")),
    Field("currency", gettext_lazy("Currency"), ("currency code", "währung")),
    Field("status", gettext_lazy("Status"), ("order status", "state")),
    Field("buyer_name", gettext_lazy("Buyer"), ("customer", "customer name", "name", "recipient", "käufer", "kunde")),
    Field("buyer_email", gettext_lazy("Buyer's e-mail"), ("e-mail", "email address", "customer email", "mail")),
    Field("postal_code", gettext_lazy("Postal code"), ("zip", "zip code", "postcode", "plz", "postleitzahl")),
)
FORMAT = Format(
    name="Plain CSV",
    columns=dict.fromkeys(KNOWN, ()),
    needed=frozenset({"order_number", "marketplace", "ordered_at"}),
    read=read,
    only_known=True,
)
