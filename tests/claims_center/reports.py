"""Order reports as marketplaces give them out."""

HEADER = [
    "amazon-order-id",
    "merchant-order-id",
    "purchase-date",
    "last-updated-date",
    "order-status",
    "fulfillment-channel",
    "sales-channel",
    "order-channel",
    "url",
    "ship-service-level",
    "product-name",
    "sku",
    "asin",
    "item-status",
    "quantity",
    "currency",
    "item-price",
    "item-tax",
    "shipping-price",
    "shipping-tax",
    "gift-wrap-price",
    "gift-wrap-tax",
    "item-promotion-discount",
    "ship-promotion-discount",
    "ship-city",
    "ship-state",
    "ship-postal-code",
    "ship-country",
    "promotion-ids",
    "is-business-order",
    "purchase-order-number",
    "price-designation",
]
ROW = {
    "amazon-order-id": "111-2301945-8821034",
    "merchant-order-id": "111-2301945-8821034",
    "purchase-date": "2026-11-15T08:04:21+00:00",
    "last-updated-date": "2026-11-16T22:07:59+00:00",
    "order-status": "Shipped",
    "fulfillment-channel": "Amazon",
    "sales-channel": "Amazon.com",
    "product-name": 'Pour-over kettle 0.9 l, "gooseneck" spout',
    "sku": "BB-KET-09",
    "asin": "B0BBKET090",
    "item-status": "Shipped",
    "quantity": "1",
    "currency": "USD",
    "item-price": "49.95",
    "ship-city": "PORTLAND",
    "ship-state": "OR",
    "ship-postal-code": "97205-1234",
    "ship-country": "US",
    "is-business-order": "false",
}


def amazon_report(
    *rows: dict[str, str], header: list[str] = HEADER, encoding: str = "utf-8", end: str = "\r\n"
) -> bytes:
    """Return an All Orders report; empty cells at the end of a row are left out, as Amazon does."""
    lines = ["\t".join(header)]
    for row in rows:
        cells = [row.get(column, "") for column in header]
        while cells and not cells[-1]:
            cells.pop()
        lines.append("\t".join(cells))
    return (end.join(lines) + end).encode(encoding)


def plain_csv(
    *rows: str, header: str = "order_number,marketplace,ordered_at,sku,listing_id,quantity,amount,currency,status"
) -> bytes:
    """Return a plain CSV."""
    return "\n".join([header, *rows, ""]).encode()
