"""Search by words under row level security.

LIKE, lower() and trigram operators are not leakproof, so PostgreSQL cannot use their indexes below a policy. Words are
split in Python instead, kept one a row in byte order, and found by equality or by a range that is their prefix.
"""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connections, models
from django.db.models import BooleanField, Case, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast

from tenancy.base import MerchantModel
from tenancy.scope import current_merchant_id
from ui.counting import count_each, counted_from

WORD = re.compile(r"[^\W_]+")
# Beyond every character that text holds, so that `word <= token < word + LAST` is "begins with".
LAST = "\U0010ffff"
MOST_WORDS = 6
# Up to so many rows are named by their ids.
FEW = 2000
# Of words with more hits than that so many are counted at most, and so many are looked through for the other words.
MANY = 32_000
SAMPLE = 250
# So many hits of the rarest word are tried before its rows are counted in their own table.
NEAR = 2_500


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

    An address with @ is one word. A text without any letter or digit finds nothing. Asks the database beforehand, up to
    four times and each time with a bound: rows that few have in common are named by their ids, so that the list reads
    these alone; of words that many have, the list tries its rows in its own order, and soon finds enough. These are
    counted from the hits of one word (see `ui.counting`), where they stand close together.
    """
    folded = fold(text).strip()
    words = [folded] if "@" in folded else WORD.findall(folded)
    if not words:
        return rows.none()
    hits = [_hits(model, word[:80]) for word in dict.fromkeys(words[:MOST_WORDS])]
    hits, are_many = _rarest_first(hits)
    if not are_many:
        # Each word that a row begins anew is a hit of its own: some more are read than are needed.
        together = _having(hits).values_list(Cast("row_id", models.TextField()), flat=True)[: 2 * FEW + 1]
        found = list(together)
        if len(found) <= 2 * FEW and len(set(found)) <= FEW:
            return rows.filter(IsAmong(F("id"), _ids(found)))
    rarest, *others = hits
    rows = rows.filter(id__in=rarest.values("row_id"))
    if others:
        rows = rows.alias(words=_looked_up(others, "id")).filter(words__isnull=False)
    return counted_from(rows, _hits_once(*hits))


def _ids(found: list[str]) -> Cast:
    """Return the ids, each once, as one text: a thousand parameters would cost milliseconds."""
    return Cast(Value(f"{{{','.join(dict.fromkeys(found))}}}"), ArrayField(models.UUIDField()))


def _hits(model: Any, word: str) -> QuerySet[Any]:
    hits: QuerySet[Any] = model.objects.filter(merchant_id=current_merchant_id())
    return hits.filter(token__gte=word, token__lt=word + LAST).order_by()


def _rarest_first(hits: list[QuerySet[Any]]) -> tuple[list[QuerySet[Any]], bool]:
    """Put the words with fewer hits before the others, and tell whether it is plain that many rows have them all.

    Each is counted up to a bound, in one statement. Of frequent words the rarest is that of whose hits most have the
    others too; how many these are is reckoned from a sample, at two statements more.
    """
    if len(hits) == 1:
        return hits, False
    counts = [one.number if not one.capped else FEW + 1 for one in count_each([(one, FEW) for one in hits])]
    if min(counts) <= FEW:
        return [hits[place] for place in sorted(range(len(hits)), key=counts.__getitem__)], False
    shares = _shares(hits)
    ordered = [hits[place] for place in sorted(range(len(hits)), key=shares.__getitem__, reverse=True)]
    # So many hits of the rarest are needed; where the bound is fewer, counting could tell nothing.
    needed = FEW / max(shares) if max(shares) else MANY
    if needed >= MANY:
        return ordered, False
    (most,) = count_each([(ordered[0], int(needed))])
    return ordered, most.capped


def _shares(hits: list[QuerySet[Any]]) -> list[float]:
    """Return for each word which share of its hits have the other words too, by its last ones; in one statement.

    The last hits of a word are its newest rows, and there lists begin.
    """
    parts: list[str] = []
    params: list[Any] = []
    for place, one in enumerate(hits):
        others = _looked_up([*hits[:place], *hits[place + 1 :]], "row_id")
        last = one.order_by("-token", "-row_id").annotate(words=others).values("words")[:SAMPLE]
        sql, sql_params = last.query.sql_with_params()
        part = f"(SELECT count(words)::float / greatest(count(*), 1) FROM ({sql}) AS sample)"  # noqa: S608 - compiled by Django
        parts.append(part)
        params += sql_params
    with connections[hits[0].db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return list(cursor.fetchone())


def _looked_up(others: Sequence[QuerySet[Any]], column: str) -> Subquery:
    """Return something that is NULL unless the row of this id has all of these words, the first looked up first.

    A subquery that the planner leaves where it stands: looked up for a row at a time, in the index alone, until there
    are enough.
    """
    first, *more = others
    known = first.filter(row_id=OuterRef(column))
    if more:
        known = known.alias(more=_looked_up(more, "row_id")).filter(more__isnull=False)
    return Subquery(known.values("row_id")[:1])


def _hits_once(hits: QuerySet[Any], *others: QuerySet[Any]) -> QuerySet[Any]:
    """Return some hits of one word, with the id of the row in the first of its hits, where it has the others too.

    In the order of their index: what belongs to rows of one time stands together there, and is looked up quickly.
    """
    first = hits.filter(row_id=OuterRef("row_id")).order_by("token").values("token")[:1]
    wanted = Q(token=Subquery(first))
    if others:
        hits = hits.alias(words=_looked_up(others, "row_id"))
        wanted = Q(words__isnull=False) & wanted
    some = hits.order_by("token", "row_id").annotate(once=Case(When(wanted, then=F("row_id"))))
    return some[: NEAR if others else SAMPLE]


def _having(hits: list[QuerySet[Any]]) -> QuerySet[Any]:
    """Narrow the hits of one word to rows that have the others too, each looked up by row."""
    found, *others = hits
    for other in others:
        found = found.filter(Exists(other.filter(row_id=OuterRef("row_id"))))
    return found
