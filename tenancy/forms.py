"""Forms of the settings pages and of invitations."""

import functools
import zoneinfo
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from babel import Locale, localedata, numbers
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.keeping import Record, choices_of, in_words
from tenancy.models import Merchant, Retention, User
from tenancy.models.retention import PERIODS
from tenancy.roles import Role
from tenancy.scopes import KeyScope
from ui.forms import DateInput, StyledForm

LONGEST_PASSWORD = 128


@functools.cache
def zones() -> list[tuple[str, str]]:
    """Return the time zones to choose from: places, and UTC."""
    places = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name.replace("_", " ")) for name in ["UTC", *places]]


@functools.cache
def regions() -> list[tuple[str, str]]:
    """Return the locales to choose from: every region of the languages that the product speaks."""
    languages = {code.split("-")[0] for code, _name in settings.LANGUAGES}
    found = []
    for name in localedata.locale_identifiers():
        # A locale is a file to read; there are a thousand, and most are of other languages.
        if name.partition("_")[0] not in languages:
            continue
        locale = Locale.parse(name)
        if locale.territory and locale.territory.isalpha() and not locale.variant:
            found.append((name, str(locale.get_display_name(locale))))
    return sorted(found, key=lambda pair: pair[1])


@functools.cache
def currencies() -> list[tuple[str, str]]:
    """Return the currencies in use today."""
    codes = {code for place in Locale("en").territories for code in _tender(str(place))}
    return sorted((code, f"{code} {numbers.get_currency_name(code, locale='en')}") for code in codes)


def _tender(territory: str) -> list[str]:
    return numbers.get_territory_currencies(territory) if len(territory) == 2 else []  # noqa: PLR2004 - no continents


class GeneralForm(StyledForm):
    """What a merchant is called and where it is at home; `seen` is the mark of the settings that the person saw."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, help_text=_("All times are shown in it."))
    locale = forms.ChoiceField(label=_("Language and region"), choices=regions)
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies)
    sender_name = forms.CharField(
        label=_("Sender name"), max_length=120, required=False, help_text=_("Who your e-mails come from.")
    )
    reply_to = forms.EmailField(label=_("Reply-to address"), required=False)
    mfa_required = forms.BooleanField(
        label=_("Ask every member for a second factor"),
        required=False,
        help_text=_("Members without one set it up before they see anything of this merchant."),
    )
    groups = ((_("E-mail"), ("sender_name", "reply_to")), (_("Security"), ("mfa_required",)))
    half = ("locale", "currency")

    def values(self) -> dict[str, Any]:
        """Return the settings; the language is the locale's."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return {**given, "language": given["locale"].split("_")[0]}

    @staticmethod
    def initial_for(merchant: Merchant) -> dict[str, Any]:
        """Return the form's values for a merchant."""
        return {name: getattr(merchant, name) for name in GeneralForm.base_fields if name != "seen"}


class BrandingForm(StyledForm):
    """A merchant's colour."""

    accent = forms.CharField(
        label=_("Accent colour"),
        required=False,
        max_length=7,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the colour like #0a7f5a."))],
        widget=forms.TextInput(attrs={"placeholder": "#0a7f5a", "spellcheck": "false"}),
        help_text=_("Used for buttons and links on your pages and on those of your customers. Empty: ours."),
    )

    def clean_accent(self) -> str:
        """Return the colour in small letters."""
        return str(self.cleaned_data["accent"]).lower()


class RetentionForm(StyledForm):
    """How long each kind of record is kept that a merchant may decide on; `version` is the one that the person saw."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, periods: Retention, records: Iterable[Record]) -> None:
        super().__init__(
            data, initial={"version": periods.version} | {name: getattr(periods, name) for name in PERIODS}
        )
        for record in records:
            if record.period:
                self.fields[record.period] = _choice(record, now=getattr(periods, record.period))

    def periods(self) -> dict[str, int]:
        """Return what was chosen, in days."""
        return {name: self.cleaned_data[name] for name in PERIODS}


def _choice(record: Record, *, now: int) -> forms.TypedChoiceField:
    usual = _("%(holds)s Usually %(period)s.") % {
        "holds": record.holds,
        "period": in_words(PERIODS[record.period].usual),
    }
    return forms.TypedChoiceField(
        label=record.label, choices=choices_of(record.period, now), coerce=int, help_text=usual
    )


class RoleForm(StyledForm):
    """A member's role."""

    role = forms.TypedChoiceField(label=_("Role"), choices=Role.choices, coerce=lambda value: Role(int(value)))


class InvitationForm(RoleForm):
    """Whom to invite, as what."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    field_order = ("email", "role")
    submit_label = _("Send invitation")


class KeyForm(StyledForm):
    """A new API key."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Which till or system uses it."))
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=KeyScope.choices, widget=forms.CheckboxSelectMultiple, initial=["read", "write"]
    )
    expires_on = forms.DateField(
        label=_("Last day"), required=False, widget=DateInput, help_text=_("Empty: until it is revoked.")
    )
    submit_label = _("Create key")

    def clean_expires_on(self) -> Any:
        """Refuse a day that is over."""
        day = self.cleaned_data["expires_on"]
        if day and not timezone.localdate() <= day <= timezone.localdate() + timedelta(days=3650):
            raise ValidationError(_("Choose a day between today and ten years from now."))
        return day

    def expires_at(self) -> datetime | None:
        """Return the first moment after the last day, in the merchant's zone."""
        day = self.cleaned_data["expires_on"]
        zone = timezone.get_current_timezone()
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone) if day else None


class JoinForm(StyledForm):
    """Name and password of somebody new."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters."),
    )
    submit_label = _("Join")

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        """Check the password by the rules, among them that it is not the person's own name or address."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("password"):
            try:
                validate_password(data["password"], User(email=self.email, name=data.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return data


class ViewForm(StyledForm):
    """The name of a saved view, and for whom it is; `old` for one that is there already."""

    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"data-focus": ""}))
    shared = forms.BooleanField(
        label=_("Share with the team"),
        required=False,
        help_text=_("Everybody sees it as a tab; you and admins can change it."),
    )
    first = forms.BooleanField(
        label=_("Open the list with it"), required=False, help_text=_("For you alone; the tab “All” stays.")
    )

    def __init__(self, *args: Any, role: int, old: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if role < Role.AGENT:
            del self.fields["shared"]
        if old:
            del self.fields["first"]
