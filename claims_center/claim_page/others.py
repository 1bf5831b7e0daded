"""What else belongs to a claim: other claims with its order number, mails to the customer, what the customer said."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from claims_center.models import Claim, ClaimChange
from claims_center.services.base import ORIGIN
from claims_center.states import Attention, Event
from messaging import maps, words
from messaging.models import Message
from messaging.selectors import messages_of
from ui.timeline import TimelineItem

MOST = 10


def same_number(claim: Claim) -> list[Claim]:
    """Return other claims with this claim's order number on its marketplace, in the order in which they came in."""
    if not claim.order_number_norm:
        return []
    rows = Claim.objects.filter(order_number_norm=claim.order_number_norm, marketplace=claim.marketplace)
    return list(rows.exclude(id=claim.id).order_by("number_turn", "id")[:MOST])


def mails_of(claim: Claim, merchant_slug: str) -> list[TimelineItem]:
    """Return the mails about a claim as items of its history, each with its status and the way to its own timeline."""
    rows = messages_of(origin=ORIGIN, origin_id=claim.id).defer("context")[:MOST]
    return [_item(message, merchant_slug) for message in rows]


def merged(history: Sequence[TimelineItem], mails: Sequence[TimelineItem]) -> list[TimelineItem]:
    """Return both as one history, the latest first; a mail stands above the change that it tells of."""
    return sorted([*mails, *history], key=lambda item: item.at, reverse=True)  # type: ignore[arg-type, return-value]


def said(claim: Claim, changes: Sequence[ClaimChange]) -> dict[str, str] | None:
    """Return what the customer said last and nobody has acted on: a title and words; None for nothing."""
    if claim.attention == Attention.MAIL_MISSED:
        text = _("Send the gift again, or correct the address first.")
        return {"title": _("The customer did not get the e-mail"), "text": text}
    if claim.attention != Attention.ANSWERED:
        return None
    answer = next((change for change in changes if change.event == Event.ANSWERED), None)
    corrected = {change.event for change in changes if answer and change.at == answer.at}
    parts = [answer.reason if answer else ""]
    parts += [_("Corrected the order number.")] if Event.ORDER_CORRECTED in corrected else []
    parts += [_("Corrected the mailing address.")] if Event.ADDRESS_CHANGED in corrected else []
    return {"title": _("Customer answered"), "text": "\n".join(filter(None, parts))}


def _item(message: Message, merchant_slug: str) -> TimelineItem:
    url: Any = reverse("messaging:message", args=[merchant_slug, message.id])
    title = _("E-mail: %(kind)s") % {"kind": maps.kind_label(message.kind)}
    detail = format_html(
        '{} <a class="link" href="{}">{}<span class="sr">: {}</span></a>',
        words.status(message),
        url,
        _("Delivery"),
        title,
    )
    why = words.reason(message.last_error)
    return TimelineItem("mail", "", title, format_html("{} {}", detail, why) if why else detail, message.queued_at)
