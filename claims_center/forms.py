"""Forms of the claim page's actions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims_center.filters import colleagues
from claims_center.models import Promotion
from claims_center.public.countries import country_choices
from tenancy.models import User
from tenancy.roles import Role
from ui.forms import StyledForm

REASON: dict[str, Any] = {"max_length": 500, "widget": forms.Textarea(attrs={"rows": 3, "data-focus": True})}


class ReasonForm(StyledForm):
    """Why something is done; only the merchant's staff reads it."""

    reason = forms.CharField(label=_("Reason"), **REASON)


class OverrideForm(StyledForm):
    """Why something is done although the order check does not say Match; empty where that is not asked."""

    reason = forms.CharField(
        label=_("Why is it right nevertheless?"), help_text=_("Kept in the claim's history."), **REASON
    )

    def __init__(self, *args: Any, needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needed:
            self.fields["reason"].required = False
            self.fields["reason"].widget = forms.HiddenInput()


class NotifyForm(StyledForm):
    """Whether the customer is told by e-mail; not asked where the merchant has such mails switched off."""

    notify = forms.BooleanField(label=_("Tell the customer by e-mail too"), required=False, initial=True)

    def __init__(self, *args: Any, may_notify: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_notify:
            del self.fields["notify"]


class ToldReasonForm(NotifyForm):
    """A reason that the customer reads on the tracker, and by e-mail if wanted: a ready one, own words, or both."""

    field_order = ("ready", "reason", "notify", "return_code")
    ready = forms.ChoiceField(label=_("Ready sentence"), required=False)
    reason = forms.CharField(
        label=_("What the customer is told"),
        help_text=_("Shown on the customer's private tracker page. Follows the ready sentence, if you choose one."),
        **REASON | {"required": False},
    )

    def __init__(self, *args: Any, ready: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["ready"]
        choices.choices = [("", _("Own words")), *((str(words), str(words)) for words in ready)]
        if not ready:
            del self.fields["ready"]

    def clean(self) -> dict[str, Any]:
        """Put the ready sentence and the own words together."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        parts = (cleaned.pop("ready", ""), cleaned.get("reason", ""))
        cleaned["reason"] = "\n".join(filter(None, parts))
        if not cleaned["reason"] and not self.errors:
            self.add_error("reason", _("Choose a sentence, or write one: the customer reads why."))
        elif len(cleaned["reason"]) > REASON["max_length"]:
            self.add_error("reason", _("Together with the ready sentence this is too long."))
        return cleaned


class ReopenForm(NotifyForm):
    """Why a claim is taken up again, for colleagues; the customer only hears that it is."""

    field_order = ("reason", "notify")
    reason = forms.CharField(label=_("Reason"), help_text=_("Kept in the claim's history."), **REASON)


class RejectForm(ToldReasonForm):
    """Rejecting; where the gift was sent, what becomes of its code."""

    return_code = forms.BooleanField(
        label=_("Put the code back into its pool"),
        help_text=_("Only where the customer cannot have seen it; otherwise it is withdrawn for good."),
        required=False,
    )

    def __init__(self, *args: Any, has_code: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_code:
            del self.fields["return_code"]


class EmailForm(StyledForm):
    """The right address, and why."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    reason = forms.CharField(label=_("Reason"), **REASON)


class AddressForm(StyledForm):
    """Where a physical gift goes: a name and the parts of a customer's address."""

    half = ("house_number", "building_number", "postal_code", "city", "province", "country")
    name = forms.CharField(label=_("Recipient"), max_length=200)
    street = forms.CharField(label=_("Street"), max_length=200)
    house_number = forms.CharField(label=_("House number"), max_length=20, required=False)
    building_number = forms.CharField(label=_("Building number"), max_length=20, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=120)
    province = forms.CharField(label=_("Province"), max_length=120, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=country_choices, required=False)


class ShippingForm(StyledForm):
    """Carrier and tracking number, both optional."""

    half = ("carrier", "tracking_number")
    carrier = forms.CharField(label=_("Carrier"), max_length=60, required=False)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=80, required=False)


class OrderNumberForm(StyledForm):
    """The order number as it should be."""

    order_number = forms.CharField(label=_("Order number"), max_length=120, required=False)
    reason = forms.CharField(label=_("Reason"), **REASON)


class AssignForm(StyledForm):
    """Who takes care of it; nobody is a choice too."""

    assignee: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        User.objects.none(), label=_("Assigned to"), required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["assignee"]
        people.queryset = colleagues(least=Role.AGENT)


class GiftForm(StyledForm):
    """Another promotion for the claim."""

    promotion: "forms.ModelChoiceField[Promotion]" = forms.ModelChoiceField(None, label=_("Gift"))
    reason = forms.CharField(label=_("Reason"), **REASON)
    return_code = forms.BooleanField(label=_("Put the old code back into its pool"), required=False)

    def __init__(self, *args: Any, has_code: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gifts: Any = self.fields["promotion"]
        gifts.queryset = Promotion.objects.filter(archived_at__isnull=True).order_by("name")
        if not has_code:
            del self.fields["return_code"]


class NoteForm(StyledForm):
    """A note for colleagues."""

    text = forms.CharField(label=_("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}), strip=True)
