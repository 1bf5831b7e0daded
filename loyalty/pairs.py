"""Pairs of filters, and of filter and sort, that the redeemed rewards answer at a million as at a thousand.

Every filter with the default sort, and every sort without a filter, has an index of its own. Of their combinations
there are too many for that; these are what people do all day. The benchmark measures each.
"""

# Query strings of the grid; {reward}, {gift} and {month_ago} stand for a merchant's own.
PAIRS = (
    "delivery_status=ordered&reward_type=gift",
    "delivery_status=shipped&reward={gift}",
    "used=no&reward_type=gift",
    "used=no&reward={reward}",
    "used=no&coupon_status=active",
    "used=yes&redeemed_from={month_ago}",
    "coupon_status=expired&reward={reward}",
    "coupon_status=canceled&redeemed_from={month_ago}",
    "cashback_status=failure&redeemed_from={month_ago}",
    "reward_type=cashback&sort=redeemed",
)
