"""The forms of points: the rules, giving and taking by hand, goods brought back."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from loyalty.models import LoyaltySettings
from loyalty.models.points import LONGEST_REFERENCE
from ui.forms import DateInput, StyledForm, StyledModelForm

# Months, or years, after which points end at the latest.
MOST_MONTHS = 120


class SettingsForm(StyledModelForm):
    """The rules for points; `seen` is the mark of those that the person saw."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    submit_label = _("Save")
    groups = (
        (_("Earning"), ("points_per_unit", "minimum_amount", "rounding", "lock_days")),
        (_("Expiry"), ("expiry", "expiry_days", "expiry_months")),
        (_("Reminder"), ("reminds", "reminder_days")),
        (_("By hand"), ("approval_above",)),
        (_("Report"), ("point_value",)),
        (_("Gifts"), ("fulfilment_email",)),
    )
    half = ("points_per_unit", "minimum_amount", "rounding", "lock_days", "expiry_days", "expiry_months")

    class Meta:
        model = LoyaltySettings
        fields = (
            "points_per_unit",
            "minimum_amount",
            "rounding",
            "lock_days",
            "expiry",
            "expiry_days",
            "expiry_months",
            "reminds",
            "reminder_days",
            "approval_above",
            "point_value",
            "fulfilment_email",
        )
        help_texts = {
            "points_per_unit": _("0: purchases earn nothing."),
            "lock_days": _("0: at once."),
            "expiry_days": _("Where points expire after a number of days."),
            "expiry_months": _("Where they expire at the end of a month or year: 0 is the one they were earned in."),
            "reminds": _("One e-mail for each date on which points end; suppressed addresses get none."),
            "approval_above": _("Points; empty: nobody else has to agree."),
            "point_value": _(
                "In your currency, for the report of what you owe; empty: the report speaks of points only."
            ),
            "fulfilment_email": _("Empty: your reply address, else the owner."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.initial.items():
            if isinstance(value, Decimal):
                # 5 instead of 5.0000: the places are the column's, not the merchant's.
                self.initial[name] = f"{value.normalize():f}"

    def clean_expiry_months(self) -> int:
        """Refuse more than a calendar reaches: no purchase could be recorded any more."""
        months: int = self.cleaned_data["expiry_months"]
        if months > MOST_MONTHS:
            raise forms.ValidationError(_("At most %(most)s.") % {"most": MOST_MONTHS})
        return months

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class AdjustForm(StyledForm):
    """Points given or taken by hand."""

    GIVE, TAKE = "give", "take"
    way = forms.ChoiceField(
        label=_("The points are"),
        choices=[(GIVE, _("given")), (TAKE, _("taken"))],
        initial=GIVE,
        widget=forms.RadioSelect,
    )
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=1_000_000_000)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 3}))

    def signed(self) -> int:
        """Return how many points are given, below zero where they are taken."""
        points: int = self.cleaned_data["points"]
        return points if self.cleaned_data["way"] == self.GIVE else -points


class DeclineForm(StyledForm):
    """Why an adjustment is not to be."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}))


class ReturnForm(StyledForm):
    """Goods brought back: the shop's own number of the return, and what they had cost."""

    reference = forms.CharField(label=_("Number of the return"), max_length=LONGEST_REFERENCE)
    amount = forms.DecimalField(label=_("Amount"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2)

    def __init__(self, *args: Any, left: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = _("At most %(amount)s are left of this purchase.") % {"amount": left}


class DayForm(StyledForm):
    """A day to look at, within what calendars of shops reach."""

    FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)
    on = forms.DateField(
        label=_("Day"), widget=DateInput, validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)]
    )
