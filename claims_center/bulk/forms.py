"""What a bulk act asks before it begins."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims_center.forms import REASON, AssignForm, NotifyForm, RejectForm
from claims_center.models import BulkKind
from claims_center.services.notices import PROCESSED, REJECTED, SHIPPED
from messaging.texts import is_on
from ui.forms import StyledForm


class WithReasonForm(StyledForm):
    """Verifying: a reason for those whose order check does not say Match; without one they are skipped."""

    reason = forms.CharField(
        label=_("Verify those too whose order check does not say Match, because"),
        help_text=_("Leave it empty to skip them. Kept in each claim's history."),
        required=False,
        **REASON,
    )


class WaitForm(StyledForm):
    """Sending: what becomes of those for whom there is no code."""

    wait = forms.BooleanField(
        label=_("Let those without a code wait for one"),
        help_text=_("When codes come, their gifts go out by themselves, in order."),
        required=False,
    )


class TellForm(NotifyForm):
    """Marking as processed: whether customers are told; not asked where the merchant sends no such mails."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, may_notify=is_on(SHIPPED) or is_on(PROCESSED), **kwargs)


class RejectManyForm(RejectForm):
    """Rejecting many: what all the customers read; what becomes of codes that were sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, has_code=True, may_notify=is_on(REJECTED), **kwargs)
        self.fields["return_code"].label = _("Put the codes that were sent back into their pools")


FORMS: dict[str, type[StyledForm]] = {
    BulkKind.VERIFY: WithReasonForm,
    BulkKind.SEND_GIFT: WaitForm,
    BulkKind.PROCESS: TellForm,
    BulkKind.REJECT: RejectManyForm,
    BulkKind.ASSIGN: AssignForm,
}


def given_in(form: StyledForm | None) -> dict[str, Any]:
    """Return what a valid form gave, as an act keeps it: ids as text."""
    if form is None:
        return {}
    values: dict[str, Any] = dict(form.cleaned_data)
    if "assignee" in values:
        person = values.pop("assignee")
        values["user"] = str(person.id) if person else ""
    return values


def person_in(text: str) -> uuid.UUID | None:
    """Return the id that a form's field holds, None for nobody and for what is no id."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
