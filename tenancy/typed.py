"""What somebody typed into a form that could not be taken, given back so that it is not lost."""

import re

from django.http import QueryDict

# What a page puts into its forms by itself, and what must not be shown to whoever looks at the screen.
OWN = {"csrfmiddlewaretoken", "id", "key", "next", "op_id", "op_key", "query", "row", "session", "state", "sure", "was"}
PICKED = {"action", "all", "answer", "columns", "cost", "counted_for", "dataset", "on", "order", "wanted"}
HIDDEN = OWN | PICKED
SECRET = re.compile(r"password|secret|token|private|key", re.IGNORECASE)
# Ticked boxes, numbers of things and ids are chosen, not typed.
CHOSEN = re.compile(r"on|true|false|[0-9a-f]{8}-[0-9a-f-]{27}", re.IGNORECASE)


def words_of(posted: QueryDict) -> list[tuple[str, str]]:
    """Return the fields' names in words and what was typed into them; secrets and what is only chosen left out."""
    shown = [
        (name, str(posted[name] or "").strip()) for name in posted if name not in HIDDEN and not SECRET.search(name)
    ]
    return [(label_of(name), words) for name, words in shown if words and not CHOSEN.fullmatch(words)]


def label_of(name: str) -> str:
    """Return a field's name as words: `first_name` as `First name`."""
    return name.replace("_", " ").replace("-", " ").strip().capitalize()
