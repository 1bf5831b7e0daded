"""The words of the mails about a claim, written at the moment of sending, when everything is looked at once more."""

import re
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import override

from claims_center.models import Claim, Source
from claims_center.states import Status
from messaging.errors import NoLongerValid
from messaging.models import Message
from messaging.render import Rendered, mail
from tenancy.models import Merchant

# What a promotion's message may say between curly brackets; nothing else is ever looked up.
MERGE_FIELDS = ("first_name", "last_name", "name", "product", "promotion", "code", "merchant")
FIELD = re.compile(r"\{([a-z_]+)\}")
GIVEN = (Status.VERIFIED, Status.PROCESSED)


def gift(message: Message) -> Rendered:
    """Write the gift's mail: the promotion's message, and the code or the link to the file.

    Raises NoLongerValid where the claim is not verified or processed any more, its voucher was taken back, its gift is
    another one now, the promotion was archived, or the address was corrected.
    """
    claim = _claim(message)
    _check(claim, message)
    merchant = Merchant.objects.get(id=claim.merchant_id)
    with override(merchant.language):
        subject = _("Your gift from %(merchant)s: %(promotion)s") % {
            "merchant": merchant.name,
            "promotion": claim.promotion.name,
        }
    context = _context(claim) | {
        "code": claim.gift_code,
        "file_url": _url("funnel:gift", claim) if claim.promotion.source == Source.FILE else "",
        "file_name": claim.gift_item,
        "paragraphs": paragraphs(claim.promotion.message, merge_values(claim, merchant)),
    }
    return mail("claims/mail/gift", context, subject=subject, merchant=merchant)


def needs_info(message: Message) -> Rendered:
    """Write the mail that asks the customer for information. NoLongerValid where nothing is asked any more."""
    return _notice(message, Status.NEEDS_INFO, "claims/mail/needs_info", _lazy("We need something more for your gift"))


def rejected(message: Message) -> Rendered:
    """Write the mail that says why there is no gift. NoLongerValid where the claim is not rejected any more."""
    return _notice(message, Status.REJECTED, "claims/mail/rejected", _lazy("About your claim"))


def merge_values(claim: Claim, merchant: Merchant) -> dict[str, str]:
    """Return what the merge fields of a message stand for."""
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


def paragraphs(text: str, values: dict[str, str]) -> list[str]:
    """Return the merchant's text with its merge fields filled in, by paragraph, as plain text.

    Fields are replaced in one pass: what a customer typed is never read as a field, nor as a template.
    """
    filled = FIELD.sub(lambda match: values.get(match.group(1), match.group(0)), text)
    return [part.strip() for part in re.split(r"\n\s*\n", filled.replace("\r\n", "\n")) if part.strip()]


def _check(claim: Claim, message: Message) -> None:
    problems = (
        ("claim_not_verified", claim.status not in GIVEN),
        ("gift_taken_back", claim.grant_id is None),
        ("gift_changed", claim.is_physical),
        ("promotion_archived", claim.promotion.archived_at is not None),
        ("address_changed", claim.customer_email != message.to_address),
    )
    for code, is_so in problems:
        if is_so:
            raise NoLongerValid(code)


def _notice(message: Message, status: Status, template: str, subject: Promise) -> Rendered:
    claim = _claim(message)
    if claim.status != status:
        raise NoLongerValid("state_changed")
    merchant = Merchant.objects.get(id=claim.merchant_id)
    with override(merchant.language):
        words = str(subject)
    context = _context(claim) | {"reason": claim.status_reason}
    return mail(template, context, subject=words, merchant=merchant)


def _claim(message: Message) -> Claim:
    found: Claim = Claim.objects.select_related("promotion", "customer").get(id=message.origin_id)
    return found


def _context(claim: Claim) -> dict[str, Any]:
    return {
        "first_name": claim.customer.first_name,
        "product": claim.product_title,
        "promotion": claim.promotion.name,
        "tracker_url": _url("funnel:track", claim),
    }


def _url(name: str, claim: Claim) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=[claim.tracker_token])}"
