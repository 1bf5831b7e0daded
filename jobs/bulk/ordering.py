"""What the list of a room's bulk acts is sorted by, and the results of one."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, ExpressionWrapper, F, IntegerField, Q, TextField, Value, When
from django.utils.translation import gettext as _

from jobs.bulk.kit import Kit
from jobs.bulk.outcomes import ALREADY, DONE
from tenancy.lists.names import doer
from ui.sorting import Made, begin_of

SKIPPED = ExpressionWrapper(F("position") - F("done"), output_field=IntegerField())


def act_sorts(acts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the list of a room's acts (by name) is sorted by."""
    return {
        "act": Made(lambda: act_words({name: act.label for name, act in acts.items()})),
        "started": "created_at",
        "by": doer(),
        "state": "state",
        "total": "total",
        "done": "done",
        "skipped": SKIPPED,
    }


def row_sorts(kit: Kit, *, document: Any) -> dict[str, Any]:
    """Return what the results of an act are sorted by; `document` is what a row's document is called."""
    already = {name: act.already for name, act in kit.acts.items()}
    return {
        "position": "position",
        "document": begin_of(document),
        "outcome": Made(lambda: outcome_words(kit.words, already)),
    }


def act_words(labels: dict[str, Any]) -> Case:
    """Return what was done in words, lower case: the act's own, or that it takes one back."""
    whens = []
    for name, label in labels.items():
        undo = _("Undo: %(act)s") % {"act": label}
        whens += [
            When(act=name, undoes__isnull=True, then=Value(str(label).lower())),
            When(act=name, then=Value(undo.lower())),
        ]
    return Case(*whens, default=F("act"), output_field=TextField())


def outcome_words(words: Any, already: dict[str, Any]) -> Case:
    """Return what became of a document, lower case: first what was done, then the others by the reason.

    `already` says by act why it need not be done.
    """
    whens = [When(outcome=DONE, then=Value("")), When(~Q(reason=""), then=begin_of("reason"))]
    whens += [When(outcome=ALREADY, bulk__act=act, then=Value(str(reason).lower())) for act, reason in already.items()]
    whens += [When(outcome=letter, then=Value(str(reason).lower())) for letter, reason in words.items()]
    return Case(*whens, default=F("outcome"), output_field=TextField())
