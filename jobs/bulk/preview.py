"""What an act would do, before it does it: exact numbers, by one statement over all the chosen documents.

The database groups the documents by the facts that the act's rule looks at; the rule then judges one stand-in for each
group. So the preview and the act itself go by the same rule, and a hundred thousand rows are a few dozen stand-ins.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from jobs.bulk import outcomes
from jobs.bulk.kit import Kit
from tenancy.scope import current_merchant_id
from ui.bulk import BadSelection, Selection

EXAMPLES = 3
FIRST = 10
# From here on the database does better to read whole tables than to look documents up one by one.
MANY = 3_000
QUERY = """
SELECT d.id IS NULL, {changed}, NOT ({inside}), {facts}, {sums}count(*),
    (array_agg(s.n ORDER BY s.n))[1:{examples}]
FROM (SELECT one.* FROM {selections} AS b, unnest(b.ids, b.versions) WITH ORDINALITY AS one (id, version, n)
    WHERE b.merchant_id = %(merchant)s AND b.bulk_id = %(bulk)s AND one.n <= %(last)s) AS s
LEFT JOIN {documents} AS d ON d.merchant_id = %(merchant)s AND d.id = s.id
LEFT JOIN {rows} AS r ON r.merchant_id = %(merchant)s AND r.bulk_id = %(undoes)s AND r.{link} = s.id
GROUP BY {groups}
"""
AT = """
SELECT n, b.ids[n] FROM {selections} AS b, unnest(%s::integer[]) AS n
WHERE b.merchant_id = %s AND b.bulk_id = %s
"""


@dataclass(slots=True)
class Group:
    """Documents that an act would treat alike: why, how many, and some of them by name."""

    outcome: str
    words: Any
    number: int = 0
    positions: list[int] = field(default_factory=list)
    examples: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Preview:
    """What an act would do as things stand; `sums` are added up over those that would be done."""

    total: int
    will_do: int
    skips: list[Group]
    first: list[tuple[Any, str, Any]]
    sums: dict[str, int]

    @property
    def skipped(self) -> int:
        """Return how many documents would be left as they are."""
        return self.total - self.will_do


def preview(*, kit: Kit, bulk: Any, given: Mapping[str, Any], now: datetime) -> Preview:
    """Return what a draft would do as things stand at this instant, with the reasons of what it would skip."""
    judged = [(_judge(kit, bulk, row, given, now), row) for row in _grouped(kit, bulk, now)]
    counted: dict[str, Group] = {}
    sums: Counter[str] = Counter()
    for outcome, row in judged:
        group = counted.setdefault(outcome, Group(outcome, kit.words_of(bulk.act, outcome) if outcome else ""))
        group.number += row["number"]
        group.positions += row["positions"]
        if not outcome:
            sums.update({name: int(row[f"sum {name}"]) for name in kit.sums(bulk)})
    will_do = counted.pop("", Group("", "")).number
    skips = sorted(counted.values(), key=lambda group: -group.number)
    _name(kit, bulk, skips)
    return Preview(bulk.total, will_do, skips, _first(kit, bulk, given, now), dict(sums))


def _grouped(kit: Kit, bulk: Any, now: datetime, *, first: int = 0) -> list[dict[str, Any]]:
    """Return the chosen documents by the facts that count, each group with its size and some positions.

    With `first`: the first so many alone, each a group of its own.
    """
    facts, sums = kit.facts(bulk), kit.sums(bulk)
    inside, values = _inside(kit, bulk)
    columns = ["gone", "changed", "outside", *facts, *(f"sum {name}" for name in sums), "number", "positions"]
    link: Any = kit.row_model._meta.get_field(kit.link)
    text = QUERY.format(
        inside=inside,
        changed="d.version <> s.version" if kit.has_versions else "false",
        facts=", ".join(facts.values()),
        sums="".join(f"coalesce({one}, 0), " for one in sums.values()),
        examples=EXAMPLES,
        groups=", ".join([*(str(number) for number in range(1, len(facts) + 4)), *(["s.n"] if first else [])]),
        selections=kit.table(kit.selection_model),
        documents=kit.table(kit.document),
        rows=kit.table(kit.row_model),
        link=link.column,
    )
    values |= {"merchant": current_merchant_id(), "bulk": bulk.id, "undoes": bulk.undoes_id, "now": now}
    values["last"] = first or bulk.total
    with connection.cursor() as cursor:
        if values["last"] > MANY:
            cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(text, values)
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_nestloop = on")
    return rows


def _inside(kit: Kit, bulk: Any) -> tuple[str, dict[str, Any]]:
    """Return the condition by which a document still matches the filters, with its values by name."""
    if not bulk.everything or bulk.undoes_id:
        return "true", {}
    try:
        rows = Selection((), everything=True, query=bulk.query).rows(kit.filterset, kit.documents())
        text, values = rows.order_by().values("id").query.sql_with_params()
    except (BadSelection, EmptyResultSet):
        return "false", {}
    names = [f"filter_{number}" for number in range(len(values))]
    return f"d.id IN ({text % tuple(f'%({name})s' for name in names)})", dict(zip(names, values, strict=True))


def _judge(kit: Kit, bulk: Any, row: Mapping[str, Any], given: Mapping[str, Any], now: datetime) -> str:
    for fact, outcome in (
        ("gone", outcomes.GONE),
        ("changed", outcomes.CHANGED),
        ("outside", outcomes.OUTSIDE),
    ):
        if row[fact]:
            return outcome
    return kit.judge(bulk, row, given=given, now=now)


def _name(kit: Kit, bulk: Any, groups: Iterable[Group]) -> None:
    """Put some documents by name onto each group."""
    wanted = sorted({position for group in groups for position in sorted(group.positions)[:EXAMPLES]})
    found = documents_at(kit, bulk, wanted)
    for group in groups:
        group.examples = [found[at] for at in sorted(group.positions)[:EXAMPLES] if at in found]


def _first(kit: Kit, bulk: Any, given: Mapping[str, Any], now: datetime) -> list[tuple[Any, str, Any]]:
    """Return the first documents, each with the outcome that it would have and its words."""
    rows = sorted(_grouped(kit, bulk, now, first=FIRST), key=lambda row: row["positions"])
    documents = documents_at(kit, bulk, [row["positions"][0] for row in rows])
    found = [(row["positions"][0], _judge(kit, bulk, row, given, now)) for row in rows]
    return [
        (documents[at], outcome, kit.words_of(bulk.act, outcome) if outcome else "")
        for at, outcome in found
        if at in documents
    ]


def documents_at(kit: Kit, bulk: Any, positions: Sequence[int]) -> dict[int, Any]:
    """Return the chosen documents at these positions (counted from 1)."""
    with connection.cursor() as cursor:
        cursor.execute(
            AT.format(selections=kit.table(kit.selection_model)), [list(positions), current_merchant_id(), bulk.id]
        )
        ids = dict(cursor.fetchall())
    found = kit.document.objects.in_bulk(ids.values())
    return {position: found[one] for position, one in ids.items() if one in found}
