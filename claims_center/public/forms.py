"""The forms of a funnel, one a step. They judge what was typed and change nothing.

A form is bound either to what was just posted or to the draft of the journey, so the same rules decide whether a step
may be left and whether it still holds when the claim is sent.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from claims_center.public.countries import country_choices
from claims_center.public.help import help_for, looks_right

LONGEST = 4000
TRAP = "website"


class StepForm(forms.Form):
    """One step. `context` is what earlier steps said; `funnel` says what is asked."""

    use_required_attribute = False
    required_css_class = "is-required"
    groups: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def __init__(self, *args: Any, funnel: Any, earlier: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.funnel = funnel
        self.earlier = earlier or {}

    def typed(self) -> dict[str, str]:
        """Return what was typed, as text that can be kept, whether or not it is right."""
        return {name: clean(self.data.get(name, "")) for name in self.fields}


def clean(value: Any) -> str:
    """Return text that a database can hold: no NUL, no half characters, no more than a page of it."""
    text = str(value).replace("\x00", "")[:LONGEST]
    return text.encode("utf-8", "replace").decode("utf-8")


class ListingForm(StepForm):
    """Which product, bought where: one choice, so that it always fits together."""

    listing = forms.ChoiceField(
        label=_("What did you buy, and where?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose your product and where you bought it."),
            "invalid_choice": _("This product is not part of the promotion any more. Choose another one."),
        },
    )

    def __init__(self, *args: Any, listings: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listing"].choices = listings  # type: ignore[attr-defined]


class OrderForm(StepForm):
    """The order number. A number that looks unusual is questioned once and then taken as it is."""

    order_number = forms.CharField(
        label=_("Order number"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    sure = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["order_number"]
        field.required = self.funnel.order_number == "required"
        field.error_messages["required"] = str(_("Type the number of your order."))

    @property
    def sure_of(self) -> str:
        """Return the number that one more press of Continue keeps as it is."""
        return clean(self.data.get("order_number", "")).strip() if self.is_bound else ""

    def clean_order_number(self) -> str:
        """Question a number that does not look like one of its marketplace, unless it was sent twice."""
        number: str = self.cleaned_data["order_number"].strip()
        marketplace = str(self.earlier.get("marketplace", ""))
        if not number or looks_right(number, marketplace) or self.data.get("sure", "").strip() == number:
            return number
        example = help_for(marketplace).example
        words = _("Order numbers there look like %(example)s. Check it, or press Continue again to keep it.")
        other = _("This does not look like an order number. Check it, or press Continue again to keep it.")
        raise forms.ValidationError(words if example else other, params={"example": example}, code="unusual")


class FeedbackForm(StepForm):
    """Rating and words. What they say decides nothing: no rule of verification ever sees them."""

    rating = forms.TypedChoiceField(
        label=_("How do you like it?"),
        coerce=int,
        empty_value=None,
        choices=[(5, _("5 of 5")), (4, _("4 of 5")), (3, _("3 of 5")), (2, _("2 of 5")), (1, _("1 of 5"))],
        required=False,
        widget=forms.RadioSelect,
    )
    feedback = forms.CharField(
        label=_("In your own words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.funnel.ask_rating:
            del self.fields["rating"]
        if self.funnel.ask_feedback:
            self._measure(self.funnel.min_feedback)
        else:
            del self.fields["feedback"]

    def _measure(self, least: int) -> None:
        field = self.fields["feedback"]
        field.required = least > 0
        field.error_messages["required"] = str(_("Write a few words; good or bad, both are welcome."))
        if least:
            field.help_text = ngettext("At least %(n)d character.", "At least %(n)d characters.", least) % {"n": least}
            field.widget.attrs["data-least"] = str(least)

    def clean_feedback(self) -> str:
        """Count the characters and say how many are missing."""
        text: str = self.cleaned_data["feedback"].strip()
        missing = self.funnel.min_feedback - len(text)
        if missing > 0:
            words = ngettext("%(n)d more character, please.", "%(n)d more characters, please.", missing)
            raise forms.ValidationError(words, params={"n": missing}, code="short")
        return text


def _text(label: Any, length: int, autocomplete: str, *, required: bool = True, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, **attrs})
    return forms.CharField(label=label, max_length=length, required=required, widget=widget)


class ContactForm(StepForm):
    """Who gets the gift."""

    first_name = _text(_("First name"), 120, "given-name")
    last_name = _text(_("Surname"), 120, "family-name")
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={"invalid": _("This is not an e-mail address. It looks like name@example.com.")},
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    remind = forms.BooleanField(
        label=_("If I do not finish, remind me once by e-mail, with a link that brings me back here."), required=False
    )
    website = forms.CharField(required=False, label=_("Leave this field empty"))

    half: tuple[str, ...] = ("first_name", "last_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[TRAP].widget.attrs.update(tabindex="-1", autocomplete="off")
        if not self.funnel.remind_after_hours:
            del self.fields["remind"]
        for name, words in REQUIRED.items():
            if name in self.fields:
                self.fields[name].error_messages["required"] = str(words)

    def clean_website(self) -> str:
        """Refuse what only a machine fills in."""
        if self.cleaned_data[TRAP]:
            raise forms.ValidationError(_("Leave this field empty; it is there to tell people from machines."))
        return ""

    def clean_phone(self) -> str:
        """Refuse what holds no number."""
        phone: str = self.cleaned_data["phone"].strip()
        if phone and sum(character.isdigit() for character in phone) < 5:  # noqa: PLR2004
            raise forms.ValidationError(_("This is not a phone number."))
        return phone


class ShippingForm(ContactForm):
    """Who gets the gift, and where it is sent."""

    street = _text(_("Street"), 200, "address-line1")
    house_number = _text(_("House number"), 20, "off", required=False)
    building_number = _text(_("Flat or building"), 20, "address-line2", required=False)
    postal_code = _text(_("Postal code"), 20, "postal-code")
    city = _text(_("City"), 120, "address-level2")
    province = _text(_("State or province"), 120, "address-level1", required=False)
    country = forms.ChoiceField(label=_("Country"), widget=forms.Select(attrs={"autocomplete": "country"}))

    half = ("first_name", "last_name", "house_number", "building_number", "postal_code", "city")
    ADDRESS = ("street", "house_number", "building_number", "postal_code", "city", "province", "country")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]

    def clean_house_number(self) -> str:
        """Take the house number here or, as many countries write it, beside the street."""
        number: str = self.cleaned_data["house_number"].strip()
        street: str = self.cleaned_data.get("street", "")
        if street and not number and not any(character.isdigit() for character in street):
            raise forms.ValidationError(_("Type the house number."), code="required")
        return number


REQUIRED = {
    "first_name": _("Type your first name."),
    "last_name": _("Type your surname."),
    "email": _("Type your e-mail address; your gift is announced there."),
    "street": _("Type the street."),
    "postal_code": _("Type the postal code."),
    "city": _("Type the city."),
    "country": _("Choose the country."),
}
