"""A column that says one word of a few, for the checks of tables that are written all day."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Func

WORD = re.compile(r"[a-z][a-z0-9_.]*")


class IsOneOf(Func):
    """Whether a column is one of these words: what `__in` says, as one constant instead of one for each word.

    The server reads a table's checks from their stored text anew for each statement that writes a row, and a list of
    constants is the longest thing in it. Raises ValueError for a word that would need quoting.
    """

    template = "(%(expressions)s = ANY ('{%(words)s}'::text[]))"
    output_field = BooleanField()

    def __init__(self, column: Any, words: Iterable[str], **extra: Any) -> None:
        known = [str(word) for word in words]
        for word in known:
            if not WORD.fullmatch(word):
                raise ValueError(f"{word!r} is no word of this kind.")
        super().__init__(column, words=",".join(known), **extra)
