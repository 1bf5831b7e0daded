"""The acts on a redeemed reward. Each is one service call."""

import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from loyalty.forms import CancelForm, DeliveryForm
from loyalty.models import RedeemedReward
from loyalty.redeemed_page import delivery_choices
from loyalty.services import canceling, cashback, notices, using
from loyalty.states import DeliveryStatus
from loyalty.views.redeemed import found
from tenancy.views.acts import DocumentAct
from ui import locale

EFFECT = "loyalty/parts/effect.html"


class RedeemedAct(DocumentAct):
    """One act on a redeemed reward."""

    key = "redeemed_id"
    page_name = "loyalty:redeemed_detail"

    def found(self, row_id: uuid.UUID) -> RedeemedReward:
        """Return the redeemed reward, or answer 404."""
        return found(row_id)


class UndoableAct(RedeemedAct):
    """An act that another one takes back: its toast offers that. `back` is the name of the other's address."""

    back: ClassVar[str]

    def say_done(self, row: RedeemedReward) -> None:
        """Say that it is done, with a button that takes it back."""
        context = {
            "text": self.done,
            "url": reverse(f"loyalty:{self.back}", args=[self.request.merchant.slug, row.id]),
            "next": self.request.POST.get("next", ""),
        }
        self.say(render_to_string("loyalty/parts/undo_toast.html", context, self.request))


class UseView(UndoableAct):
    """Mark as Used."""

    back = "unuse"

    title = _("Mark as Used")
    text = _("The customer has used the reward. A gift is ordered for shipping, and fulfilment is told by e-mail.")
    icon_name = "square-check"
    done = _("Marked as used.")

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Mark it."""
        using.mark_used(**self.facts_for_service(row))


class UnuseView(UndoableAct):
    """Mark as Unused."""

    back = "use"

    title = _("Mark as Unused")
    text = _("The customer can use the reward again. Its delivery status is cleared.")
    icon_name = "undo-2"
    done = _("Marked as unused.")

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Take the mark away."""
        using.mark_unused(**self.facts_for_service(row))


class DeliveryView(RedeemedAct):
    """Change how far a gift has come."""

    title = _("Change delivery status")
    icon_name = "truck"
    form_class = DeliveryForm
    done = _("Delivery status changed.")

    def form_kwargs(self, row: RedeemedReward) -> dict[str, Any]:
        """Offer what the gift can become."""
        return {"choices": delivery_choices(row)}

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Change it."""
        status = DeliveryStatus(values.pop("status"))
        using.set_delivery(status=status, **values, **self.facts_for_service(row))


class CancelView(RedeemedAct):
    """Cancel, with the points given back or not."""

    title = _("Cancel reward")
    icon_name = "circle-x"
    tone = "bad"
    form_class = CancelForm
    done = _("The reward was canceled.")

    def words(self, row: RedeemedReward) -> str:
        """Say what canceling does to points and code."""
        effect = canceling.effect_of(redeemed=row, now=timezone.now())
        parts = list(_points_words(effect))
        if effect.has_code:
            parts.append(_now("The code is burnt.") if effect.burns_code else _now("The code returns to its pool."))
        parts.append(_now("This cannot be undone."))
        return " ".join(parts)

    def more(self, row: RedeemedReward) -> dict[str, Any]:
        """Show lot by lot where the points go."""
        return {"lots": canceling.effect_of(redeemed=row, now=timezone.now()).lots, "template": EFFECT}

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Cancel it."""
        refund = values["points"] == CancelForm.REFUND
        canceling.cancel(refund=refund, reason=values["reason"], **self.facts_for_service(row))


class PayAgainView(RedeemedAct):
    """Pay a cashback again that has failed for certain."""

    title = _("Pay again")
    text = _("The payment has failed for certain. A new order is sent to the provider.")
    icon_name = "banknote"
    done = _("The payment was started again.")

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Open a new order."""
        cashback.retry(**self.facts_for_service(row))


class AskView(RedeemedAct):
    """Ask the provider about an open payment now."""

    title = _("Ask PayTM again")
    text = _("PayTM is asked what has become of this payment, under the same order id. Nothing is sent anew.")
    icon_name = "refresh-cw"
    done = _("PayTM is being asked. Look at the page again in a moment.")

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Bring its question forward."""
        cashback.ask_again(**self.facts_for_service(row))


class ResendView(RedeemedAct):
    """Tell fulfilment of a gift once more."""

    title = _("Send fulfilment mail again")
    text = _("“Reward Redeemed” goes out once more, with the reward, the customer and the address.")
    icon_name = "mail"
    done = _("The mail to fulfilment goes out again.")

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Send it."""
        notices.tell_again(**self.facts_for_service(row))


def _points_words(effect: canceling.Effect) -> Iterator[str]:
    """Say what becomes of the points that were paid, if they are given back."""
    if not effect.points:
        yield _now("It took no points, so none go back.")
        return
    points, lapsing, clawed = (locale.number(one) for one in (effect.points, effect.lapsing, effect.clawed_back))
    yield _now("%(points)s points go back to the lots they came from, with their own end.") % {"points": points}
    if effect.lapsing:
        yield _now("%(lapsing)s of them have ended meanwhile and expire at once.") % {"lapsing": lapsing}
    if effect.clawed_back:
        text = _now("%(clawed)s of them are taken back at once: the goods that earned them were returned.")
        yield text % {"clawed": clawed}
