"""A funnel: what it gives, when it is open, what it asks and says."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from claims_center.models import Funnel, OrderNumberRule, Product, Promotion
from ui.forms import DateTimeInput, StyledForm

TEXTS = ("headline", "intro", "feedback_prompt", "thanks", "terms")
COLUMNS = (
    "name",
    "slug",
    "starts_at",
    "ends_at",
    "order_number",
    "min_feedback",
    "max_order_age_days",
    *TEXTS,
    "auto_verify",
    "auto_send",
)


def _text(label: Any, length: int, help_text: Any = "", rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=length, required=False, widget=widget, help_text=help_text)


class FunnelForm(StyledForm):
    """Everything about a funnel on one page. Times are typed in the merchant's zone."""

    name = forms.CharField(label=_("Name"), max_length=120)
    slug = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]*\Z",
        label=_("Address"),
        max_length=60,
        required=False,
        help_text=_("The last part of the page's address. Made from the name where it is left empty."),
        error_messages={"invalid": _("Small letters, digits and dashes.")},
    )
    promotion: "forms.ModelChoiceField[Promotion]" = forms.ModelChoiceField(
        label=_("Promotion"), queryset=None, empty_label=_("Choose")
    )
    products: "forms.ModelMultipleChoiceField[Product]" = forms.ModelMultipleChoiceField(
        label=_("Products"), queryset=None, widget=forms.CheckboxSelectMultiple, required=False
    )
    starts_at = forms.DateTimeField(label=_("Opens"), required=False, widget=DateTimeInput())
    ends_at = forms.DateTimeField(
        label=_("Ends"), required=False, widget=DateTimeInput(), help_text=_("From this moment no claim is taken.")
    )
    order_number = forms.ChoiceField(
        label=_("Order number"), choices=OrderNumberRule.choices, widget=forms.RadioSelect, initial="required"
    )
    max_order_age_days = forms.IntegerField(
        label=_("Most days between order and claim"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=_("Empty: orders of any age."),
    )
    min_feedback = forms.IntegerField(
        label=_("Least length of feedback"), min_value=0, max_value=1000, initial=0, help_text=_("In characters.")
    )
    headline = _text(_("Headline"), 160, _("The funnel's name where it is left empty."))
    intro = _text(_("Introduction"), 2000, rows=3)
    feedback_prompt = _text(_("Question for the feedback"), 300)
    thanks = _text(_("Text after the claim"), 2000, rows=3)
    terms = _text(_("Terms"), 8000, rows=5)
    auto_verify = forms.BooleanField(
        label=_("Verify by itself when the order matches"),
        required=False,
        help_text=_("Only where the order check says Match. It is recorded as done by the system and can be undone."),
    )
    auto_send = forms.BooleanField(
        label=_("Then send the gift by itself"),
        required=False,
        help_text=_("Only for digital gifts, and only together with the switch above."),
    )

    half = ("starts_at", "ends_at", "max_order_age_days", "min_feedback")

    def __init__(self, *args: Any, funnel: Funnel | None = None, **kwargs: Any) -> None:
        self.funnel = funnel
        if funnel is not None:
            kwargs.setdefault("initial", _initial(funnel))
        super().__init__(*args, **kwargs)
        self.groups = GROUPS
        self.fields["promotion"].queryset = _open(Promotion, funnel.promotion_id if funnel else None)  # type: ignore[attr-defined]
        self.fields["products"].queryset = Product.objects.filter(archived_at__isnull=True).order_by("title", "id")  # type: ignore[attr-defined]
        if funnel is not None and funnel.published_at is not None:
            self.fields["slug"].disabled = True
            self.fields["slug"].help_text = _("It stays as it is: it may be printed already.")

    def clean_slug(self) -> str:
        """Make an address where none was typed, and refuse one that is taken."""
        slug: str = self.cleaned_data["slug"] or slugify(self.cleaned_data.get("name", ""))[:60].strip("-_")
        slug = slug.replace("_", "-")
        if not slug:
            raise ValidationError(_("Type an address; none can be made from this name."))
        others = Funnel.objects.exclude(pk=self.funnel.pk) if self.funnel else Funnel.objects.all()
        if others.filter(slug=slug).exists():
            raise ValidationError(_("Another funnel has the address “%(slug)s”."), params={"slug": slug})
        return slug

    def clean(self) -> dict[str, Any]:
        """Hold together what depends on each other."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = given.get("starts_at"), given.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("It ends before it opens."))
        promotion = given.get("promotion")
        if given.get("auto_send") and not given.get("auto_verify"):
            self.add_error("auto_send", _("A gift can only be sent by itself where claims are verified by themselves."))
        if given.get("auto_send") and promotion is not None and promotion.is_physical:
            self.add_error("auto_send", _("This gift is shipped, so nothing can be sent by itself."))
        if given.get("auto_verify") and given.get("order_number") == OrderNumberRule.NONE:
            self.add_error("auto_verify", _("Without an order number there is nothing to match."))
        return given

    def values(self) -> dict[str, Any]:
        """Return the columns to save."""
        found = {name: self.cleaned_data[name] for name in COLUMNS}
        return found | {"promotion_id": self.cleaned_data["promotion"].pk}

    def product_ids(self) -> list[uuid.UUID]:
        """Return the chosen products: those known already keep their places, new ones follow by title."""
        places = {} if self.funnel is None else dict(self.funnel.funnel_products.values_list("product_id", "position"))
        chosen = sorted(self.cleaned_data["products"], key=lambda one: (places.get(one.pk, 10_000), one.title))
        return [one.pk for one in chosen]


GROUPS = (
    (_("What it gives"), ("promotion", "products")),
    (_("When it is open"), ("starts_at", "ends_at")),
    (_("What it asks"), ("order_number", "max_order_age_days", "min_feedback")),
    (_("What it says"), TEXTS),
    (_("What happens by itself"), ("auto_verify", "auto_send")),
)


def _open(model: Any, also: uuid.UUID | None) -> Any:
    rows = model.objects.filter(archived_at__isnull=True)
    if also:
        rows = rows | model.objects.filter(pk=also)
    return rows.order_by("name", "id")


def _initial(funnel: Funnel) -> dict[str, Any]:
    found = {name: getattr(funnel, name) for name in COLUMNS}
    products = list(funnel.funnel_products.values_list("product_id", flat=True))
    return found | {"promotion": funnel.promotion_id, "products": products}
