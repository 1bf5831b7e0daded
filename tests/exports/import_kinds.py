"""Files of every kind that can be imported, a row of each that is right, and values that are hard to take."""

from collections.abc import Iterator
from typing import NamedTuple

LENGTHS = (
    2,
    3,
    12,
    20,
    21,
    40,
    41,
    60,
    61,
    64,
    65,
    80,
    81,
    100,
    101,
    120,
    121,
    200,
    201,
    254,
    255,
    300,
    500,
    501,
    9000,
)
# One sign that stands for several, or takes several bytes, once it is compared, written small or put apart.
SIGNS = ("x", "9", "\u00df", "\u0130", "\ufdfa", "\U0001f9ff", "\u0301", "-", "'", ".")
NUMBERS = (
    "0",
    "-0",
    "-1",
    "+5",
    "0.001",
    "0.005",
    "1e-7",
    "1e5",
    "1E+10",
    "1e400",
    "NaN",
    "sNaN",
    "Infinity",
    "-Infinity",
    "1_000",
    "1,5",
    "9999999999.99",
    "9999999999.994",
    "9999999999.995",
    "10000000000",
    "99999999999999",
    "2147483647",
    "2147483648",
    "999999999",
    "1000000",
    "9223372036854775808",
    "\u0663",
    "\uff11\uff10\uff10",
    "\u00b2",
    "0x10",
)
DATES = (
    "0001-01-01",
    "0001-01-01T00:00:00+14:00",
    "1000-01-01",
    "1900-01-01",
    "1994-01-01",
    "2026-02-30",
    "9999-12-31",
    "9999-12-31T23:59:59-14:00",
    "0000-00-00",
    "2026-11-01T00:00:00+23:59",
    "2026-11-01T00:00:00.123456789",
    "2025-W01-1",
    "20250101",
    "2026-11-01T25:00",
    "2026-03-29T02:30",
    "\u0662\u0660\u0662\u0665-01-01",
)
TEXTS = (
    "",
    " ",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\u202eabc",
    "a\tb",
    "a\nb",
    "a\r\nb",
    "\x01\x02",
    "\x7f",
    "\x85",
    "\u2028",
    "\ufffe",
    "\uffff",
    "\U0010ffff",
    "{}[]\\",
    "%s %(x)s %",
    f"1-{'9' * 50}",
    "'; DROP TABLE x; --",
    '=1+1"',
    "\\x00",
    "\\u0000",
    "null",
    "None",
    "@",
    "a@b",
    "a@b.example",
    "a@\u00e4.example",
    "\u00e4@b.example",
    f"{'l' * 64}@{'d' * 60}.{'e' * 60}.{'f' * 60}.example",
    f"{'l' * 64}@{'d' * 60}.{'e' * 60}.{'f' * 62}.{'g' * 60}.example",
    "00000000-0000-0000-0000-000000000000",
)


class Kind(NamedTuple):
    """A dataset, the header of its file, and a row that is right; `{n}` is the number of the line."""

    dataset: str
    row: dict[str, str]


PLAIN = {
    "order_number": "112-{n:07}-0000001",
    "marketplace": "amazon",
    "ordered_at": "2026-01-05",
    "sku": "S-1",
    "listing_id": "B000000001",
    "quantity": "1",
    "amount": "9.90",
    "currency": "EUR",
    "status": "shipped",
    "buyer_name": "Ann Lind",
    "buyer_email": "ann@example.com",
    "postal_code": "10115",
}
AMAZON = {
    "amazon-order-id": "112-{n:07}-0000001",
    "merchant-order-id": "M-{n}",
    "purchase-date": "2026-01-05T10:00:00+00:00",
    "last-updated-date": "2026-01-06T10:00:00+00:00",
    "order-status": "Shipped",
    "sales-channel": "Amazon.de",
    "product-name": "Beans",
    "sku": "S-1",
    "asin": "B000000001",
    "item-status": "Shipped",
    "quantity": "1",
    "currency": "EUR",
    "item-price": "9.90",
    "ship-postal-code": "10115",
    "ship-country": "DE",
}
EBAY = {
    "Order Number": "10-{n:05}-00001",
    "Item Number": "123456789012",
    "Sale Date": "Jul-21-25",
    "Item Title": "Beans",
    "Custom Label": "S-1",
    "Quantity": "1",
    "Sold For": "$9.90",
    "Total Price": "$9.90",
    "Paid On Date": "Jul-21-25",
    "Shipped On Date": "Jul-22-25",
    "Buyer Name": "Ann Lind",
    "Buyer Email": "ann@example.com",
    "Ship To Zip": "10115",
    "Ship To Country": "Germany",
}
ETSY_ORDERS = {
    "Sale Date": "07/21/25",
    "Order ID": "{n:09}",
    "Currency": "USD",
    "Date Shipped": "07/22/25",
    "Full Name": "Ann Lind",
    "Ship Zipcode": "10115",
    "Ship Country": "Germany",
    "Order Total": "9.90",
    "Status": "Shipped",
}
ETSY_ITEMS = {
    "Sale Date": "07/21/25",
    "Order ID": "{n:09}",
    "Listing ID": "12345678",
    "Transaction ID": "1",
    "Item Name": "Beans",
    "SKU": "S-1",
    "Quantity": "1",
    "Price": "9.90",
    "Currency": "USD",
}
WALMART = {
    "PO#": "1{n:012}",
    "Order#": "2{n:012}",
    "Order Date": "2025-07-21",
    "SKU": "S-1",
    "Status": "Shipped",
    "Item Description": "Beans",
    "Qty": "1",
    "Item Cost": "9.90",
    "Customer Name": "Ann Lind",
    "Zip": "10115",
}
MEMBERS = {
    "card_number": "M-{n}",
    "email": "m{n}@example.com",
    "phone": "+49 30 1{n:06}",
    "first_name": "Ann",
    "last_name": "Lind",
    "birthday": "1990-12-31",
    "street": "Elm Street",
    "house_number": "1",
    "building_number": "2",
    "postal_code": "10115",
    "city": "Berlin",
    "province": "Berlin",
    "country": "DE",
}
PURCHASES = {
    "reference": "P-{n}",
    "card_number": "C-1",
    "amount": "9.90",
    "currency": "USD",
    "occurred_at": "2026-01-05T10:00:00",
}
POINTS = {"reference": "A-{n}", "card_number": "C-1", "points": "10", "reason": "Sorry"}
CODES = {"code": "CODE-{n:06}", "pool": "Gifts"}
NEW_RESPONSES = {
    "offer": "Ten off",
    "card_number": "C-1",
    "key": "K-{n}",
    "status": "completed",
    "reason": "By the till",
    "issued_at": "2026-01-05T10:00:00",
    "expires_at": "2027-01-05",
    "completed_at": "2026-01-06T10:00:00",
    "reference": "R-{n}",
}
KINDS = {
    "orders": Kind("orders", PLAIN),
    "amazon": Kind("orders", AMAZON),
    "ebay": Kind("orders", EBAY),
    "etsy-orders": Kind("orders", ETSY_ORDERS),
    "etsy-items": Kind("orders", ETSY_ITEMS),
    "walmart": Kind("orders", WALMART),
    "members": Kind("members", MEMBERS),
    "purchases": Kind("purchases", PURCHASES),
    "points": Kind("points", POINTS),
    "codes": Kind("codes", CODES),
    "responses": Kind("responses", NEW_RESPONSES),
}
CASES = [(kind, column) for kind, one in KINDS.items() for column in one.row]


def nasty() -> Iterator[str]:
    """Every value that is tried."""
    yield from (sign * length for sign in SIGNS for length in LENGTHS)
    yield from NUMBERS
    yield from DATES
    yield from TEXTS
