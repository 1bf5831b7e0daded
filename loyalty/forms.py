"""What staff are asked when they do something to a redeemed reward."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.states import DeliveryStatus
from ui.forms import StyledForm


class ReasonForm(StyledForm):
    """Why, if there is something to say."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}))


class DeliveryForm(StyledForm):
    """How far a gift has come."""

    status = forms.ChoiceField(label=_("Delivery status"), choices=())
    carrier = forms.CharField(label=_("Carrier"), max_length=60, required=False)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=80, required=False)

    def __init__(self, *args: Any, choices: list[DeliveryStatus], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["status"]
        field.choices = [(one.value, one.label) for one in choices]


class CancelForm(ReasonForm):
    """Whether the points go back."""

    REFUND, KEEP = "refund", "keep"
    points = forms.ChoiceField(
        label=_("The points"),
        choices=[(REFUND, _("Give the points back")), (KEEP, _("Keep the points"))],
        initial=REFUND,
        widget=forms.RadioSelect,
    )

    field_order = ["points", "reason"]


class RedeemForm(StyledForm):
    """How a customer gets a reward: for points, or free and for what.

    `key` stands for this one redemption, `cost` for the points that were shown.
    """

    POINTS, FREE = "points", "free"
    key = forms.UUIDField(widget=forms.HiddenInput)
    cost = forms.IntegerField(widget=forms.HiddenInput, required=False)
    way = forms.ChoiceField(
        label=_("The customer"),
        choices=[(POINTS, _("pays with points")), (FREE, _("gets it free"))],
        initial=POINTS,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("What it is granted for. Needed where it is free; kept in its history."),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def agreed(self) -> dict[str, Any]:
        """Return the reason, and the cost that was agreed to: none for what is free."""
        cost = self.cleaned_data.get("cost") if self.cleaned_data["way"] == self.POINTS else None
        return {"reason": self.cleaned_data["reason"], "agreed_cost": cost}

    def clean(self) -> dict[str, Any]:
        """Ask why a reward is given away."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("way") == self.FREE and not given.get("reason", "").strip():
            self.add_error("reason", _("Say what the customer gets this reward for."))
        return given
