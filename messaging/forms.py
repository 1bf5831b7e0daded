"""Forms of the deliveries pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.forms import StyledForm


class ResendForm(StyledForm):
    """Why a message is sent again."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class CorrectForm(StyledForm):
    """Where it goes instead, and why."""

    to_address = forms.EmailField(label=_("E-mail"), max_length=254)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class LiftForm(StyledForm):
    """Why we write to an address again."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
