"""Forms of the deliveries pages and of the mails' texts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from messaging.texts import Text
from messaging.wording import WORDS, Problem, problems_of
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


class HandleForm(StyledForm):
    """What came of a problem."""

    note = forms.CharField(
        label=_("Note"), max_length=200, help_text=_("What came of it, for colleagues; the customer never sees it.")
    )


class SuppressForm(StyledForm):
    """An address that we write to no more, and why."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class TextForm(StyledForm):
    """A mail's words; `version` is the one that the person saw."""

    subject = forms.CharField(label=_("Subject"), max_length=200, strip=True)
    heading = forms.CharField(label=_("Heading"), max_length=200, required=False)
    body = forms.CharField(
        label=_("Text"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("An empty line begins a new paragraph. Web addresses become links."),
    )
    button = forms.CharField(label=_("Label of the button"), max_length=60, required=False)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        """Refuse fields that nothing fills in, by their names, and a text that leaves out what it is there to say."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for problem in problems_of(kind=self.kind, words=self.words()):
            if problem.part not in self.errors:
                self.add_error(problem.part, sentence(problem))
        return cleaned

    def words(self) -> dict[str, str]:
        """Return the parts of the text as they were typed."""
        return {part: str(self.cleaned_data.get(part) or "") for part in WORDS}

    def text(self) -> Text:
        """Return what was typed as a text."""
        return Text.of(self.words())


def sentence(problem: Problem) -> str:
    """Say what is wrong with a part of a text."""
    names = ", ".join("{" + name + "}" for name in problem.names)
    if problem.code == "unknown":
        words = ngettext(
            "%(names)s is not a field of this e-mail.", "%(names)s are not fields of this e-mail.", len(problem.names)
        )
        return words % {"names": names}
    if problem.code == "missing":
        return _("Say %(names)s somewhere: the customer has to read it.") % {"names": names}
    if problem.code == "control":
        return str(_("Write it on one line."))
    return str(_("This must not be empty."))
