"""Forms about a customer."""

from typing import Any

from babel import Locale
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.normalise import email_norm
from ui.forms import DateInput, StyledModelForm
from ui.locale import current_locale


def countries() -> list[tuple[str, str]]:
    """Return code and name of every country, by name in the active language."""
    shown: Locale = current_locale()
    named = [(code, name) for code, name in shown.territories.items() if len(code) == 2 and code.isalpha()]  # noqa: PLR2004
    return [("", "—"), *sorted((pair for pair in named if pair[0] not in NO_COUNTRY), key=lambda pair: pair[1])]


NO_COUNTRY = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}


class ContactForm(StyledModelForm):
    """Everything that is known of a customer."""

    country = forms.ChoiceField(label=_("Country"), required=False)

    groups = (
        (_("Contact"), ("first_name", "last_name", "email", "phone", "card_number", "birthday")),
        (
            _("Address"),
            ("street", "house_number", "building_number", "postal_code", "city", "province", "country"),
        ),
    )
    half = (
        "first_name",
        "last_name",
        "card_number",
        "birthday",
        "house_number",
        "building_number",
        "postal_code",
        "city",
        "province",
        "country",
    )

    class Meta:
        model = Customer
        fields = (
            "first_name",
            "last_name",
            "email",
            "phone",
            "card_number",
            "birthday",
            *Customer.ADDRESS,
        )
        widgets = {"birthday": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = countries()

    def clean_email(self) -> str:
        """Refuse an address that another customer has."""
        email = str(self.cleaned_data["email"]).strip()
        if email and self._another(email_norm=email_norm(email)):
            raise forms.ValidationError(_("Another customer has this e-mail address."))
        return email

    def clean_card_number(self) -> str:
        """Refuse a card that another customer has."""
        number = str(self.cleaned_data["card_number"]).strip()
        if number and self._another(card_number=number):
            raise forms.ValidationError(_("Another customer has this card number."))
        return number

    def clean_birthday(self) -> Any:
        """Refuse a day that has not come yet."""
        birthday = self.cleaned_data["birthday"]
        if birthday and birthday > timezone.localdate():
            raise forms.ValidationError(_("A birthday cannot be in the future."))
        return birthday

    def clean(self) -> dict[str, Any]:
        """Keep the customer known by something."""
        values = super().clean() or self.cleaned_data
        if not any(values.get(name) for name in ("email", "phone", "card_number")) and not self.errors:
            raise forms.ValidationError(_("Keep an e-mail address, a phone number or a card number."))
        return values

    def _another(self, **wanted: str) -> bool:
        return bool(Customer.objects.filter(**wanted).exclude(id=self.instance.id).exists())
