"""Which entries of the journal other systems are told of, under which name, and who writes what they read."""

from django.utils.translation import gettext_lazy as _

from messaging.webhooks.maps import Announced

# The journal's event -> how it is announced. Names stay for good: receivers go by them.
EVENTS: dict[str, Announced] = {
    "offer.issued": Announced("response.issued", _("Response issued"), "response"),
    "offer.clipped": Announced("response.clipped", _("Response clipped"), "response"),
    "offer.reserved": Announced("response.reserved", _("Response reserved at a till"), "response"),
    "offer.released": Announced("response.released", _("Reservation released"), "response"),
    "offer.processing": Announced("response.processing", _("Response in processing"), "response"),
    "offer.shipped": Announced("response.shipping", _("Response shipped"), "response"),
    "offer.completed": Announced("response.completed", _("Response completed"), "response"),
    "offer.expired": Announced("response.expired", _("Response expired"), "response"),
    "offer.canceled": Announced("response.canceled", _("Response canceled"), "response"),
    "offer.reopened": Announced("response.reopened", _("Response reopened"), "response"),
    "offer.reversed": Announced("response.reversed", _("Completion reversed"), "response"),
    "offer.undone": Announced("response.undone", _("Bulk action on a response undone"), "response"),
    "reward.redeemed": Announced("reward.redeemed", _("Reward redeemed"), "reward"),
    "reward.granted": Announced("reward.granted", _("Reward granted free"), "reward"),
    "reward.used": Announced("reward.used", _("Reward used"), "reward"),
    "reward.unused": Announced("reward.unused", _("Reward marked as unused"), "reward"),
    "reward.canceled": Announced("reward.canceled", _("Reward canceled"), "reward"),
    "gift.ordered": Announced("reward.ordered", _("Gift ordered again"), "reward"),
    "gift.shipped": Announced("reward.shipped", _("Gift shipped"), "reward"),
    "gift.delivered": Announced("reward.delivered", _("Gift delivered"), "reward"),
    "gift.canceled": Announced("reward.shipping_canceled", _("Shipping of a gift canceled"), "reward"),
    "cashback.paid": Announced("reward.cashback_paid", _("Cashback paid"), "reward"),
    "cashback.failed": Announced("reward.cashback_failed", _("Cashback failed"), "reward"),
}
TEST_LABEL = _("Test")

JOURNAL = "ledger.feed"
# A kind of document -> `def build(ids, *, now) -> {id: data}`, in the merchant's scope.
BUILDERS = {"response": "pos.events.responses", "reward": "pos.events.rewards"}
# A kind of document -> the name of its page's address.
PAGES = {"response": "offers:response", "reward": "loyalty:redeemed_detail"}
