"""What people are called, for lists that sort by it and search in it."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, TextField, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf

from tenancy.selectors import name_of_actor


def called(person: str) -> Lower:
    """Return what a colleague is called, in lower case; `person` is the path to a user, "" where there is none."""
    name, email = f"{person}__name", f"{person}__email"
    return Lower(Coalesce(NullIf(name, Value("")), email, Value("")), output_field=TextField())


def doer(column: str = "actor", *, words: Mapping[str, Any] | None = None) -> Case:
    """Return what an actor is called, in lower case: a colleague by name, others by the words for their kind, else "".

    `column` holds the actor as `str(Actor)` writes it; `words` gives kind -> words.
    """
    told = {kind: Lower(Value(word, output_field=TextField())) for kind, word in (words or {}).items()}
    name = Coalesce(NullIf(name_of_actor(column), Value("")), told.pop("user", Value("")), output_field=TextField())
    # Only of a colleague is a name looked up.
    whens = [When(**{f"{column}__startswith": kind}, then=then) for kind, then in {"user:": name, **told}.items()]
    return Case(*whens, default=Value(""), output_field=TextField())
