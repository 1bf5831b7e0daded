"""Pairs of filters, and of filter and sort, that the offer responses answer at a million as at a thousand.

Every filter with the default sort, and every sort without a filter, has an index of its own. Of their combinations
there are too many for that; these are what people do all day. The benchmark measures each.
"""

# Query strings of the list; {offer}, {gift} and {month_ago} stand for a merchant's own.
PAIRS = (
    "status=pending&offer={offer}",
    "status=processing&offer={gift}",
    "status=expired&offer={offer}",
    "status=pending&usage_period=current",
    "status=clipped&usage_period=not_started",
    "status=completed&completed_from={month_ago}",
    "status=canceled&issued_from={month_ago}",
    "offer_type=free_item&status=shipping",
    "offer={offer}&issued_from={month_ago}",
    "status=pending&sort=expires",
)
