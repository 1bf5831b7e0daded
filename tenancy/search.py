"""Search by words under row level security.

LIKE, lower() and trigram operators are not leakproof, so PostgreSQL cannot use their indexes below a policy. Words are
split in Python instead, kept one a row in byte order, and found by equality or by a range that is their prefix.
"""

import re
import unicodedata
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet, Subquery, Value

from tenancy.base import MerchantModel
from tenancy.scope import current_merchant_id
from ui.counting import count_each

WORD = re.compile(r"[^\W_]+")
# Beyond every character that text holds, so that `word <= token < word + LAST` is "begins with".
LAST = "\U0010ffff"
MOST_WORDS = 6
# Up to so many rows are named by their ids.
FEW = 2000


class SearchToken(MerchantModel):
    """One word under which a row can be found; the concrete class adds `row`, a MerchantForeignKey with CASCADE."""

    token = models.CharField(max_length=80, db_collation="C")

    class Meta(MerchantModel.Meta):
        abstract = True


class IsAmong(Func):
    """`x = ANY (array)`: one parameter, however many values there are."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


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

    An address with @ is one word. A text without any letter or digit finds nothing. Asks the database beforehand, at
    most twice and with a bound: rows that few have in common are named by their ids, so that the list reads these
    alone; of words that many have, the list tries its rows in its own order, and soon finds enough.
    """
    folded = fold(text).strip()
    words = [folded] if "@" in folded else WORD.findall(folded)
    if not words:
        return rows.none()
    hits = [_hits(model, word[:80]) for word in dict.fromkeys(words[:MOST_WORDS])]
    rarest, *others = _rarest_first(hits)
    # Each word that a row begins anew is a hit of its own: some more are read than are needed.
    together = _having(rarest, others).values_list("row_id", flat=True)[: 2 * FEW + 1]
    found = list(together)
    if len(found) <= 2 * FEW and len(set(found)) <= FEW:
        return rows.filter(IsAmong(F("id"), Value(list(dict.fromkeys(found)), ArrayField(models.UUIDField()))))
    rows = rows.filter(id__in=rarest.values("row_id"))
    for place, other in enumerate(others):
        # A subquery that the planner leaves where it stands: looked up for a row at a time, until there are enough.
        known = Subquery(other.filter(row_id=OuterRef("id")).values("pk")[:1])
        rows = rows.alias(**{f"word_{place}": known}).filter(**{f"word_{place}__isnull": False})
    return rows


def _hits(model: Any, word: str) -> QuerySet[Any]:
    hits: QuerySet[Any] = model.objects.filter(merchant_id=current_merchant_id())
    return hits.filter(token__gte=word, token__lt=word + LAST).order_by()


def _rarest_first(hits: list[QuerySet[Any]]) -> list[QuerySet[Any]]:
    """Put the words with fewer hits before the others; counted up to a bound, in one statement."""
    if len(hits) == 1:
        return hits
    counts = count_each([(one, FEW) for one in hits])
    order = sorted(range(len(hits)), key=lambda place: counts[place].number)
    return [hits[place] for place in order]


def _having(hits: QuerySet[Any], others: list[QuerySet[Any]]) -> QuerySet[Any]:
    """Narrow the hits of one word to rows that have the others too, each looked up by row."""
    for other in others:
        hits = hits.filter(Exists(other.filter(row_id=OuterRef("row_id"))))
    return hits
