"""What staff are asked when they do something to a response."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.normalise import email_norm
from ui.forms import DateTimeInput, StyledForm


def _reason(*, required: bool) -> Any:
    return forms.CharField(label=_("Reason"), max_length=500, required=required, widget=forms.Textarea({"rows": 3}))


class NoteForm(StyledForm):
    """Why, if there is something to say."""

    reason = _reason(required=False)


class ReasonForm(StyledForm):
    """Why."""

    reason = _reason(required=True)


class CompleteForm(NoteForm):
    """In which purchase it was used, where that is known."""

    reference = forms.CharField(label=_("Purchase"), max_length=120, required=False)
    field_order = ("reference", "reason")


class ShipForm(NoteForm):
    """With whom it travels."""

    carrier = forms.CharField(label=_("Carrier"), max_length=60, required=False)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=80, required=False)
    field_order = ("carrier", "tracking_number", "reason")


class ReopenForm(ReasonForm):
    """Why, and until when where the validity has passed (`needs_end`)."""

    expires_at = forms.DateTimeField(label=_("Valid until"), widget=DateTimeInput)
    field_order = ("expires_at", "reason")

    def __init__(self, *args: Any, needs_end: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_end:
            del self.fields["expires_at"]


class GiveForm(StyledForm):
    """Whom an offer is given to."""

    member = forms.CharField(label=_("E-mail address or card number"), max_length=254)
    is_clipped = forms.BooleanField(label=_("Clipped at once"), required=False)
    reason = _reason(required=False)

    def clean_member(self) -> Customer:
        """Return the member, found by address or card number."""
        given = self.cleaned_data["member"].strip()
        found: Customer | None = Customer.objects.filter(email_norm=email_norm(given), erased_at=None).first()
        if found is None:
            found = Customer.objects.filter(card_number=given, erased_at=None).first()
        if found is None:
            raise forms.ValidationError(_("No customer has this e-mail address or card number."))
        return found
