"""Forms that look right and keep what was typed.

`StyledForm` changes nothing about validation; it groups the fields and lists the errors for the summary. The form is
drawn by `{% include "ui/parts/form.html" %}`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

# What Django writes where nothing is chosen.
DASHES = BLANK_CHOICE_DASH[0][1]


@dataclass(frozen=True)
class FieldGroup:
    """Fields under one heading (an empty title draws no heading)."""

    title: str
    fields: Sequence[forms.BoundField]


@dataclass(frozen=True)
class SummaryLine:
    """One line of the error summary; `anchor` is the field's id, or empty for the form as a whole."""

    anchor: str
    label: str
    text: str


class StyledForm(forms.Form):
    """A form for `ui/parts/form.html`.

    `groups = ((_("Address"), ("street", "city")), ...)` puts fields under headings; fields not named come first.
    `half = ("city", "postal_code")` names fields that stand two in a line.
    """

    groups: Sequence[tuple[Any, Sequence[str]]] = ()
    half: Sequence[str] = ()
    submit_label: Any = ""

    def field_groups(self) -> Iterator[FieldGroup]:
        """Yield the visible fields by group."""
        named = {name for _, names in self.groups for name in names}
        rest = [field for field in self.visible_fields() if field.name not in named]
        if rest:
            yield FieldGroup("", rest)
        for title, names in self.groups:
            yield FieldGroup(str(title), [self[name] for name in names])


class StyledModelForm(StyledForm, forms.ModelForm):
    """The same for model forms; where nothing is chosen yet, a list of choices says so in a word."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = _("Choose") if field.empty_label == DASHES else field.empty_label
            elif isinstance(field, forms.TypedChoiceField):
                given: Any = field.choices
                field.choices = [(value, _("Choose") if words == DASHES else words) for value, words in given]


def error_summary(form: forms.BaseForm) -> list[SummaryLine]:
    """Return every error of a bound form, in the order of the page, with the id of its field."""
    lines = [SummaryLine("", "", str(text)) for text in form.non_field_errors()]
    for field in form.hidden_fields():
        lines += [SummaryLine("", str(field.label), str(text)) for text in field.errors]
    for field in form.visible_fields():
        lines += [
            SummaryLine(field.id_for_label or field.auto_id, str(field.label), str(text)) for text in field.errors
        ]
    return lines


def kind_of(field: forms.BoundField) -> str:
    """Return how a field is laid out: checkbox, choices, file, date or text."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "date" if isinstance(widget, forms.DateInput | forms.DateTimeInput) else "text"


class DateInput(forms.DateInput):
    """The browser's own date field; its value is ISO whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own date and time field, in the active zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


def invalid(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer a form with errors: the same page or dialog again, status 422, which htmx is told to show."""
    return render(request, template, context, status=422)
