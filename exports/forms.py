"""Forms of the imports screen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exports.errors import UploadRefused
from exports.importers import datasets
from exports.services import check_size
from tenancy.imports.naming import Field, Head
from ui.forms import StyledForm


class UploadForm(StyledForm):
    """What is imported, and the file."""

    submit_label = _("Upload and check")
    dataset = forms.ChoiceField(label=_("What the file holds"), choices=lambda: list(datasets().items()))
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Where columns are called otherwise, you say what they mean in the next step. "
            "Nothing is changed before you have seen what would happen."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".txt,.csv,.tsv,.gz,.xlsx,text/plain,text/csv"}),
    )

    def clean_file(self) -> Any:
        """Refuse a file that is empty or too big."""
        file = self.cleaned_data["file"]
        try:
            check_size(size=file.size)
        except UploadRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return file


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column of a file on the page: its header, its first values, and the choice of what it means."""

    title: str
    samples: list[str]
    choice: forms.BoundField


class ColumnsForm(StyledForm):
    """What each column of a file means, and what is the same in all lines.

    `wrong(meanings, fixed)` returns in words what does not fit together.
    """

    submit_label = _("Continue")

    def __init__(
        self,
        *args: Any,
        head: Head,
        fields: Sequence[Field],
        wrong: Callable[[list[str], dict[str, str]], list[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.head, self.wrong, self.meant = head, wrong, fields
        choices = [("", _("Leave out")), *((one.name, one.label) for one in fields)]
        for place, title in enumerate(head.titles):
            label = title or _("Column %(number)s") % {"number": place + 1}
            self.fields[f"column_{place}"] = forms.ChoiceField(label=label, choices=choices, required=False)
        for one in fields:
            if one.choices is not None:
                same = [("", _("As the file says")), *one.choices()]
                self.fields[f"fixed_{one.name}"] = forms.ChoiceField(label=one.label, choices=same, required=False)

    @staticmethod
    def initial_of(meanings: Sequence[str], fixed: Mapping[str, str]) -> dict[str, str]:
        """Return what is chosen to begin with."""
        found = {f"column_{place}": meaning for place, meaning in enumerate(meanings)}
        return found | {f"fixed_{name}": value for name, value in fixed.items()}

    @property
    def meanings(self) -> list[str]:
        """Return what each column means, "" for one left out."""
        return [self.cleaned_data.get(f"column_{place}", "") for place in range(len(self.head.titles))]

    @property
    def fixed(self) -> dict[str, str]:
        """Return what is the same in all lines."""
        given = {one.name: self.cleaned_data.get(f"fixed_{one.name}", "") for one in self.meant}
        return {name: value for name, value in given.items() if value}

    def lines(self) -> list[ColumnLine]:
        """Return the columns in the order of the file."""
        names = [f"column_{place}" for place in range(len(self.head.titles))]
        return [
            ColumnLine(str(self.fields[name].label), self.head.samples(place), self[name])
            for place, name in enumerate(names)
        ]

    def same(self) -> list[forms.BoundField]:
        """Return the choices of what is the same in all lines."""
        return [self[name] for name in self.fields if name.startswith("fixed_")]

    def clean(self) -> dict[str, Any]:
        """Refuse two columns that mean the same, and a file without what it needs."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            for words in self.wrong(self.meanings, self.fixed):
                self.add_error(None, words)
        return cleaned
