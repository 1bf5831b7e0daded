"""Search by words under row level security.

LIKE, lower() and trigram operators are not leakproof, so PostgreSQL cannot use their indexes below a policy. Words are
split in Python instead, kept one a row in byte order, and found by equality or by a range that is their prefix.
"""

import re
import unicodedata
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import QuerySet

from tenancy.base import MerchantModel
from tenancy.scope import current_merchant_id

WORD = re.compile(r"[^\W_]+")
# Beyond every character that text holds, so that `word <= token < word + LAST` is "begins with".
LAST = "\U0010ffff"
MOST_WORDS = 6


class SearchToken(MerchantModel):
    """One word under which a row can be found; the concrete class adds `row`, a MerchantForeignKey with CASCADE."""

    token = models.CharField(max_length=80, db_collation="C")

    class Meta(MerchantModel.Meta):
        abstract = True


def fold(text: str) -> str:
    """Return the text without accents, case and NUL bytes, as words are compared."""
    plain = unicodedata.normalize("NFKD", text.replace("\x00", ""))
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def words_of(*values: str) -> set[str]:
    """Return the words of the values; addresses and numbers are kept whole as well, without their punctuation."""
    found: set[str] = set()
    for value in values:
        folded = fold(value or "").strip()
        if not folded:
            continue
        parts = WORD.findall(folded)
        found.update(parts)
        if "@" in folded:
            found.add(folded)
        elif len(parts) > 1:
            found.add("".join(parts))
    return {word[:80] for word in found}


def write_tokens(model: Any, row_id: uuid.UUID, words: Iterable[str]) -> None:
    """Make `words` the words under which the row is found."""
    wanted = set(words)
    known = set(model.objects.filter(row_id=row_id).values_list("token", flat=True))
    if known - wanted:
        model.objects.filter(row_id=row_id, token__in=known - wanted).delete()
    model.objects.bulk_create([model.made_with(row_id=row_id, token=word) for word in sorted(wanted - known)])


def search_by_token(rows: QuerySet[Any], model: Any, text: str) -> QuerySet[Any]:
    """Return those rows that have, for every word of the text, a word that begins with it.

    An address with @ is one word. A text without any letter or digit finds nothing.
    """
    folded = fold(text).strip()
    words = [folded] if "@" in folded else WORD.findall(folded)
    if not words:
        return rows.none()
    merchant_id = current_merchant_id()
    for word in words[:MOST_WORDS]:
        hits = model.objects.filter(merchant_id=merchant_id, token__gte=word[:80], token__lt=word[:80] + LAST)
        rows = rows.filter(id__in=hits.values("row_id"))
    return rows
