"""What this room refuses. Each refusal carries a sentence that is fit to show."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tenancy.errors import RefusedAct


class Refused(RefusedAct):
    """An act on claims that is not possible now."""


class NotAllowed(Refused):
    """The claim's state does not allow it."""

    code = "not_allowed"


class ReasonNeeded(Refused):
    """It can be done, but somebody has to say why."""

    code = "reason_needed"
    text = _("Give a reason.")


class FunnelClosed(Refused):
    """The funnel takes no claims at this moment."""

    code = "funnel_closed"
    text = _("This promotion is closed. Nothing was sent.")


class NotInFunnel(Refused):
    """The product, or its listing, is not one of the funnel's."""

    code = "not_in_funnel"
    text = _("This product is not part of the promotion.")


class Incomplete(Refused):
    """Something that the funnel asks for is missing or wrong; `field` names it."""

    code = "incomplete"

    def __init__(self, field: str, text: Any, **params: Any) -> None:
        super().__init__(text, **params)
        self.field = field


class NothingToGive(Refused):
    """The code pool is empty, or its last codes are being taken at this moment."""

    code = "nothing_to_give"
    text = _("The code pool “%(pool)s” is empty. Add codes, then send the gift.")


class PromotionWithdrawn(Refused):
    """The promotion is not given any more."""

    code = "promotion_withdrawn"
    text = _("The promotion “%(promotion)s” was archived. Choose another gift, or bring it back.")


class GiftNotSent(Refused):
    """A digital gift has to be sent before the claim is processed."""

    code = "gift_not_sent"
    text = _("Send the gift first.")


class AddressMissing(Refused):
    """There is nowhere to ship the gift to."""

    code = "address_missing"
    text = _("The mailing address is missing.")


class AddressUnusable(Refused):
    """Mail to this address cannot be sent."""

    code = "address_unusable"
    text = _("Mail to %(email)s came back before. Correct the address, then send the gift.")


class InUse(Refused):
    """A catalogue record cannot change like this while others lean on it."""

    code = "in_use"


class EditedMeanwhile(Refused):
    """Somebody else saved the same record since this form was opened."""

    code = "edited_meanwhile"
