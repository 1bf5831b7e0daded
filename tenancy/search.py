"""Search by words under row level security.

LIKE, lower() and trigram operators are not leakproof, so PostgreSQL cannot use their indexes below a policy. Words are
split in Python instead, kept one a row in byte order, and found by equality or by a range that is their prefix.
"""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connections, models
from django.db.models import BooleanField, F, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast

from tenancy.base import MerchantModel
from tenancy.scope import current_merchant_id
from ui.counting import Statement, counted_from

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
# Of so many rows that have a whole word those are counted first that have the others too.
WHOLE = 20_000


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
    tokens = Tokens(f'"{model._meta.db_table}"', current_merchant_id(), model.objects.db)
    words, are_many = tokens.rarest_first([word[:80] for word in dict.fromkeys(words[:MOST_WORDS])])
    if not are_many:
        # Each word that a row begins anew is a hit of its own: some more are read than are needed.
        found = tokens.rows_with(words, most=2 * FEW + 1)
        if len(found) <= 2 * FEW and len(set(found)) <= FEW:
            return rows.filter(IsAmong(F("id"), _ids(found)))
    rarest, *others = [_hits(model, word) for word in words]
    rows = rows.filter(id__in=rarest.values("row_id"))
    if not others:
        return counted_from(rows, tokens.hits_once(words))
    rows = rows.alias(words=_looked_up(others)).filter(words__isnull=False)
    return counted_from(rows, tokens.whole_words(words), tokens.hits_once(words))


def _ids(found: list[str]) -> Cast:
    """Return the ids, each once, as one text: a thousand parameters would cost milliseconds."""
    return Cast(Value(f"{{{','.join(dict.fromkeys(found))}}}"), ArrayField(models.UUIDField()))


def _hits(model: Any, word: str) -> QuerySet[Any]:
    hits: QuerySet[Any] = model.objects.filter(merchant_id=current_merchant_id())
    return hits.filter(token__gte=word, token__lt=word + LAST).order_by()


def _looked_up(others: Sequence[QuerySet[Any]], column: str = "id") -> Subquery:
    """Return something that is NULL unless the row of this id has all of these words, the first looked up first.

    A subquery that the planner leaves where it stands: looked up for a row at a time, in the index alone, until there
    are enough.
    """
    first, *more = others
    known = first.filter(row_id=OuterRef(column))
    if more:
        known = known.alias(more=_looked_up(more, "row_id")).filter(more__isnull=False)
    return Subquery(known.values("row_id")[:1])


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a table's rows of one merchant, asked by statements that are written out.

    Put together from query sets, the questions of one search would cost the page more than their answers.
    """

    table: str
    merchant_id: uuid.UUID
    using: str

    def rarest_first(self, words: list[str]) -> tuple[list[str], bool]:
        """Put the words with fewer hits before the others, and tell whether it is plain that many rows have them all.

        Each is counted up to a bound, in one statement. Of frequent words the rarest is that of whose hits most have the
        others too; how many these are is reckoned from a sample, at two statements more.
        """
        if len(words) == 1:
            return words, False
        counts = self._answers([self._count(word, FEW + 1) for word in words])
        if min(counts) <= FEW:
            return [words[place] for place in sorted(range(len(words)), key=counts.__getitem__)], False
        shares = self._answers([self._share(place, words) for place in range(len(words))])
        ordered = [words[place] for place in sorted(range(len(words)), key=shares.__getitem__, reverse=True)]
        # So many hits of the rarest are needed; where the bound is fewer, counting could tell nothing.
        needed = FEW / max(shares) if max(shares) else MANY
        if needed >= MANY:
            return ordered, False
        (found,) = self._answers([self._count(ordered[0], int(needed) + 1)])
        return ordered, found > int(needed)

    def rows_with(self, words: Sequence[str], *, most: int) -> list[str]:
        """Return the ids of rows that have all words, once for each hit of the first, and so many hits at most."""
        first, *others = words
        sql, params = self._hits(first)
        for place, other in enumerate(others):
            more, more_params = self._hits(other, f"other{place}")
            sql += f' AND EXISTS (SELECT {more} AND other{place}."row_id" = hit."row_id")'
            params += more_params
        with connections[self.using].cursor() as cursor:
            cursor.execute(f'SELECT hit."row_id"::text {sql} LIMIT {most}', params)
            return [key for (key,) in cursor.fetchall()]

    def hits_once(self, words: Sequence[str]) -> Statement:
        """Ask for some hits of the first word, with the id of the row in the first of its hits, where it has the others.

        In the order of their index: what belongs to rows of one time stands together there, and is looked up quickly.
        """
        word, *others = words
        sql, params = self._hits(word)
        first, first_params = self._hits(word, "first")
        once = f'hit."token" = (SELECT first."token" {first} AND first."row_id" = hit."row_id" ORDER BY 1 LIMIT 1)'
        if others:
            known, known_params = self._looked_up(others, "hit")
            once, first_params = f"{known} IS NOT NULL AND {once}", [*known_params, *first_params]
        some = f'ORDER BY hit."token", hit."row_id" LIMIT {NEAR if others else SAMPLE}'
        return f'SELECT CASE WHEN {once} THEN hit."row_id" END AS once {sql} {some}', [*first_params, *params]

    def whole_words(self, words: Sequence[str]) -> Statement:
        """Ask for some rows that have each of the words as it was typed.

        The hits of a whole word stand in the order of their rows. Those of two words are read side by side, which costs
        a tenth of looking the one up for each hit of the other.
        """
        first, *others = words
        sql, params = f'FROM {self.table} AS hit WHERE hit."merchant_id" = %s AND hit."token" = %s', [first]
        for word in others:
            whole = f'FROM {self.table} AS whole WHERE whole."merchant_id" = %s AND whole."token" = %s'
            sql += f' AND hit."row_id" IN (SELECT whole."row_id" {whole} ORDER BY 1 LIMIT {WHOLE})'
            params.append(word)
        both = [value for word in params for value in (self.merchant_id, word)]
        return f'SELECT hit."row_id" AS once {sql} ORDER BY 1 LIMIT {NEAR}', both

    def _hits(self, word: str, name: str = "hit") -> tuple[str, list[Any]]:
        wanted = f'{name}."merchant_id" = %s AND {name}."token" >= %s AND {name}."token" < %s'
        return f"FROM {self.table} AS {name} WHERE {wanted}", [self.merchant_id, word, word + LAST]

    def _looked_up(self, words: Sequence[str], hit: str) -> Statement:
        """Ask the same as `_looked_up` outside, of the row of a hit."""
        first, *more = words
        name = f"known{len(more)}"
        sql, params = self._hits(first, name)
        sql += f' AND {name}."row_id" = {hit}."row_id"'
        if more:
            also, also_params = self._looked_up(more, name)
            sql, params = f"{sql} AND {also} IS NOT NULL", [*params, *also_params]
        return f'(SELECT {name}."row_id" {sql} LIMIT 1)', params

    def _count(self, word: str, most: int) -> Statement:
        sql, params = self._hits(word)
        return f"SELECT count(*) FROM (SELECT {sql} LIMIT {most}) AS few", params  # noqa: S608 - written here, values are parameters

    def _share(self, place: int, words: Sequence[str]) -> Statement:
        """Ask which share of a word's hits have the other words too, by its last ones.

        The last hits of a word are its newest rows, and there lists begin.
        """
        known, known_params = self._looked_up([*words[:place], *words[place + 1 :]], "hit")
        sql, params = self._hits(words[place])
        last = f'SELECT {known} AS words {sql} ORDER BY hit."token" DESC, hit."row_id" DESC LIMIT {SAMPLE}'
        return f"SELECT count(words)::float / greatest(count(*), 1) FROM ({last}) AS sample", [*known_params, *params]  # noqa: S608 - as above

    def _answers(self, questions: Sequence[Statement]) -> list[Any]:
        """Ask questions of one figure each, all in one statement."""
        params = [value for _, asked in questions for value in asked]
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(f'({sql})' for sql, _ in questions)}", params)
            return list(cursor.fetchone())
