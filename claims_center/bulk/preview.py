"""What an act would do, before it does it: exact numbers, by one statement over all the chosen claims.

The database groups the claims by the facts that the act's rule looks at; the rule then judges one stand-in for each
group. So the preview and the act itself go by the same rule, and a hundred thousand claims are a few dozen stand-ins.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from claims_center.bulk import outcomes, undoing
from claims_center.bulk.acts import ACTS, Act
from claims_center.bulk.rules import Given
from claims_center.filters import ClaimFilter
from claims_center.models import BulkAct, Claim, Funnel, Promotion
from codes.models import Code
from codes.states import CodeState
from codes.waiting import line_of
from tenancy.ids import new_id
from tenancy.scope import current_merchant_id
from ui.bulk import BadSelection, Selection

EXAMPLES = 3
FIRST = 10
# From here on the database does better to read whole tables than to look claims up one by one.
MANY = 3_000
CLOSED = "closed@example.invalid"
EMAIL = """CASE WHEN c.customer_email = '' THEN '' WHEN lower(btrim(normalize(c.customer_email, NFKC))) IN (
    SELECT s.email_norm FROM messaging_suppression AS s WHERE s.merchant_id = %(merchant)s) THEN 'closed' ELSE 'open' END"""
WAITS = """(SELECT m.status = 'queued' FROM messaging_message AS m WHERE m.merchant_id = %(merchant)s
    AND m.origin = 'claim' AND m.origin_id = c.id AND m.kind = 'claim.gift' ORDER BY m.seq DESC LIMIT 1)"""
FACTS = {
    "status": "c.status",
    "verification": "c.verification",
    "order_rule": "c.funnel_id",
    "has_number": "c.order_number <> ''",
    "kind": "c.promotion_kind",
    "has_gift": "c.grant_id IS NOT NULL",
    "promotion": "c.promotion_id",
    "email": EMAIL,
    "has_street": "coalesce(c.ship_to ->> 'street', '') <> ''",
    "has_city": "coalesce(c.ship_to ->> 'city', '') <> ''",
    "assignee": "c.assignee_id",
    "kept": "r.before IS NOT NULL",
    "had_gift": "r.before ->> 'grant_id'",
    "had_person": "r.before ->> 'assignee_id'",
    "waits": WAITS,
}
OF_UNDO = {"send_gift": ("kept", "waits"), "reject": ("kept", "had_gift"), "assign": ("kept", "had_person")}
QUERY = """
SELECT c.id IS NULL, c.version <> s.version, NOT ({inside}), {facts}, count(*), (array_agg(s.n))[1:{examples}]
FROM (SELECT one.* FROM claims_center_bulkselection AS b,
        unnest(b.ids, b.versions) WITH ORDINALITY AS one (id, version, n)
    WHERE b.merchant_id = %(merchant)s AND b.bulk_id = %(bulk)s AND one.n <= %(last)s) AS s
LEFT JOIN claims_center_claim AS c ON c.merchant_id = %(merchant)s AND c.id = s.id
LEFT JOIN claims_center_bulkrow AS r ON r.merchant_id = %(merchant)s AND r.bulk_id = %(undoes)s AND r.claim_id = s.id
GROUP BY {groups}
"""
AT = """
SELECT n, b.ids[n] FROM claims_center_bulkselection AS b, unnest(%s::integer[]) AS n
WHERE b.merchant_id = %s AND b.bulk_id = %s
"""

AMONG = """
SELECT one FROM claims_center_bulkselection AS b, unnest(%s::uuid[]) AS one
WHERE b.merchant_id = %s AND b.bulk_id = %s AND one = ANY (b.ids)
"""


@dataclass(slots=True)
class Group:
    """Claims that an act would treat alike: why, how many, and some of them by name."""

    outcome: str
    words: Any
    number: int = 0
    positions: list[int] = field(default_factory=list)
    examples: list[Claim] = field(default_factory=list)


@dataclass(slots=True)
class Preview:
    """What an act would do as things stand.

    `with_reason`: so many more if a reason is given; `gifts`: so many of those that would be done hold a gift.
    """

    total: int
    will_do: int
    skips: list[Group]
    first: list[tuple[Claim, str, Any]]
    with_reason: int = 0
    gifts: int = 0

    @property
    def without_code(self) -> int:
        """Return how many find no code in their pool."""
        return sum(group.number for group in self.skips if group.outcome == outcomes.NO_CODE)

    @property
    def skipped(self) -> int:
        """Return how many claims would be left as they are."""
        return self.total - self.will_do


def preview(*, bulk: BulkAct, given: Given) -> Preview:
    """Return what a draft would do as things stand now, with the reasons of what it would skip."""
    act = ACTS[bulk.act]
    judged = [(_judge(bulk, act, given, row), row) for row in _grouped(bulk, act)]
    counted: dict[str, Group] = {}
    for outcome, row in judged:
        group = counted.setdefault(outcome, Group(outcome, act.words(outcome) if outcome else ""))
        group.number += row["number"]
        group.positions += row["positions"]
    missing = 0 if bulk.undoes_id else _without_code(bulk, [row for outcome, row in judged if not outcome])
    will_do = counted.pop("", Group("", "")).number - missing
    if missing:
        counted.setdefault(outcomes.NO_CODE, Group(outcomes.NO_CODE, act.words(outcomes.NO_CODE))).number += missing
    skips = sorted(counted.values(), key=lambda group: -group.number)
    _name(bulk, skips)
    reasoned = replace(given, reason="?")
    more = sum(row["number"] for outcome, row in judged if outcome and not _judge(bulk, act, reasoned, row))
    gifts = sum(row["number"] for outcome, row in judged if not outcome and row.get("has_gift"))
    return Preview(bulk.total, will_do, skips, _first(bulk, act, given), more, gifts)


def _grouped(bulk: BulkAct, act: Act, *, first: int = 0) -> list[dict[str, Any]]:
    """Return the chosen claims by the facts that count, each group with its size and some positions.

    With `first`: the first so many claims alone, each a group of its own.
    """
    names = OF_UNDO.get(act.name, ("kept",)) if bulk.undoes_id else act.facts
    inside, values = _inside(bulk)
    columns = ["gone", "changed", "outside", *names, "number", "positions"]
    text = QUERY.format(
        inside=inside,
        facts=", ".join(FACTS[name] for name in names),
        examples=EXAMPLES,
        groups=", ".join([*(str(number) for number in range(1, len(names) + 4)), *(["s.n"] if first else [])]),
    )
    values |= {"merchant": current_merchant_id(), "bulk": bulk.id, "undoes": bulk.undoes_id}
    values["last"] = first or bulk.total
    with connection.cursor() as cursor:
        if values["last"] > MANY:
            cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(text, values)
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_nestloop = on")
    _attach(rows)
    return rows


def _inside(bulk: BulkAct) -> tuple[str, dict[str, Any]]:
    """Return the condition by which a claim still matches the filters, with its values by name."""
    if not bulk.everything:
        return "true", {}
    try:
        rows = Selection((), everything=True, query=bulk.query).rows(ClaimFilter, Claim.objects.all())
        text, values = rows.order_by().values("id").query.sql_with_params()
    except (BadSelection, EmptyResultSet):
        return "false", {}
    names = [f"filter_{number}" for number in range(len(values))]
    return f"c.id IN ({text % tuple(f'%({name})s' for name in names)})", dict(zip(names, values, strict=True))


def _attach(rows: Sequence[dict[str, Any]]) -> None:
    """Put campaigns and promotions onto the groups in place of their ids."""
    for fact, model in (("order_rule", Funnel), ("promotion", Promotion)):
        found = model.objects.in_bulk({row[fact] for row in rows if row.get(fact)})
        for row in rows:
            if row.get(fact):
                row[fact] = found[row[fact]]


def _judge(bulk: BulkAct, act: Act, given: Given, row: dict[str, Any]) -> str:
    if row["gone"]:
        return outcomes.GONE
    if row["changed"]:
        return outcomes.CHANGED
    if row["outside"]:
        return outcomes.OUTSIDE
    if bulk.undoes_id is None:
        return act.rule(stand_in(row), replace(given, closed=(CLOSED,)))
    before = {"grant_id": row.get("had_gift"), "assignee_id": row.get("had_person")} if row["kept"] else None
    return undoing.judge(act.name, before, waits=bool(row.get("waits")), staff=undoing.staff_for(act.name))


def stand_in(row: dict[str, Any]) -> Claim:
    """Return a claim that is in no database, with the facts of a group."""
    claim = Claim(
        status=row.get("status", ""),
        verification=row.get("verification", ""),
        promotion_kind=row.get("kind", ""),
        grant_id=new_id() if row.get("has_gift") else None,
        order_number="?" if row.get("has_number") else "",
        customer_email={"": "", "closed": CLOSED}.get(row.get("email", ""), "open@example.invalid"),
        ship_to={name: "?" for name in ("street", "city") if row.get(f"has_{name}")},
        assignee_id=row.get("assignee"),
    )
    claim.funnel = row.get("order_rule") or Funnel()
    claim.promotion = row.get("promotion") or Promotion()
    return claim


def _without_code(bulk: BulkAct, rows: Iterable[dict[str, Any]]) -> int:
    """Return how many of these groups' claims will find their code pool empty, or others before them in its line."""
    wanted: Counter[uuid.UUID] = Counter()
    for row in rows:
        if row.get("email") is not None and row["promotion"].pool_id:
            wanted[row["promotion"].pool_id] += row["number"]
    missing = 0
    for pool_id, number in wanted.items():
        free = Code.objects.filter(pool_id=pool_id, state=CodeState.FREE)[:number].count()
        missing += number - min(free, _before_others(bulk, pool_id, number))
    return missing


def _before_others(bulk: BulkAct, pool_id: uuid.UUID, number: int) -> int:
    """Return how many of these claims may take a code before somebody who waits and is not among them."""
    line = [origin_id for _origin, origin_id in line_of(pool_id).values_list("origin", "origin_id")[: number + 1]]
    if not line:
        return number
    with connection.cursor() as cursor:
        cursor.execute(AMONG, [line, current_merchant_id(), bulk.id])
        among = {found for (found,) in cursor.fetchall()}
    outsider = next((at for at, one in enumerate(line) if one not in among), None)
    return number if outsider is None else outsider


def _name(bulk: BulkAct, groups: Iterable[Group]) -> None:
    """Put some claims by name onto each group."""
    wanted = sorted({position for group in groups for position in sorted(group.positions)[:EXAMPLES]})
    claims = claims_at(bulk, wanted)
    for group in groups:
        group.examples = [claims[at] for at in sorted(group.positions)[:EXAMPLES] if at in claims]


def _first(bulk: BulkAct, act: Act, given: Given) -> list[tuple[Claim, str, Any]]:
    """Return the first claims, each with the outcome that it would have and its words."""
    rows = sorted(_grouped(bulk, act, first=FIRST), key=lambda row: row["positions"])
    claims = claims_at(bulk, [row["positions"][0] for row in rows])
    found = [(row["positions"][0], _judge(bulk, act, given, row)) for row in rows]
    return [(claims[at], outcome, act.words(outcome) if outcome else "") for at, outcome in found if at in claims]


def claims_at(bulk: BulkAct, positions: Sequence[int]) -> dict[int, Claim]:
    """Return the chosen claims at these positions (counted from 1)."""
    with connection.cursor() as cursor:
        cursor.execute(AT, [list(positions), current_merchant_id(), bulk.id])
        ids = dict(cursor.fetchall())
    claims = Claim.objects.in_bulk(ids.values())
    return {position: claims[one] for position, one in ids.items() if one in claims}
