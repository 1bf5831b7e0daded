"""The form in which a customer answers on the tracker: words, another order number, another address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims_center.models import Claim, OrderNumberRule
from claims_center.public.countries import country_choices
from claims_center.public.forms import TRAP
from claims_center.services.base import LONGEST_REASON
from tenancy.throttle import Limit
from ui.forms import StyledForm

ANSWERS = Limit("tracker-answer", 6, 3600)
REPORTS = Limit("tracker-missing", 3, 3600)
# Of one address on the net, whatever the claim.
POSTS = Limit("tracker-post", 30, 3600)
ADDRESS = ("street", "house_number", "building_number", "postal_code", "city", "province", "country")
NEEDED = ("street", "city", "country")


class AnswerForm(StyledForm):
    """Whatever the customer can put right; nothing of what we know is shown in it."""

    half = ("house_number", "building_number", "postal_code", "city")
    text = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    order_number = forms.CharField(
        label=_("Order number, if it was wrong"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    street = forms.CharField(label=_("Street"), max_length=200, required=False)
    house_number = forms.CharField(label=_("House number"), max_length=20, required=False)
    building_number = forms.CharField(label=_("Flat or building"), max_length=20, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    province = forms.CharField(label=_("State or province"), max_length=120, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=country_choices, required=False)
    question = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    website = forms.CharField(required=False, label=_("Leave this field empty"))

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if claim.funnel.order_number == OrderNumberRule.NONE:
            del self.fields["order_number"]
        if claim.is_physical:
            self.groups = ((_("Mailing address, if it was wrong"), ADDRESS),)
        else:
            for name in ADDRESS:
                del self.fields[name]
        self.fields[TRAP].widget = forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})

    def clean(self) -> dict[str, Any]:
        """Ask for an answer, and for the whole of an address that was begun."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        begun = any(cleaned.get(name) for name in ADDRESS)
        for name in NEEDED if begun else ():
            if name in self.fields and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Write the whole address."))
        if not self.errors and not begun and not any(cleaned.get(name) for name in ("text", "order_number")):
            self.add_error("text", _("Write an answer first."))
        return cleaned

    @property
    def is_trapped(self) -> bool:
        """Say whether a machine has filled in what people do not see."""
        return bool(self.data.get(TRAP))

    def given(self) -> dict[str, Any]:
        """Return what the service takes."""
        address = {name: self.cleaned_data[name] for name in ADDRESS if self.cleaned_data.get(name)}
        return {
            "question": self.cleaned_data["question"],
            "text": self.cleaned_data["text"],
            "order_number": self.cleaned_data.get("order_number", ""),
            "address": {name: self.cleaned_data[name] for name in ADDRESS} if address else None,
        }
