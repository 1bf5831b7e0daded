"""What this room refuses. Each refusal has a stable code for programs and a sentence that is fit to show."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tenancy.errors import RefusedAct


class Refused(RefusedAct):
    """An act on points or rewards that is not possible now."""


class NotEnoughPoints(Refused):
    """The customer has fewer active points than the reward costs; `missing` says how many more it takes."""

    code = "not_enough_points"

    def __init__(self, missing: int) -> None:
        text = ngettext(
            "You must have %(n)s more point to get reward", "You must have %(n)s more points to get reward", missing
        )
        super().__init__(text, n=missing)
        self.missing = missing


class TooFewPoints(NotEnoughPoints):
    """More points would be taken by hand than the customer has; `missing` says how many more."""

    def __init__(self, missing: int) -> None:
        text = ngettext(
            "The customer has %(n)s point less than that.", "The customer has %(n)s points less than that.", missing
        )
        Refused.__init__(self, text, n=missing)
        self.missing = missing


class SoldOut(Refused):
    """Nothing is left of the reward, or no code of its pool is free."""

    code = "sold_out"
    text = _("This reward is sold out.")


class LimitReached(Refused):
    """The customer has taken as many as one customer may."""

    code = "limit_reached"
    text = _("You have this reward as often as one customer may.")


class NotActive(Refused):
    """The reward cannot be redeemed now, or the coupon cannot be used now."""

    code = "not_active"
    text = _("This reward cannot be redeemed at the moment.")


class AlreadyUsed(Refused):
    """It has been used."""

    code = "already_used"
    text = _("This reward is marked as used.")


class NotUsed(Refused):
    """It has not been used."""

    code = "not_used"
    text = _("This reward is not marked as used.")


class Shipped(Refused):
    """The gift is on its way."""

    code = "shipped"
    text = _("The gift has been shipped. Cancel its shipping first.")


class WrongType(Refused):
    """This type of reward has no such thing."""

    code = "wrong_type"
    text = _("This type of reward has no delivery of its own.")


class NotAllowed(Refused):
    """The reward's state does not allow it."""

    code = "not_allowed"


class ReasonNeeded(Refused):
    """Somebody has to say why."""

    code = "reason_needed"
    text = _("Give a reason.")


class CostChanged(Refused):
    """The reward costs something else by now than what was shown to whoever agreed to it."""

    code = "cost_changed"
    text = _("The cost has changed meanwhile. Look at it again before you redeem it.")


class KeyReused(Refused):
    """The same request was made before with other contents."""

    code = "key_reused"
    text = _("The same request was made before with other contents.")


class PurchaseExists(Refused):
    """A purchase with this reference stands already, with other contents."""

    code = "purchase_exists"
    text = _("A purchase with this reference was recorded before.")


class ReturnExceedsPurchase(Refused):
    """More would be returned than was bought."""

    code = "return_exceeds_purchase"
    text = _("More would be returned than was bought.")


class CurrencyMismatch(Refused):
    """The amount is not in the merchant's currency."""

    code = "currency_mismatch"
    text = _("Amounts have to be in %(currency)s.")


class StaleVersion(Refused):
    """Somebody else changed it meanwhile."""

    code = "stale_version"
    text = _("Somebody else changed this meanwhile. Look at it again, then save.")
