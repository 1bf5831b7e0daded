"""What a reward can be, and where a redeemed one may stand: four dimensions that never mix."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RewardType(models.TextChoices):
    """What kind of thing a reward is."""

    PERCENTAGE_DISCOUNT_CODE = "percentage_discount_code", _("Percentage discount code")
    CASHBACK = "cashback", _("Cashback")
    DISCOUNT_CODE = "discount_code", _("Discount code")
    FREE_DELIVERY = "free_delivery", _("Free delivery")
    GIFT = "gift", _("Gift")
    INVITATION = "invitation_for_the_event", _("Invitation for the event")
    VALUE_CODE = "value_code", _("Value code")
    CUSTOM_CAMPAIGN = "custom_campaign", _("Custom campaign")


class CodeSource(models.TextChoices):
    """Where a reward's code comes from."""

    NONE = "none", _("No code")
    POOL = "pool", _("Code from a pool")
    GENERATED = "generated", _("Made by a pattern")


class CouponStatus(models.TextChoices):
    """Whether the coupon can be used. What holds at an instant is judged by `loyalty.coupon`, never by the stored label."""

    INACTIVE = "inactive", _("Inactive")
    ACTIVE = "active", _("Active")
    EXPIRED = "expired", _("Expired")
    CANCELED = "canceled", _("Canceled")


class DeliveryStatus(models.TextChoices):
    """How far the reward has come to the customer; none while it is unused."""

    NONE = "", "—"
    ORDERED = "ordered", _("Ordered")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    CANCELED = "canceled", _("Canceled")


class CashbackStatus(models.TextChoices):
    """How the payment of a cashback stands; none for other types."""

    NONE = "", "—"
    INIT = "init", _("Started")
    SUCCESS = "success", _("Paid")
    FAILURE = "failure", _("Failed")
    PENDING = "pending", _("Pending")


class Source(models.TextChoices):
    """Through which door a reward was redeemed."""

    COCKPIT = "cockpit", _("Customer")
    ADMIN = "admin", _("Staff")
    API = "api", _("Shop system")
    GRANTED = "granted", _("Granted free")
    RULE = "rule", _("Granted by a rule")


class Event(models.TextChoices):
    """What happens to a redeemed reward; the values are the events of the ledger and of the history."""

    REDEEMED = "reward.redeemed", _("Reward redeemed")
    GRANTED = "reward.granted", _("Reward granted free")
    USED = "reward.used", _("Marked as used")
    UNUSED = "reward.unused", _("Marked as unused")
    CANCELED = "reward.canceled", _("Reward canceled")
    SHIPPED = "gift.shipped", _("Gift shipped")
    DELIVERED = "gift.delivered", _("Gift delivered")
    SHIPPING_CANCELED = "gift.canceled", _("Shipping canceled")
    ORDERED_AGAIN = "gift.ordered", _("Shipping ordered again")
    TOLD = "gift.told", _("Fulfilment told again")
    CASHBACK_STARTED = "cashback.started", _("Cashback started")
    CASHBACK_PAID = "cashback.paid", _("Cashback paid")
    CASHBACK_FAILED = "cashback.failed", _("Cashback failed")
    CASHBACK_PENDING = "cashback.pending", _("Cashback pending")


class PointEvent(models.TextChoices):
    """What happens to points besides being spent; the values are the events of the ledger."""

    PURCHASE = "purchase.recorded", _("Purchase")
    RETURN = "purchase.returned", _("Return")
    ADJUSTED = "points.adjusted", _("Points adjusted")
    IMPORTED = "points.imported", _("Points imported")
    UNDONE = "points.undone", _("Import taken back")
    FORFEITED = "points.forfeited", _("Forfeited by erasure")


class Rounding(models.TextChoices):
    """What becomes of part of a point."""

    DOWN = "down", _("Down")
    NEAREST = "nearest", _("To the nearest")
    UP = "up", _("Up")


class Expiry(models.TextChoices):
    """When earned points end."""

    NEVER = "never", _("Never")
    AFTER_DAYS = "after_days", _("After a number of days")
    END_OF_MONTH = "end_of_month", _("At the end of the month")
    END_OF_YEAR = "end_of_year", _("At the end of the year")


class AdjustmentState(models.TextChoices):
    """Whether a second person has agreed to an adjustment."""

    WAITING = "waiting", _("Waiting for approval")
    DONE = "done", _("Done")
    DECLINED = "declined", _("Declined")
    UNDONE = "undone", _("Taken back")
