"""What is noticed about a claim, or about all claims of a customer, in words and with the claims that it leads to."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims_center.models import Claim, ClaimTrait, SignalDismissal, SignalKind, SignalRules
from claims_center.states import Status
from tenancy.selectors import actor_names

# Other claims that a signal names.
SHOWN = 5
# How many are counted: beyond, the words say "200+".
COUNTED = 200
# What signals know of another claim: nothing of what a customer thinks of a product is among it.
OTHER = ("id", "customer_name", "customer_email", "submitted_at", "status")


class Other(NamedTuple):
    """A claim that a signal leads to."""

    id: uuid.UUID
    name: str
    email: str
    submitted_at: datetime
    status: str


@dataclass(frozen=True, slots=True)
class Dismissed:
    """Who found nothing wrong, when and why; `by` is the name, where it is known."""

    actor: str
    at: datetime
    note: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that was noticed. `others`: the latest claims that it was noticed in; `dismissed`: who settled it."""

    kind: SignalKind
    words: str
    others: tuple[Other, ...] = ()
    dismissed: Dismissed | None = None

    @property
    def label(self) -> str:
        """Return what this kind of signal is called."""
        return str(self.kind.label)

    @property
    def is_open(self) -> bool:
        """Say whether nobody has settled it."""
        return self.dismissed is None


def rules() -> SignalRules:
    """Return the merchant's rules, ours where it has none of its own."""
    found: SignalRules | None = SignalRules.objects.first()
    return found or SignalRules.made_with()


def signals_of(claim: Claim) -> list[Signal]:
    """Return what is noticed about a claim, what is not settled first; four queries."""
    alike = _alike(ClaimTrait.objects.filter(claim_id=claim.id), claim.customer_id)
    found = [*_same_number(claim), *alike, *_many(claim.customer_id, until=claim.submitted_at)]
    settled = _settled(claim, found)
    return sorted((replace(one, dismissed=settled.get(one.kind)) for one in found), key=lambda one: not one.is_open)


def signals_with_names(claim: Claim) -> list[Signal]:
    """Return the same for the claim's page, with the names of those who settled what is settled."""
    found = signals_of(claim)
    names = actor_names({one.dismissed.actor for one in found if one.dismissed})
    return [
        replace(one, dismissed=replace(one.dismissed, by=names.get(one.dismissed.actor, ""))) if one.dismissed else one
        for one in found
    ]


def signals_of_customer(customer_id: uuid.UUID) -> list[Signal]:
    """Return what is noticed between this customer's claims and those of others; two queries."""
    return [*_alike(ClaimTrait.objects.filter(customer_id=customer_id), customer_id), *_many(customer_id)]


def _same_number(claim: Claim) -> list[Signal]:
    """Notice other claims with the same order number; those that were rejected count no more."""
    rows = Claim.objects.filter(order_number_norm=claim.order_number_norm, marketplace=claim.marketplace)
    others = _listed(rows.exclude(id=claim.id).exclude(status=Status.REJECTED)) if claim.order_number_norm else []
    if not others:
        return []
    words = ngettext(
        "%(count)s other claim has the order number %(number)s.",
        "%(count)s other claims have the order number %(number)s.",
        len(others),
    ) % {"count": _counted(others), "number": claim.order_number}
    return [Signal(SignalKind.SAME_NUMBER, words, tuple(others[:SHOWN]))]


def _alike(own: QuerySet[ClaimTrait], customer_id: uuid.UUID) -> list[Signal]:
    """Notice claims of other customers that share a trait with these; a token is of one kind, so it is enough."""
    rows = ClaimTrait.objects.filter(token__in=own.values("token")).exclude(customer_id=customer_id)
    columns = ("kind", *(f"claim__{name}" for name in OTHER))
    found: dict[SignalKind, dict[uuid.UUID, Other]] = {kind: {} for kind in SignalKind}
    for kind, *other in rows.values_list(*columns)[: COUNTED * len(found)]:
        found[SignalKind(kind)][other[0]] = Other(*other)
    signals = []
    for kind, by_id in found.items():
        others = sorted(by_id.values(), key=lambda other: other.submitted_at, reverse=True)[:COUNTED]
        if others:
            signals.append(Signal(kind, _alike_words(kind, others), tuple(others[:SHOWN])))
    return signals


def _alike_words(kind: SignalKind, others: Sequence[Other]) -> str:
    count = {"count": _counted(others)}
    if kind == SignalKind.SAME_ADDRESS:
        return (
            ngettext(
                "%(count)s claim of another customer has the same mailing address.",
                "%(count)s claims of other customers have the same mailing address.",
                len(others),
            )
            % count
        )
    if kind == SignalKind.SAME_PHONE:
        return (
            ngettext(
                "%(count)s claim of another customer has the same phone number.",
                "%(count)s claims of other customers have the same phone number.",
                len(others),
            )
            % count
        )
    return ngettext(
        "%(count)s claim of another customer has an e-mail address that leads to the same mailbox (%(email)s).",
        "%(count)s claims of other customers have e-mail addresses that lead to the same mailbox (%(email)s).",
        len(others),
    ) % (count | {"email": ", ".join(sorted({other.email for other in others})[:3])})


def _many(customer_id: uuid.UUID, *, until: datetime | None = None) -> list[Signal]:
    """Notice that a customer has claimed more often in the merchant's period than is fine, up to one claim or the last."""
    rows = Claim.objects.filter(customer_id=customer_id)
    rows = rows if until is None else rows.filter(submitted_at__lte=until)
    limits = {name: Subquery(SignalRules.objects.values(name)[:1]) for name in ("most_claims", "days")}
    listed = list(rows.order_by("-submitted_at", "-id").annotate(**limits).values_list(*OTHER, *limits)[:COUNTED])
    if not listed:
        return []
    *_other, most, days = listed[0]
    ours = SignalRules.made_with()
    most, days = most or ours.most_claims, days or ours.days
    claims = [Other(*row[: len(OTHER)]) for row in listed]
    since = claims[0].submitted_at - timedelta(days=days)
    recent = [claim for claim in claims if claim.submitted_at > since]
    if len(recent) <= most:
        return []
    words = _("This customer sent %(count)s claims within %(days)s days; up to %(most)s are fine.")
    number = {"count": _counted(recent), "days": days, "most": most}
    return [Signal(SignalKind.MANY_CLAIMS, words % number, tuple(recent[1 : SHOWN + 1]))]


def _listed(rows: QuerySet[Claim]) -> list[Other]:
    return [Other(*row) for row in rows.order_by("-submitted_at", "-id").values_list(*OTHER)[:COUNTED]]


def _counted(others: Sequence[Other]) -> str:
    return f"{COUNTED}+" if len(others) == COUNTED else str(len(others))


def _settled(claim: Claim, found: Sequence[Signal]) -> dict[SignalKind, Dismissed]:
    """Return the latest dismissal of each kind, unless something has come in after it."""
    if not found:
        return {}
    newest = {one.kind: max((other.submitted_at for other in one.others), default=claim.submitted_at) for one in found}
    settled = {}
    for row in SignalDismissal.objects.filter(claim_id=claim.id).order_by("at", "id"):
        kind = SignalKind(row.kind)
        if kind in newest and newest[kind] <= row.at:
            settled[kind] = Dismissed(row.actor, row.at, row.note)
    return settled
