"""eBay's Orders report: American and British with commas, German with semicolons.

A line of commas stands above the header, an empty row below it, and at the end (or in the middle, where two reports
were put together) how many records were downloaded and by whom. An order of several items has a first row with the
totals and no item, then one row for each item, which may leave blank what the first row says.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from functools import partial

from django.utils.translation import gettext as _

from claims_center.imports.formats import Format, Pair
from claims_center.imports.rows import ReadItem, ReadOrder
from claims_center.marketplaces import Marketplace
from claims_center.models import OrderStatus
from tenancy.imports.values import BadValue, count, country, day, money, order_number, within

NUMBER = r"\d{2}-\d{5}-\d{5}|\d{10,15}-\d{8,15}|\d{10,15}!\d{8,20}"
TRAILER = re.compile(
    r"record\(s\) downloaded|^seller id ?:|datens[aä]tze? |heruntergeladen|^verk[aä]ufer", re.IGNORECASE
)
NOTHING = "--"
ENGLISH = {
    "number": ("Order Number",),
    "item": ("Item Number",),
    "sold": ("Sale Date",),
    "title": ("item title",),
    "sku": ("custom label", "custom label (sku)"),
    "quantity": ("quantity",),
    "price": ("sold for",),
    "total": ("total price",),
    "paid": ("paid on date", "payment date"),
    "shipped": ("shipped on date", "dispatched on date", "posted on date"),
    "buyer": ("buyer name", "buyer full name"),
    "email": ("buyer email",),
    "name": ("ship to name", "post to name"),
    "postcode": ("ship to zip", "ship to postcode", "post to postcode", "post to zip"),
    "country": ("ship to country", "post to country"),
}
GERMAN = {
    "number": ("Bestellnummer",),
    "item": ("Artikelnummer",),
    "sold": ("Verkauft am", "verkaufsdatum"),
    "title": ("angebotstitel", "artikelbezeichnung"),
    "sku": ("bestandseinheit", "eigene kennzeichnung", "individuelle bezeichnung"),
    "quantity": ("anzahl", "stückzahl"),
    "price": ("verkauft für", "verkaufspreis"),
    "total": ("gesamtbetrag", "gesamtpreis"),
    "paid": ("zahlungsdatum", "bezahlt am", "bezahldatum"),
    "shipped": ("verschickt am - datum", "versandt am", "verschickt am", "versanddatum"),
    "buyer": ("name des käufers", "vollständiger name des käufers"),
    "email": ("e-mail des käufers", "e-mail-adresse des käufers"),
    "name": ("versand an name", "name des empfängers"),
    "postcode": ("versand an plz", "plz des empfängers", "postleitzahl des käufers"),
    "country": ("versand an land", "land des empfängers", "land des käufers"),
}


def read(row: Mapping[str, str], *, line: int, now: datetime, zone: tzinfo, comma: bool) -> Pair | None:
    """Return one row's order and product (None for a row of totals). Raises BadValue."""
    given = {name: "" if value == NOTHING else value for name, value in row.items()}
    total, currency = money(given.get("total", ""), "Total Price", comma=comma)
    sold = given["sold"]
    order = ReadOrder(
        marketplace=Marketplace.EBAY,
        number=order_number(given["number"], NUMBER, "eBay"),
        ordered_at=day(sold, "Sale Date", now=now, zone=zone) if sold else None,
        status=_status(given),
        buyer_name=within(given.get("buyer", "") or given.get("name", ""), "Buyer Name", 200),
        buyer_email=_email(given.get("email", "")),
        postal_code=given.get("postcode", "")[:20],
        country=country(given.get("country", "")),
        currency=currency,
        total=total,
        line=line,
    )
    return order, _item(given, comma=comma)


def is_trailer(cells: Sequence[str]) -> bool:
    """Say whether this row is one of those that end a report."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) <= 3 and any(TRAILER.search(cell) for cell in filled)  # noqa: PLR2004 - a count, a text, a period


def check(order: ReadOrder) -> None:
    """Refuse an order without a date, or whose items are missing: the report was cut off."""
    if order.ordered_at is None:
        raise BadValue(_("Order %(number)s has no sale date.") % {"number": order.number})
    if not order.items:
        raise BadValue(_("Order %(number)s has no row with an item number.") % {"number": order.number})


def _item(given: Mapping[str, str], *, comma: bool) -> ReadItem | None:
    if not given["item"]:
        return None
    pieces = count(given.get("quantity", ""), "Quantity", default=1)
    price, _currency = money(given.get("price", ""), "Sold For", comma=comma)
    return ReadItem(
        sku=within(given.get("sku", ""), "Custom Label", 80),
        listing_id=order_number(given["item"], r"\d{9,15}", "eBay"),
        title=given.get("title", "")[:500],
        quantity=pieces,
        amount=None if price is None else price * pieces,
        is_cancelled=False,
    )


def _status(given: Mapping[str, str]) -> OrderStatus:
    if given.get("shipped"):
        return OrderStatus.SHIPPED
    if "paid" not in given:
        return OrderStatus.UNKNOWN
    return OrderStatus.OPEN if given["paid"] else OrderStatus.PENDING


def _email(text: str) -> str:
    return text[:254] if "@" in text else ""


def _format(name: str, columns: dict[str, tuple[str, ...]], *, comma: bool) -> Format:
    return Format(
        name=name,
        columns=columns,
        needed=frozenset({"number", "item", "sold"}),
        read=partial(read, comma=comma),
        is_trailer=is_trailer,
        check=check,
    )


FORMATS = (_format("eBay: Orders", ENGLISH, comma=False), _format("eBay: Bestellungen", GERMAN, comma=True))
