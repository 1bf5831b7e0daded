"""The gift's mail as a customer would get it, with made-up names in place of real ones."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from claims_center.giftmail import FIELD, MERGE_FIELDS, write_gift
from claims_center.models import Source
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
    written = write_gift(
        values=sample | {"order_number": "", "tracker_link": _("(the customer's private link)")},
        message=values.get("message", ""),
        merchant=merchant,
        code=code,
        file=(values.get("file_name", ""), _("(link to the file)")) if source == Source.FILE else None,
    )
    return Preview(written.subject, written.text)
