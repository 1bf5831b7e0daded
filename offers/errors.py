"""What this room refuses. Each refusal has a stable code for programs and a sentence that is fit to show."""

from django.utils.translation import gettext_lazy as _

from tenancy.errors import RefusedAct


class Refused(RefusedAct):
    """An act on offers or responses that is not possible now."""


class OfferNotOpen(Refused):
    """The offer cannot be claimed or given out now."""

    code = "offer_not_open"
    text = _("This offer is not open at the moment.")


class ResponseLimitReached(Refused):
    """The member has as many responses of this offer as one member may."""

    code = "response_limit_reached"
    text = _("This member has the offer as often as one member may.")


class SoldOut(Refused):
    """Nothing is left of the offer, or no code of its pool is free."""

    code = "sold_out"
    text = _("Nothing is left of this offer.")


class AlreadyReserved(Refused):
    """A till holds the response."""

    code = "already_reserved"
    text = _("A till has reserved this response.")


class ReservedByAnother(Refused):
    """A till holds the response, and this is not the token that it was given."""

    code = "reserved_by_another"
    text = _("Another till has reserved this response.")


class AlreadyCompleted(Refused):
    """The response has been used."""

    code = "already_completed"
    text = _("This response has been used.")


class NotCompleted(Refused):
    """The response has not been used, so there is nothing to reverse."""

    code = "not_completed"
    text = _("This response is not completed.")


class NotClipped(Refused):
    """The offer has to be clipped before it can be used."""

    code = "not_clipped"
    text = _("The member has to clip this offer first.")


class OutsideUsagePeriod(Refused):
    """It is not the time to use the response."""

    code = "outside_usage_period"
    text = _("This response is outside its usage period.")


class Expired(Refused):
    """The response's validity has ended."""

    code = "expired"
    text = _("This response has expired.")


class Canceled(Refused):
    """The response was canceled."""

    code = "canceled"
    text = _("This response was canceled.")


class TransitionNotAllowed(Refused):
    """The response's status does not allow it, or not to whoever asks."""

    code = "transition_not_allowed"
    text = _("A response that is “%(status)s” cannot be changed like this.")


class ReasonNeeded(Refused):
    """Somebody has to say why."""

    code = "reason_needed"
    text = _("Give a reason.")


class NewEndNeeded(Refused):
    """The validity has passed, so that reopening needs a new end that lies ahead."""

    code = "new_end_needed"
    text = _("Its validity has passed. Say until when it shall be valid now.")


class KeyReused(Refused):
    """The same request was made before with other contents."""

    code = "key_reused"
    text = _("The same request was made before with other contents.")


class NotAllowed(Refused):
    """The offer's state does not allow it."""

    code = "not_allowed"


class StaleVersion(Refused):
    """Somebody else changed it meanwhile."""

    code = "stale_version"
    text = _("Somebody else changed this meanwhile. Look at it again, then save.")
