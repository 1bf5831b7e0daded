"""The form of an offer, in sections."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from codes.models import CodePool
from offers.models import Offer
from offers.periods import EVERY_DAY, MINUTES
from offers.states import CodeSource, OfferType, PeriodKind
from tenancy import pictures
from tenancy.scope import current_merchant_id
from ui.forms import DateTimeInput, StyledModelForm

WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
PERIODS = ("effectivity", "response", "usage")
# What each type of offer has to say.
NEEDED = {
    OfferType.PERCENT_OFF: ("percent",),
    OfferType.AMOUNT_OFF: ("amount",),
    OfferType.BUY_X_GET_Y: ("buy_quantity", "get_quantity"),
    OfferType.FREE_ITEM: ("items",),
    OfferType.GIFT_WITH_PURCHASE: ("items",),
    OfferType.POINTS_MULTIPLIER: ("multiplier",),
}
COUNTED = (PeriodKind.AFTER_PUBLISHING, PeriodKind.AFTER_RESPONSE)


def _parts(name: str) -> tuple[str, ...]:
    return (f"{name}_kind", f"{name}_from", f"{name}_to", f"{name}_after_days", f"{name}_days")


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, required=False, widget=DateTimeInput)


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))


class OfferForm(StyledModelForm):
    """An offer of the catalogue. `version` is the one that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    picture = forms.FileField(
        label=_("Image"),
        required=False,
        help_text=_("JPEG, PNG or WEBP, at most 8 MB. It is made smaller, and its hidden details are removed."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    no_picture = forms.BooleanField(label=_("Remove the image"), required=False)
    pool: Any = forms.ModelChoiceField(label=_("Code pool"), queryset=None, required=False)
    effectivity_from = _moment(_("Seen from"))
    effectivity_to = _moment(_("Seen until"))
    response_from = _moment(_("Can be claimed from"))
    response_to = _moment(_("Can be claimed until"))
    usage_from = _moment(_("Can be used from"))
    usage_to = _moment(_("Can be used until"))
    days = forms.TypedMultipleChoiceField(
        label=_("Only on these days of the week"),
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hour_from = _clock(_("Only from"))
    hour_to = _clock(_("Only until"))

    groups: Sequence[tuple[Any, Sequence[str]]] = (
        (_("What it is"), ("name", "description", "terms", "picture", "no_picture")),
        (
            _("What members get"),
            (
                "offer_type",
                "percent",
                "amount",
                "multiplier",
                "buy_quantity",
                "get_quantity",
                "items",
                "minimum_amount",
            ),
        ),
        (_("Effectivity: when members see it"), (*_parts("effectivity"), "days", "hour_from", "hour_to")),
        (_("Response period: when it can be claimed"), _parts("response")),
        (_("Usage period: when a response can be used"), (*_parts("usage"), "days_valid")),
        (_("How it is given and used"), ("is_claimable", "needs_clip", "has_shipping")),
        (_("Limits"), ("member_limit", "total_limit")),
        (_("Certificate code"), ("code_source", "pool")),
    )
    half = (
        "percent",
        "amount",
        "multiplier",
        "minimum_amount",
        "buy_quantity",
        "get_quantity",
        "hour_from",
        "hour_to",
        "member_limit",
        "total_limit",
        *(f"{name}_{part}" for name in PERIODS for part in ("from", "to", "after_days", "days")),
    )

    class Meta:
        model = Offer
        fields = (
            "name",
            "description",
            "terms",
            "offer_type",
            "percent",
            "amount",
            "multiplier",
            "buy_quantity",
            "get_quantity",
            "items",
            "minimum_amount",
            "effectivity_kind",
            "effectivity_from",
            "effectivity_to",
            "effectivity_after_days",
            "effectivity_days",
            "response_kind",
            "response_from",
            "response_to",
            "response_after_days",
            "response_days",
            "usage_kind",
            "usage_from",
            "usage_to",
            "usage_after_days",
            "usage_days",
            "days_valid",
            "is_claimable",
            "needs_clip",
            "has_shipping",
            "total_limit",
            "member_limit",
            "code_source",
            "pool",
        )
        widgets = {
            "code_source": forms.RadioSelect,
            "description": forms.Textarea({"rows": 2}),
            "terms": forms.Textarea({"rows": 3}),
        }
        help_texts = {
            "items": _("Names or SKUs of the items, with commas between them."),
            "days_valid": _("Empty: until its usage period ends."),
            "total_limit": _("Empty: as many as are asked for."),
            "member_limit": _("Empty: as often as they like."),
            **{f"{name}_days": _("Empty: without an end.") for name in PERIODS},
        }

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        pool: Any = self.fields["pool"]
        pool.queryset = CodePool.objects.filter(archived_at=None).order_by("name", "id")
        for name in PERIODS:
            self.fields[f"{name}_after_days"].required = False
        offer = self.instance
        if not offer.image:
            del self.fields["no_picture"]
            self.groups = [(title, [one for one in names if one in self.fields]) for title, names in self.groups]
        self.fields["version"].initial = offer.version
        self.fields["days"].initial = [day for day in range(7) if offer.weekdays & 1 << day]
        if (offer.minute_from, offer.minute_to) != (0, MINUTES):
            self.fields["hour_from"].initial = time(*divmod(offer.minute_from, 60))
            self.fields["hour_to"].initial = time(*divmod(offer.minute_to % MINUTES, 60))

    def clean_picture(self) -> bytes | None:
        """Take the picture apart and make it anew."""
        upload = self.cleaned_data.get("picture")
        return pictures.encode(upload) if upload else None

    def clean(self) -> dict[str, Any]:
        """Ask for what the type, the periods and the code need, and blank what they do not have."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        self._clean_benefit(given)
        for name in PERIODS:
            self._clean_period(given, name)
        if given.get("hour_from") and given.get("hour_from") == given.get("hour_to"):
            self.add_error("hour_to", _("The end has to differ from the beginning."))
        self._clean_code(given)
        return given

    def _clean_benefit(self, given: dict[str, Any]) -> None:
        kind = given.get("offer_type")
        for name in NEEDED[OfferType(kind)] if kind else ():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, _("This type of offer needs it."))
        if given.get("percent") is not None and not 0 < given["percent"] <= 100:  # noqa: PLR2004 - percent
            self.add_error("percent", _("More than 0, and 100 at most."))
        for name in ("amount", "multiplier"):
            if given.get(name) is not None and given[name] <= 0:
                self.add_error(name, _("More than 0."))

    def _clean_period(self, given: dict[str, Any], name: str) -> None:
        kind, start, end = given.get(f"{name}_kind"), given.get(f"{name}_from"), given.get(f"{name}_to")
        if kind == PeriodKind.FIXED:
            if not start and not end and not {f"{name}_from", f"{name}_to"} & set(self.errors):
                self.add_error(f"{name}_from", _("Say when it begins, or when it ends."))
            if start and end and end <= start:
                self.add_error(f"{name}_to", _("The end has to come after the beginning."))
        else:
            given[f"{name}_from"] = given[f"{name}_to"] = None
        if kind not in COUNTED:
            given[f"{name}_after_days"], given[f"{name}_days"] = 0, None
        given[f"{name}_after_days"] = given.get(f"{name}_after_days") or 0

    def _clean_code(self, given: dict[str, Any]) -> None:
        if given.get("code_source") == CodeSource.NONE:
            given["pool"] = None
        elif not given.get("pool"):
            self.add_error("pool", _("Choose the pool that the codes come from."))
        elif given.get("code_source") == CodeSource.GENERATED and not given["pool"].pattern:
            self.add_error("pool", _("Choose a pool with a pattern."))

    def values(self) -> dict[str, Any]:
        """Return what the service takes; keeps a new image first."""
        given = {name: self.cleaned_data[name] for name in self.Meta.fields if name != "pool"}
        pool, days = self.cleaned_data["pool"], sum(1 << day for day in self.cleaned_data["days"])
        if self.cleaned_data.get("picture"):
            given["image"] = pictures.store(current_merchant_id(), self.cleaned_data["picture"])
        elif self.cleaned_data.get("no_picture"):
            given["image"] = ""
        start, end = self.cleaned_data["hour_from"], self.cleaned_data["hour_to"]
        return given | {
            "pool_id": pool.id if pool else None,
            "currency": self.currency,
            "weekdays": 0 if days == EVERY_DAY else days,
            "minute_from": _minute(start) if start else 0,
            "minute_to": (_minute(end) if end else 0) or MINUTES,
        }


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
