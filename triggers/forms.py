"""On which occasions something is given by itself, and what a trigger would have given."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from triggers.models import Trigger
from triggers.states import Occasion
from triggers.switching import Wanted, stamp
from ui.forms import StyledForm

# The name of each occasion's checkbox, and its words.
BOXES: dict[Occasion, tuple[str, Any]] = {
    Occasion.ENROLLED: ("enrolled", _("When somebody enrols")),
    Occasion.PURCHASE: ("purchase", _("After a purchase")),
    Occasion.REDEEMED: ("redeemed", _("When a reward is redeemed for points")),
    Occasion.PROCESSED: ("processed", _("When a claim is marked as processed")),
    Occasion.BIRTHDAY: ("birthday", _("On the member's birthday, once a year")),
}
DAYS = ((7, _("Last 7 days")), (30, _("Last 30 days")), (90, _("Last 90 days")))


def _box(occasion: Occasion) -> forms.BooleanField:
    return forms.BooleanField(label=BOXES[occasion][1], required=False)


def _minimum() -> forms.DecimalField:
    return forms.DecimalField(
        label=_("Of at least"), required=False, min_value=Decimal(0), max_digits=12, decimal_places=2
    )


class TriggerForm(StyledForm):
    """A checkbox for each occasion. `seen` is what stood when the form was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    enrolled = _box(Occasion.ENROLLED)
    purchase = _box(Occasion.PURCHASE)
    minimum = _minimum()
    redeemed = _box(Occasion.REDEEMED)
    processed = _box(Occasion.PROCESSED)
    birthday = _box(Occasion.BIRTHDAY)
    flag = forms.BooleanField(required=False)
    half = ("minimum",)
    groups: Sequence[tuple[Any, Sequence[str]]] = (
        (_("Give it by itself"), ("enrolled", "purchase", "minimum", "redeemed", "processed", "birthday")),
        (_("How"), ("flag",)),
    )

    def __init__(
        self, data: Any = None, *, known: Iterable[Trigger], flag_label: Any = "", flag: bool = False, currency: str
    ) -> None:
        by_event: dict[str, Trigger] = {one.event: one for one in known}
        standing = {event: one for event, one in by_event.items() if one.is_active}
        # What was set before it was switched off, or copied from another one, is there when it is ticked.
        purchase = by_event.get(Occasion.PURCHASE)
        on = {name: occasion.value in standing for occasion, (name, _label) in BOXES.items()}
        first = {"seen": stamp(standing.values()), "flag": flag, "minimum": purchase and purchase.minimum_amount}
        super().__init__(data, initial=on | first)
        self.fields["minimum"].help_text = _("In %(currency)s; empty: any purchase.") % {"currency": currency}
        if flag_label:
            self.fields["flag"].label = flag_label
        else:
            del self.fields["flag"]
            self.groups = self.groups[:1]

    def wanted(self) -> dict[Occasion, Wanted]:
        """Return the occasions that were ticked, and how."""
        values = self.cleaned_data
        minimum = values["minimum"] or None
        return {
            occasion: Wanted(minimum if occasion == Occasion.PURCHASE else None, bool(values.get("flag")))
            for occasion, (name, _label) in BOXES.items()
            if values[name]
        }


class TrialForm(StyledForm):
    """Which trigger to try, over which days; lives in the address."""

    on = forms.ChoiceField(label=_("Given on"), choices=[(name, one.label) for one, (name, _label) in BOXES.items()])
    minimum = _minimum()
    days = forms.TypedChoiceField(label=_("Period"), choices=DAYS, coerce=int)

    def occasion(self) -> Occasion:
        """Return the occasion that was chosen."""
        return next(one for one, (name, _label) in BOXES.items() if name == self.cleaned_data["on"])
