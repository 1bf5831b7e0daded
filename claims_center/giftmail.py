"""The mails about a claim, written at the moment of sending, when everything is looked at once more."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from claims_center.carriers import tracking_url
from claims_center.models import Claim, ClaimChange, Source
from claims_center.services import notices
from claims_center.states import Delivery, Event, Status
from messaging.errors import NoLongerValid
from messaging.models import Message
from messaging.render import Rendered
from messaging.texts import written
from tenancy.models import Merchant

# What a promotion's message may say between curly brackets; nothing else is ever looked up.
MERGE_FIELDS = ("first_name", "last_name", "name", "product", "promotion", "code", "merchant")
FIELD = re.compile(r"\{([a-z_]+)\}")
GIVEN = (Status.VERIFIED, Status.PROCESSED)
# A name that a stranger typed on a public page must not carry an address into somebody's mailbox.
ADDRESS = re.compile(r"[/@\\]|www\.|\w{2,}\.[a-z]{2,}", re.IGNORECASE)
LONGEST_NAME = 60


class Notice(NamedTuple):
    """When a notice still holds: in these states, and as long as nothing newer of these events has happened."""

    statuses: tuple[Status, ...]
    event: Event | None = None
    deliveries: tuple[Delivery, ...] = ()


NOTICES = {
    notices.RECEIVED: Notice((Status.NEW, Status.NEEDS_INFO, Status.VERIFIED, Status.PROCESSED)),
    notices.NEEDS_INFO: Notice((Status.NEEDS_INFO,), Event.INFO_ASKED),
    notices.REJECTED: Notice((Status.REJECTED,), Event.REJECTED),
    notices.REOPENED: Notice((Status.NEW, Status.VERIFIED), Event.REOPENED),
    notices.SHIPPED: Notice((Status.PROCESSED,), Event.PROCESSED, (Delivery.SHIPPED, Delivery.DELIVERED)),
    notices.PROCESSED: Notice((Status.PROCESSED,), Event.PROCESSED),
    notices.DELIVERED: Notice((Status.PROCESSED,), None, (Delivery.DELIVERED,)),
}


def gift(message: Message) -> Rendered:
    """Write the gift's mail: the merchant's words with the promotion's message, and the code or the link to the file.

    Raises NoLongerValid where the claim is not verified or processed any more, its voucher was taken back, its gift is
    another one now, the promotion was archived, or the address was corrected.
    """
    claim = _claim(message)
    _check(claim, message)
    is_file = claim.promotion.source == Source.FILE
    return write_gift(
        values=mail_values(claim, message.merchant),
        message=claim.promotion.message,
        merchant=message.merchant,
        code=claim.gift_code,
        file=(claim.gift_item, _url("funnel:gift", claim)) if is_file else None,
    )


def write_gift(
    *, values: Mapping[str, str], message: str, merchant: Merchant, code: str, file: tuple[str, str] | None
) -> Rendered:
    """Write a gift's mail from its facts; ``message`` is the promotion's own, ``file`` a file's name and address."""
    with override(merchant.language):
        ours = _("thank you for telling us about %(product)s. Here is your gift: %(promotion)s.")
        label = _("Download %(file)s") % {"file": file[0]} if file else ""
        said = "\n\n".join(paragraphs(message, values)) or ours % {
            name: values[name] for name in ("product", "promotion")
        }
    return written(
        "claim.gift",
        {**values, "message": said},
        merchant=merchant,
        button_url=values["tracker_link"],
        code=code,
        links=[(label, file[1])] if file else [],
    )


def notice(message: Message) -> Rendered:
    """Write a mail that tells the customer how the claim stands.

    Raises NoLongerValid, quietly, where it does not stand like that any more, where the same has been said again since,
    and where the address was corrected.
    """
    claim = _claim(message)
    rule = NOTICES[message.kind]
    if claim.customer_email != message.to_address:
        raise NoLongerValid("address_changed", quiet=True)
    if claim.status not in rule.statuses or (rule.deliveries and claim.delivery_status not in rule.deliveries):
        raise NoLongerValid("state_changed", quiet=True)
    change = message.context.get("change")
    if rule.event and change and _newest(claim, rule.event) != change:
        raise NoLongerValid("said_again", quiet=True)
    values = mail_values(claim, message.merchant)
    return written(message.kind, values, merchant=message.merchant, button_url=values["tracker_link"])


def mail_values(claim: Claim, merchant: Merchant) -> dict[str, str]:
    """Return what the fields of a mail about this claim say."""
    merged = merge_values(claim, merchant)
    merged |= {name: _shown_name(merged[name]) for name in ("first_name", "last_name", "name")}
    with override(merchant.language):
        return merged | {
            "order_number": claim.order_number,
            "reason": claim.status_reason,
            "tracker_link": _url("funnel:track", claim),
            "item": claim.gift_item or claim.promotion.item_name or claim.promotion.name,
            "carrier": claim.carrier,
            "tracking_number": claim.tracking_number,
            "tracking_link": tracking_url(claim.carrier, claim.tracking_number),
            "parcel": parcel(claim.carrier, claim.tracking_number),
        }


def parcel(carrier: str, number: str) -> str:
    """Say how a parcel travels, as far as it is known."""
    words = {"carrier": carrier, "number": number, "link": tracking_url(carrier, number)}
    if carrier and number:
        said = _("It travels with %(carrier)s, parcel number %(number)s") % words
        return f"{said}: {words['link']}" if words["link"] else f"{said}."
    if carrier or number:
        return (_("It travels with %(carrier)s.") if carrier else _("Its parcel number is %(number)s.")) % words
    return ""


def merge_values(claim: Claim, merchant: Merchant) -> dict[str, str]:
    """Return what the merge fields of a promotion's message stand for."""
    values = (
        claim.customer.first_name,
        claim.customer.last_name,
        claim.customer_name,
        claim.product_title,
        claim.promotion.name,
        claim.gift_code,
        merchant.name,
    )
    return dict(zip(MERGE_FIELDS, values, strict=True))


def paragraphs(text: str, values: Mapping[str, str]) -> list[str]:
    """Return the merchant's text with its merge fields filled in, by paragraph, as plain text.

    Fields are replaced in one pass: what a customer typed is never read as a field, nor as a template.
    """
    filled = FIELD.sub(lambda match: _merged(match, values), text)
    return [part.strip() for part in re.split(r"\n\s*\n", filled.replace("\r\n", "\n")) if part.strip()]


def _merged(match: re.Match[str], values: Mapping[str, str]) -> str:
    return values.get(match[1], match[0]) if match[1] in MERGE_FIELDS else match[0]


def _check(claim: Claim, message: Message) -> None:
    """Raise NoLongerValid; quietly where somebody meant it so, so that only what needs a person shows as a problem."""
    problems = (
        ("claim_not_verified", claim.status not in GIVEN, True),
        ("gift_taken_back", claim.grant_id is None, True),
        ("gift_changed", claim.is_physical, True),
        ("promotion_archived", claim.promotion.archived_at is not None, False),
        ("address_changed", claim.customer_email != message.to_address, True),
    )
    for code, is_so, quiet in problems:
        if is_so:
            raise NoLongerValid(code, quiet=quiet)


def _newest(claim: Claim, event: Event) -> int | None:
    found: int | None = (
        ClaimChange.objects.filter(claim_id=claim.id, event=event)
        .order_by("-seq")
        .values_list("seq", flat=True)
        .first()
    )
    return found


def _claim(message: Message) -> Claim:
    found: Claim = Claim.objects.select_related("promotion", "customer").get(id=message.origin_id)
    return found


def _shown_name(name: str) -> str:
    short = " ".join(name.split())
    return "" if ADDRESS.search(short) or len(short) > LONGEST_NAME else short


def _url(name: str, claim: Claim) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=[claim.tracker_token])}"
