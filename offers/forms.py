"""What staff are asked when they do something to a response."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.normalise import email_norm
from offers.states import Status
from ui.forms import DateInput, DateTimeInput, StyledForm


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


class ShipManyForm(NoteForm):
    """With whom many parcels travel; their numbers differ."""

    carrier = forms.CharField(label=_("Carrier"), max_length=60, required=False)
    field_order = ("carrier", "reason")


class ReopenManyForm(ReasonForm):
    """Why, and until when those shall be valid whose validity has passed."""

    expires_at = forms.DateTimeField(
        label=_("New end for those whose validity has passed"),
        help_text=_("Without it they are skipped. The others keep their own end."),
        required=False,
        widget=DateTimeInput,
    )
    field_order = ("expires_at", "reason")

    def clean_expires_at(self) -> str:
        """Return the new end as it is kept with the act, "" for none."""
        given = self.cleaned_data["expires_at"]
        if given is not None and given <= timezone.now():
            raise forms.ValidationError(_("The new end has to lie ahead."))
        return given.isoformat() if given else ""


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


class HowForm(StyledForm):
    """How many members are given an offer at once."""

    submit_label = _("Look at the preview")
    starts = forms.ChoiceField(
        label=_("Their responses begin as"),
        choices=[(Status.PENDING.value, Status.PENDING.label), (Status.CLIPPED.value, Status.CLIPPED.label)],
        initial=Status.PENDING.value,
        widget=forms.RadioSelect,
    )
    again = forms.BooleanField(
        label=_("Also to members who have it already"),
        help_text=_("Otherwise whoever has a response that is still open is left out. Limits count in any case."),
        required=False,
    )
    reason = _reason(required=False)

    def wanted(self) -> dict[str, Any]:
        """Return how the offer shall be given."""
        values = self.cleaned_data
        return {
            "starts_clipped": values["starts"] == Status.CLIPPED,
            "again": values["again"],
            "reason": values["reason"],
        }


class AssignForm(HowForm):
    """Whom an offer is given to: members who match the filters of the list of customers, or those in a file."""

    MATCHING, LISTED = "matching", "listed"
    MOST_BYTES = 20 * 1024 * 1024
    half = ("since_from", "since_to")

    whom = forms.ChoiceField(
        label=_("Whom"),
        choices=[(MATCHING, _("Members who match")), (LISTED, _("Members in a file"))],
        initial=MATCHING,
        widget=forms.RadioSelect,
    )
    q = forms.CharField(
        label=_("Name, e-mail, phone or card"),
        help_text=_("Left empty, everybody matches."),
        max_length=200,
        required=False,
    )
    since_from = forms.DateField(label=_("Customer since, from"), required=False, widget=DateInput)
    since_to = forms.DateField(label=_("Customer since, until"), required=False, widget=DateInput)
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "A CSV with a column card_number or email, up to 100,000 rows. Lines that name nobody are told you."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.gz,text/csv,text/plain"}),
    )
    groups = (
        (_("Members who match"), ("q", "since_from", "since_to")),
        (_("Members in a file"), ("file",)),
        (_("How"), ("starts", "again", "reason")),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the file where the members stand in one."""
        values = super().clean() or self.cleaned_data
        file = values.get("file")
        if values.get("whom") == self.LISTED and file is None and "file" not in self.errors:
            self.add_error("file", _("Choose the file that names the members."))
        if file is not None and file.size > self.MOST_BYTES:
            self.add_error("file", _("The file is bigger than 20 MB."))
        return values

    def query(self) -> str:
        """Return the filters as the list of customers writes them into its address."""
        given = {name: self.cleaned_data[name] for name in ("q", "since_from", "since_to")}
        return urlencode({name: str(value) for name, value in given.items() if value})


class AssignChosenForm(HowForm):
    """Which offer the chosen members are given."""

    offer: Any = forms.ModelChoiceField(label=_("Offer"), queryset=None)
    field_order = ("offer", "starts", "again", "reason")

    def __init__(self, *args: Any, offers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["offer"]
        field.queryset = offers
