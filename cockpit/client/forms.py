"""The forms of the customers' pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims_center.public.countries import country_choices
from customers.forms import ContactForm
from customers.models import Customer
from ui.forms import DateInput, StyledForm

TRAP = "website"
FEWEST_DIGITS = 5


class AddressForm(StyledForm):
    """Which mailbox the link to sign in goes to."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Type your e-mail address."),
            "invalid": _("This is not an e-mail address. It looks like name@example.com."),
        },
    )
    website = forms.CharField(required=False, label=_("Leave this field empty"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[TRAP].widget = forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})

    @property
    def is_trapped(self) -> bool:
        """Say whether a machine has filled in what people do not see."""
        return bool(self.data.get(TRAP))


AUTOCOMPLETE = {
    "first_name": "given-name",
    "last_name": "family-name",
    "phone": "tel",
    "birthday": "bday",
    "postal_code": "postal-code",
    "city": "address-level2",
    "province": "address-level1",
    "country": "country",
}


class ProfileForm(ContactForm):
    """What customers change themselves: not the address that they sign in by, nor their card.

    A birthday can be told once; who wants to put it right writes to the shop.
    """

    groups = ((_("Address"), Customer.ADDRESS),)  # type: ignore[assignment]

    class Meta:
        model = Customer
        fields = ("first_name", "last_name", "phone", "birthday", *Customer.ADDRESS)
        widgets = {"birthday": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = country_choices()
        for name, value in AUTOCOMPLETE.items():
            self.fields[name].widget.attrs["autocomplete"] = value
        self.fields["phone"].widget.input_type = "tel"
        if self.instance.birthday:
            self.fields["birthday"].disabled = True
            self.fields["birthday"].help_text = _("Is it wrong? Write to us, and we put it right.")

    def clean_phone(self) -> str:
        """Refuse what holds no number, as the funnel does; what the shop wrote down may stay."""
        phone: str = self.cleaned_data["phone"].strip()
        if phone and "phone" in self.changed_data and sum(sign.isdigit() for sign in phone) < FEWEST_DIGITS:
            raise forms.ValidationError(_("This is not a phone number."))
        return phone

    def clean(self) -> dict[str, Any]:
        """Take the values as they are: the customer stays known by the address of the session."""
        return self.cleaned_data


class ErasureForm(StyledForm):
    """A wish to be forgotten; the box keeps it from being sent by mistake."""

    note = forms.CharField(
        label=_("Anything that we should know"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sure = forms.BooleanField(
        label=_("I know that my points and rewards end with it."),
        error_messages={"required": _("Tick the box if you want this.")},
    )
