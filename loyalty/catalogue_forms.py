"""The forms of the catalogue and of the rules for points."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from codes.models import CodePool
from loyalty.cashback.provider import PROVIDERS
from loyalty.models import LoyaltySettings, Reward
from loyalty.states import CodeSource, RewardType
from ui.forms import StyledForm, StyledModelForm


class MomentField(forms.SplitDateTimeField):
    """A day and a time of day in the merchant's zone."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.SplitDateTimeWidget({"type": "date"}, "%Y-%m-%d", "%H:%M", {"type": "date"}, {"type": "time"})
        super().__init__(required=False, widget=widget, **kwargs)


class RewardForm(StyledModelForm):
    """A reward of the catalogue. `version` is the one that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    pool: Any = forms.ModelChoiceField(label=_("Code pool"), queryset=None, required=False)
    visible_from = MomentField(label=_("Visible from"))
    visible_to = MomentField(label=_("Visible to"))
    active_from = MomentField(label=_("Active from"))
    active_to = MomentField(label=_("Active to"))

    groups = (
        (_("What it is"), ("name", "description", "reward_type", "percent", "amount", "cashback_provider")),
        (_("What it costs"), ("cost_in_points", "tax_value")),
        (_("Code"), ("code_source", "pool", "burns_code")),
        (_("When"), ("visible_from", "visible_to", "active_from", "active_to", "days_until_active", "days_valid")),
        (_("Limits"), ("total_limit", "customer_limit")),
    )
    half = (
        "percent",
        "amount",
        "cost_in_points",
        "tax_value",
        "days_until_active",
        "days_valid",
        "total_limit",
        "customer_limit",
    )

    class Meta:
        model = Reward
        fields = (
            "name",
            "description",
            "reward_type",
            "percent",
            "amount",
            "cashback_provider",
            "cost_in_points",
            "tax_value",
            "code_source",
            "pool",
            "burns_code",
            "visible_from",
            "visible_to",
            "active_from",
            "active_to",
            "days_until_active",
            "days_valid",
            "total_limit",
            "customer_limit",
        )
        widgets = {"code_source": forms.RadioSelect, "description": forms.Textarea({"rows": 3})}
        help_texts = {
            "cost_in_points": _("0 makes it free."),
            "days_valid": _("Empty: for ever."),
            "total_limit": _("Empty: as many as are asked for."),
            "customer_limit": _("Empty: as many as the customer can pay for."),
            "burns_code": _("Otherwise it returns to its pool and goes to somebody else."),
        }

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        providers = [("", _("None"))] + [(name, words) for name, (_path, words) in PROVIDERS.items()]
        self.fields["cashback_provider"] = forms.ChoiceField(
            label=_("Cashback provider"), choices=providers, required=False
        )
        pool: Any = self.fields["pool"]
        pool.queryset = CodePool.objects.filter(archived_at=None).order_by("name", "id")
        self.fields["version"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        """Ask for what the type and the code need, and refuse what they do not have."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        is_cashback = given.get("reward_type") == RewardType.CASHBACK
        if is_cashback and not given.get("cashback_provider"):
            self.add_error("cashback_provider", _("Say who pays the cashback."))
        if is_cashback and not given.get("amount"):
            self.add_error("amount", _("Say how much is paid."))
        if not is_cashback:
            given["cashback_provider"] = ""
        if given.get("reward_type") == RewardType.PERCENTAGE_DISCOUNT_CODE and not given.get("percent"):
            self.add_error("percent", _("Say how many percent."))
        if given.get("code_source") == CodeSource.NONE:
            given["pool"] = None
        elif not given.get("pool"):
            self.add_error("pool", _("Choose the pool that the codes come from."))
        elif given["code_source"] == CodeSource.GENERATED and not given["pool"].pattern:
            self.add_error("pool", _("Choose a pool with a pattern."))
        for start, end in (("visible_from", "visible_to"), ("active_from", "active_to")):
            if given.get(start) and given.get(end) and given[end] <= given[start]:
                self.add_error(end, _("The end has to come after the beginning."))
        return given

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = {name: self.cleaned_data[name] for name in self.Meta.fields if name != "pool"}
        pool = self.cleaned_data["pool"]
        return given | {"pool_id": pool.id if pool else None, "currency": self.currency}


class SettingsForm(StyledModelForm):
    """The rules for points and rewards."""

    groups = (
        (_("Earning"), ("points_per_unit", "minimum_amount", "rounding", "lock_days")),
        (_("Expiry"), ("expiry", "expiry_days", "expiry_months", "reminder_days")),
        (_("By hand"), ("approval_above",)),
        (_("Gifts"), ("fulfilment_email",)),
    )
    half = ("points_per_unit", "minimum_amount", "expiry_days", "expiry_months")

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
            "reminder_days",
            "approval_above",
            "fulfilment_email",
        )
        help_texts = {
            "expiry_days": _("Where points expire after a number of days."),
            "expiry_months": _("Where they expire at the end of a month or year: 0 is the one they were earned in."),
            "approval_above": _("Points; empty: nobody else has to agree."),
            "fulfilment_email": _("Empty: your reply address, else the owner."),
        }


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
    reason = forms.CharField(label=_("Reason"), max_length=500)
