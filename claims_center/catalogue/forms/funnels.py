"""A funnel: what it gives, when it is open, what it asks and says, how it looks."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.utils import ErrorDict
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from claims_center import wording
from claims_center.catalogue.forms.picker import OrderedProducts, Picker, ids_in, picker
from claims_center.models import FormerAddress, Funnel, OrderNumberRule, Product, Promotion
from claims_center.models.funnel import LONGEST_REMINDER
from tenancy import pictures as images
from ui.forms import DateTimeInput, StyledForm

COLUMNS = (
    "name",
    "slug",
    "starts_at",
    "ends_at",
    "order_number",
    "min_feedback",
    "ask_rating",
    "ask_feedback",
    "max_order_age_days",
    "accent",
    "stop_when_sold_out",
    "remind_after_hours",
    "auto_verify",
    "auto_send",
)
# Parts of public addresses that are not funnels.
RESERVED = frozenset({"media"})
LOGO_TYPES = "image/jpeg,image/png,image/webp"


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
    products = OrderedProducts(label=_("Products"), required=False)
    stop_when_sold_out = forms.BooleanField(
        label=_("Stop when no code is left"),
        required=False,
        help_text=_("Without it claims go on coming in, and wait until codes are added to the pool."),
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
    ask_rating = forms.BooleanField(label=_("Ask for a rating (always optional)"), required=False, initial=True)
    ask_feedback = forms.BooleanField(label=_("Ask for feedback in words"), required=False, initial=True)
    min_feedback = forms.IntegerField(
        label=_("Least length of feedback"),
        min_value=0,
        max_value=1000,
        initial=0,
        help_text=_("In characters; 0 leaves it to the customer. What is written decides nothing about the gift."),
    )
    remind_after_hours = forms.IntegerField(
        label=_("Remind after"),
        required=False,
        min_value=1,
        max_value=LONGEST_REMINDER,
        help_text=_("Hours. Customers who tick a box, and do not finish, get one e-mail. Empty: nobody is asked."),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("JPEG, PNG or WEBP. It stands in the place of your name; wide ones look best."),
        widget=forms.FileInput(attrs={"accept": LOGO_TYPES}),
    )
    no_logo = forms.BooleanField(label=_("Remove the logo"), required=False)
    accent = forms.CharField(
        label=_("Accent colour"),
        required=False,
        max_length=7,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Write the colour like #0a7f5a."))],
        widget=forms.TextInput(attrs={"placeholder": "#0a7f5a", "spellcheck": "false"}),
        help_text=_("For buttons and links of this funnel. Empty: the colour of your settings."),
    )
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
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    half = ("starts_at", "ends_at", "max_order_age_days", "min_feedback")

    def __init__(
        self, *args: Any, funnel: Funnel | None = None, merchant: Any, chosen: Picker | None = None, **kwargs: Any
    ) -> None:
        self.funnel, self.merchant, self._picker = funnel, merchant, chosen
        kwargs.setdefault("initial", _initial(funnel) if funnel else None)
        super().__init__(*args, **kwargs)
        for text in wording.TEXTS:
            self.fields[text.name] = _field(text, funnel or Funnel(), merchant)
        for name, page in PAGES.items():
            self.fields[name].widget.attrs["data-page"] = page
        self.fields["promotion"].queryset = _open(Promotion, funnel.promotion_id if funnel else None)  # type: ignore[attr-defined]
        if funnel is None or not funnel.logo:
            del self.fields["no_logo"]
        if funnel is not None and funnel.published_at is not None:
            self.fields["slug"].required = True
            self.fields["slug"].help_text = _("It may be changed; the address that it has now goes on working.")

    @cached_property
    def picker(self) -> Picker:
        """Return the chosen products and those that can be chosen."""
        if self._picker is not None:
            return self._picker
        if self.is_bound:
            return picker(ids_in(self.data.getlist("products")), self.data.get("product_query", ""))  # type: ignore[attr-defined]
        return picker(self.initial.get("products", ()))

    def unjudged(self) -> "FunnelForm":
        """Return the form with what was typed, and without a word on what is wrong with it."""
        self.full_clean()
        self._errors = ErrorDict()
        return self

    def clean_slug(self) -> str:
        """Make an address where none was typed, and refuse one that is taken."""
        slug: str = self.cleaned_data["slug"] or slugify(self.cleaned_data.get("name", ""))[:60].strip("-_")
        slug = slug.replace("_", "-")
        if not slug:
            raise ValidationError(_("Type an address; none can be made from this name."))
        others, former = Funnel.objects.all(), FormerAddress.objects.all()
        if self.funnel:
            others, former = others.exclude(pk=self.funnel.pk), former.exclude(funnel=self.funnel)
        if slug in RESERVED or others.filter(slug=slug).exists():
            raise ValidationError(_("Another funnel has the address “%(slug)s”."), params={"slug": slug})
        if former.filter(slug=slug).exists():
            words = _("Another funnel had the address “%(slug)s”, and it still leads there.")
            raise ValidationError(words, params={"slug": slug})
        return slug

    def clean_accent(self) -> str:
        """Return the colour in small letters."""
        return str(self.cleaned_data["accent"]).lower()

    def clean_logo(self) -> bytes | None:
        """Take the picture apart and make it anew."""
        upload = self.cleaned_data.get("logo")
        return images.encode(upload) if upload else None

    def clean(self) -> dict[str, Any]:
        """Hold together what depends on each other."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = given.get("starts_at"), given.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("It ends before it opens."))
        if given.get("min_feedback") and not given.get("ask_feedback"):
            self.add_error("min_feedback", _("Feedback is not asked for, so it has no least length."))
        self._check_automation(given)
        return given

    def _check_automation(self, given: dict[str, Any]) -> None:
        promotion = given.get("promotion")
        if given.get("auto_send") and not given.get("auto_verify"):
            self.add_error("auto_send", _("A gift can only be sent by itself where claims are verified by themselves."))
        if given.get("auto_send") and promotion is not None and promotion.is_physical:
            self.add_error("auto_send", _("This gift is shipped, so nothing can be sent by itself."))
        if given.get("auto_verify") and given.get("order_number") == OrderNumberRule.NONE:
            self.add_error("auto_verify", _("Without an order number there is nothing to match."))

    def values(self) -> dict[str, Any]:
        """Return the columns to save; keeps a new logo first."""
        given = self.cleaned_data
        found = {name: given[name] for name in COLUMNS} | self.words()
        if given.get("logo"):
            found["logo"] = images.store(self.merchant.pk, given["logo"])
        elif given.get("no_logo"):
            found["logo"] = ""
        return found | {"promotion_id": given["promotion"].pk}

    def words(self) -> dict[str, Any]:
        """Return the merchant's own words as columns and as the rest; whatever was not understood is left out."""
        given = {name: self.cleaned_data[name] for name in wording.BY_NAME if name in self.cleaned_data}
        rest = {name: words for name, words in given.items() if words and name not in wording.COLUMNS}
        return {name: words for name, words in given.items() if name in wording.COLUMNS} | {"texts": rest}

    def product_ids(self) -> list[uuid.UUID]:
        """Return the chosen products in their order."""
        return [one.pk for one in self.cleaned_data["products"]]


# How the builder groups the fields: name, heading, fields. The picker stands in the first one.
SECTIONS = (
    ("gives", _("What it gives"), ("promotion", "stop_when_sold_out")),
    ("open", _("When it is open"), ("starts_at", "ends_at")),
    (
        "asks",
        _("What it asks"),
        ("order_number", "max_order_age_days", "ask_rating", "ask_feedback", "min_feedback", "remind_after_hours"),
    ),
    ("says", _("What it says"), tuple(text.name for text in wording.TEXTS if text.page != "insert")),
    ("insert", _("The product insert"), tuple(text.name for text in wording.TEXTS if text.page == "insert")),
    ("looks", _("How it looks"), ("logo", "no_logo", "accent")),
    ("itself", _("What happens by itself"), ("auto_verify", "auto_send")),
)


# Which page of the funnel a question shows on.
PAGES = {
    "order_number": "order",
    "ask_rating": "feedback",
    "ask_feedback": "feedback",
    "min_feedback": "feedback",
    "remind_after_hours": "contact",
}


def _field(text: wording.Text, funnel: Funnel, merchant: Any) -> forms.CharField:
    """Return the field of one text, with our own words where the merchant's would stand."""
    # The preview shows the page whose words are being written.
    attrs: dict[str, Any] = {"placeholder": text.ours(funnel, merchant), "data-page": text.page}
    widget = forms.Textarea(attrs=attrs | {"rows": text.rows}) if text.rows else forms.TextInput(attrs=attrs)
    return forms.CharField(label=text.label, max_length=text.length, required=False, widget=widget)


def _open(model: Any, also: uuid.UUID | None) -> Any:
    rows = model.objects.filter(archived_at__isnull=True)
    if also:
        rows = rows | model.objects.filter(pk=also)
    return rows.order_by("name", "id")


def _initial(funnel: Funnel) -> dict[str, Any]:
    found = {name: getattr(funnel, name) for name in (*COLUMNS, "version")}
    found |= {name: wording.own(funnel, name) for name in wording.BY_NAME}
    rows = funnel.funnel_products.order_by("position", "product__title", "id")
    return found | {"promotion": funnel.promotion_id, "products": list(rows.values_list("product_id", flat=True))}


def example_products() -> list[Product]:
    """Return what a preview shows where nothing was chosen yet."""
    return list(Product.objects.filter(archived_at__isnull=True).order_by("title", "id")[:2])
