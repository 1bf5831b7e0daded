"""The form of the catalogue."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from codes.models import CodePool
from loyalty.cashback.provider import PROVIDERS
from loyalty.models import Reward
from loyalty.states import CodeSource, RewardType
from tenancy import pictures
from tenancy.scope import current_merchant_id
from ui.forms import StyledModelForm


class MomentField(forms.SplitDateTimeField):
    """A day and a time of day in the merchant's zone."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.SplitDateTimeWidget({"type": "date"}, "%Y-%m-%d", "%H:%M", {"type": "date"}, {"type": "time"})
        super().__init__(required=False, widget=widget, **kwargs)


class RewardForm(StyledModelForm):
    """A reward of the catalogue. `version` is the one that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    picture = forms.FileField(
        label=_("Image"),
        required=False,
        help_text=_("JPEG, PNG or WEBP, at most 8 MB. It is made smaller, and its hidden details are removed."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    no_picture = forms.BooleanField(label=_("Remove the image"), required=False)
    pool: Any = forms.ModelChoiceField(label=_("Code pool"), queryset=None, required=False)
    visible_from = MomentField(label=_("Visible from"))
    visible_to = MomentField(label=_("Visible to"))
    active_from = MomentField(label=_("Active from"))
    active_to = MomentField(label=_("Active to"))

    groups: Sequence[tuple[Any, Sequence[str]]] = (
        (_("What it is"), ("name", "description", "reward_type", "percent", "amount", "cashback_provider")),
        (_("Image"), ("picture", "no_picture")),
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
        if not self.instance.image:
            del self.fields["no_picture"]
            self.groups = [(title, [one for one in names if one in self.fields]) for title, names in self.groups]

    def clean_picture(self) -> bytes | None:
        """Take the picture apart and make it anew."""
        upload = self.cleaned_data.get("picture")
        return pictures.encode(upload) if upload else None

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
        """Return what the service takes; keeps a new image first."""
        given = {name: self.cleaned_data[name] for name in self.Meta.fields if name != "pool"}
        pool = self.cleaned_data["pool"]
        if self.cleaned_data.get("picture"):
            given["image"] = pictures.store(current_merchant_id(), self.cleaned_data["picture"])
        elif self.cleaned_data.get("no_picture"):
            given["image"] = ""
        return given | {"pool_id": pool.id if pool else None, "currency": self.currency}
