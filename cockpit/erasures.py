"""The list of customers who asked to be forgotten: its columns and what it can be narrowed by."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cockpit.models import ErasureRequest, ErasureState
from tenancy.roles import Role
from ui import cells
from ui.addresses import NOBODY
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter
from ui.filters.words import with_words
from ui.forms import StyledForm
from ui.tables import Column, Table

LOOKS = {
    ErasureState.WAITING: ("warn", "clock"),
    ErasureState.WITHDRAWN: ("mute", "undo-2"),
    ErasureState.DONE: ("ok", "circle-check"),
    ErasureState.DECLINED: ("bad", "circle-x"),
}


class ErasureFilter(FilterSet):
    """Customer, note and answer; state and day."""

    q = SearchFilter(method="search", label=_("Customer, note or answer"))
    state = ChoicesFilter("state", choices=lambda: ErasureState.choices, label=_("State"))
    asked = PeriodFilter("requested_at", label=_("Asked"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by words; few customers ask to be forgotten."""
        return with_words(rows, text, "customer_name", "note", "answer")


class ErasureTable(Table):
    """One request a row; the customer's name leads to the customer's page."""

    customer = Column(_("Customer"), empty_values=(), phone="lead")
    asked = Column(_("Asked"), accessor="requested_at")
    state = Column(_("State"), phone="side")
    note = Column(_("Note"))
    answer = Column(_("Answer"))
    actions = Column(_("Actions"), empty_values=())

    def __init__(self, *args: Any, merchant_slug: str, role: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role = role
        self.page = reverse("cockpit:customer", args=[merchant_slug, NOBODY])
        self.done = reverse("cockpit:erasure_done", args=[merchant_slug, NOBODY])
        self.decline = reverse("cockpit:erasure_decline", args=[merchant_slug, NOBODY])

    def row_label(self, record: ErasureRequest) -> str:
        """Return whose it is."""
        return record.customer_name or _now("Erased customer")

    def render_customer(self, record: ErasureRequest) -> str:
        """The name, as the way to the customer's page."""
        return cells.person(
            record.customer_name or _now("Erased customer"), "", self.page.replace(NOBODY, str(record.customer_id))
        )

    def render_state(self, record: ErasureRequest) -> str:
        """Where it stands."""
        state = ErasureState(record.state)
        return cells.badge(state.label, *LOOKS[state])

    def render_note(self, value: str) -> str:
        """What the customer added."""
        return cells.long_text(value, 60)

    def render_answer(self, value: str) -> str:
        """What the customer was told."""
        return cells.long_text(value, 60)

    def render_actions(self, record: ErasureRequest) -> str:
        """Answer it, as long as it waits."""
        if record.state != ErasureState.WAITING or self.role < Role.OWNER:
            return cells.dash()
        pk = str(record.id)
        done = cells.action(self.done.replace(NOBODY, pk), _now("Erase the customer"), "user-x", dialog=True)
        return SafeString(done + cells.action(self.decline.replace(NOBODY, pk), _now("Decline"), "x", dialog=True))


class AnswerForm(StyledForm):
    """What the customer reads."""

    answer = forms.CharField(
        label=_("Answer to the customer"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )


class RecordForm(StyledForm):
    """What is kept of the decision: the customer cannot read it any more."""

    answer = forms.CharField(
        label=_("Note for the record, without a name"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )


class DeclineForm(AnswerForm):
    """A refusal has a reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].required = True
