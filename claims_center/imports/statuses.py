"""What the words of the marketplaces mean for an order."""

from claims_center.models import OrderStatus


def status_of(text: str) -> OrderStatus:
    """Return what a status of a report means; its own words are kept beside it."""
    plain = text.strip().lower()
    if plain in {"cancelled", "canceled"}:
        return OrderStatus.CANCELLED
    if plain.startswith("shipped - delivered") or plain == "delivered":
        return OrderStatus.DELIVERED
    if plain.startswith("shipped") or plain in {"shipping", "complete", "completed"}:
        return OrderStatus.SHIPPED
    if plain.startswith("pending"):
        return OrderStatus.PENDING
    if plain in {"unshipped", "partially shipped", "partiallyshipped", "created", "acknowledged", "paid", "open"}:
        return OrderStatus.OPEN
    return OrderStatus.UNKNOWN
