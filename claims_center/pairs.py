"""Pairs of filters, and of filter and sort, that the Claims Center answers at a million claims as at a thousand.

Every filter with the default sort, and every sort without a filter, has an index of its own. Of their combinations
there are too many for that; these are what people do all day. The benchmark measures each, and a test looks at how
they are answered. Other combinations work too, and may take longer where both halves are rare but their overlap is.
"""

# Query strings of the list; {funnel}, {product}, {person} and {month_ago} stand for a merchant's own.
PAIRS = (
    "status=new&verification=match",
    "status=new&marketplace=amazon",
    "status=new&funnel={funnel}",
    "status=needs_info&assignee={person}",
    "status=verified&promotion_type=physical",
    "status=rejected&funnel={funnel}",
    "status=new&sort=submitted",
    "funnel={funnel}&product={product}",
    "delivery=bounced&submitted_from={month_ago}",
    "verification=already_claimed&repeat=yes",
)
