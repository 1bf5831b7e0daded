"""Forms of code pools."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from codes.models import CodePool
from codes.parsing import MAX_BYTES
from codes.patterns import MAX_COUNT
from codes.states import LOOK_ALIKES, PoolKind
from ui.forms import StyledForm, StyledModelForm

EXCLUDED_HELP = _("Letters and digits that no generated code may hold: those that are easily mistaken for each other.")


def plain_signs(text: str) -> str:
    """Return the letters and digits of a text in capitals, each once, in order."""
    return "".join(sorted({char for char in text.upper() if char.isascii() and char.isalnum()}))


class PoolForm(StyledModelForm):
    """Name, source and marks of a pool."""

    half = ("pattern", "excluded", "low_mark", "low_days")

    class Meta:
        model = CodePool
        fields = ("name", "kind", "pattern", "excluded", "low_mark", "low_days")
        help_texts = {
            "pattern": _("# is a digit, ? a letter, * either; for example BREW-####-????"),
            "excluded": EXCLUDED_HELP,
        }
        widgets = {"kind": forms.RadioSelect}

    def clean_name(self) -> str:
        """Refuse a name that another pool of the merchant has."""
        name = str(self.cleaned_data["name"])
        if CodePool.objects.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another pool has this name."))
        return name

    def clean_excluded(self) -> str:
        """Keep each letter and digit once."""
        return plain_signs(self.cleaned_data["excluded"])

    def clean(self) -> dict[str, Any]:
        """Ask for a pattern where codes are generated."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == PoolKind.GENERATED and not cleaned.get("pattern"):
            self.add_error("pattern", _("Say how the codes look."))
        return cleaned


class UploadForm(StyledForm):
    """A file of codes."""

    submit_label = _("Upload codes")
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or text, one code a line, or a column named “code”. All of it is taken, or nothing."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        allow_empty_file=True,
    )

    def clean_file(self) -> bytes:
        """Return the file's content, unless it is too large to be read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            size = {"size": MAX_BYTES // 2**20}
            raise forms.ValidationError(_("The file is larger than %(size)s MB. Split it into smaller ones.") % size)
        return bytes(file.read())


class GenerateForm(StyledForm):
    """How many codes of which pattern."""

    submit_label = _("Generate codes")
    half = ("pattern", "excluded")
    pattern = forms.CharField(
        label=_("Pattern"),
        max_length=64,
        help_text=_("# is a digit, ? a letter, * either; everything else stands as it is."),
    )
    excluded = forms.CharField(label=_("Signs left out"), max_length=36, required=False, help_text=EXCLUDED_HELP)
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=MAX_COUNT, initial=100)

    def clean_excluded(self) -> str:
        """Keep each letter and digit once; a form that does not ask leaves out what is easily mistaken."""
        return plain_signs(self.cleaned_data["excluded"]) if "excluded" in self.data else LOOK_ALIKES
