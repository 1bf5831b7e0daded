"""The gift's mail as a customer would get it, with made-up names in place of real ones."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from claims_center.giftmail import FIELD, MERGE_FIELDS, paragraphs
from claims_center.models import Source
from messaging.render import mail
from tenancy.models import Merchant

SAMPLE_CODE = "SAMPLE-7K2M-CODE"


@dataclass(frozen=True, slots=True)
class Preview:
    """Subject and plain text of the mail."""

    subject: str
    text: str


def unknown_fields(text: str) -> list[str]:
    """Return the merge fields of a message that nothing fills in, each once."""
    return sorted(set(FIELD.findall(text)) - set(MERGE_FIELDS))


def preview(values: dict[str, Any], merchant: Merchant) -> Preview | None:
    """Return the mail for a promotion's values as they stand in its form; None for a gift that is shipped."""
    source = values.get("source")
    if source == Source.ITEM:
        return None
    code = "" if source == Source.FILE else values.get("fixed_code") or SAMPLE_CODE
    name = values.get("name") or _("Your promotion")
    people = ("Robin", "Miller", "Robin Miller")
    sample = dict(zip(MERGE_FIELDS, (*people, _("Your product"), name, code, merchant.name), strict=True))
    context = {
        "first_name": sample["first_name"],
        "product": sample["product"],
        "promotion": name,
        "code": code,
        "file_url": _("(link to the file)") if source == Source.FILE else "",
        "file_name": values.get("file_name", ""),
        "paragraphs": paragraphs(values.get("message", ""), sample),
        "tracker_url": _("(the customer's private link)"),
    }
    subject = _("Your gift from %(merchant)s: %(promotion)s") % {"merchant": merchant.name, "promotion": name}
    written = mail("claims/mail/gift", context, subject=subject, merchant=merchant)
    return Preview(written.subject, written.text)
