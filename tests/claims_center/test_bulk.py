"""Acts on many claims: each comes out as the single act would have it, and the preview said so before."""

import contextlib
import os
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.utils import timezone

from claims_center.bulk.acts import given_of
from claims_center.bulk.outcomes import DONE, NO_CODE
from claims_center.bulk.preview import Preview, preview
from claims_center.errors import Refused
from claims_center.models import BulkAct, BulkKind, Claim, ClaimChange, ClaimToken
from claims_center.services import desk, gifts, processing, verdicts
from claims_center.states import Status
from codes.models import Code
from jobs.models import Job
from ledger import checks
from ledger.models import Entry, Grant, Movement
from messaging.models import Message, MessageEvent, Suppression
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_center.bulking import Shop, begun, blurred, facts_of, outcomes_of, run
from tests.claims_center.factories import NOW, STAFF
from tests.support import database

pytestmark = pytest.mark.django_db(databases=["default", "aside"])
GIVEN: dict[str, dict[str, Any]] = {"reject": {"reason": "Not one of ours", "notify": True}}


class Desk(NamedTuple):
    """A merchant, somebody to assign to, and claims by what they are, each with a twin."""

    merchant: Merchant
    colleague: User
    ones: dict[str, uuid.UUID]
    twins: dict[str, uuid.UUID]


@pytest.fixture(scope="module")
def desk_of_all(django_db_setup: None, django_db_blocker: Any) -> Iterator[Desk]:
    """Claims in every state, committed once; each test works on them in a transaction that is taken back."""
    name = os.environ["DATABASE_URL"].rpartition("/")[2]
    with django_db_blocker.unblock():
        database.clear(name)
        try:
            yield made_desk()
        finally:
            database.clear(name)


def made_desk() -> Desk:
    merchant = Merchant.objects.create(name="Brew & Bloom", slug="brew-bloom")
    user = User.objects.create_user("ada@brew-bloom.example", name="Ada Agent")
    Membership.objects.create(merchant=merchant, user=user, role=Role.AGENT)
    with merchant_scope(merchant):
        shop = Shop()
        Suppression.objects.create(email_norm="gone@example.com", reason="bounced", created_at=NOW)
        ones, twins = ({name: claim.id for name, claim in every_state(shop, user).items()} for _turn in range(2))
    return Desk(merchant, user, ones, twins)


def singly(act: str, claim: Claim, user: User) -> None:
    """The act as a claim's own page does it."""
    by: dict[str, Any] = {"claim_id": claim.id, "actor": STAFF, "now": timezone.now()}
    acts: dict[str, Callable[[], Any]] = {
        "verify": lambda: verdicts.verify(**by),
        "send_gift": lambda: gifts.send_gift(**by),
        "process": lambda: processing.mark_processed(**by),
        "unprocess": lambda: processing.unprocess(**by),
        "reject": lambda: verdicts.reject(**GIVEN["reject"], **by),
        "assign": lambda: desk.assign(user_id=user.id, **by),
    }
    acts[act]()


def every_state(shop: Shop, user: User) -> dict[str, Claim]:
    """A claim in every state with each kind of gift, and others with what stands in the way of acts."""
    found = {f"{status}-{kind}": shop.claim(status, kind) for kind in ("pool", "fixed", "item") for status in Status}
    found |= {f"sent-{kind}": shop.claim("verified", kind, sent=True) for kind in ("pool", "fixed", "file")}
    found |= {f"empty-{status}": shop.claim(status, "empty") for status in ("new", "verified")}
    for kind in ("archived", "archived-item"):
        found |= {f"{kind}-{status}": shop.claim(status, kind) for status in ("new", "verified", "processed")}
    found |= {f"no-match-{status}": shop.claim(status, verification="no_such_order") for status in Status}
    found["no-street"] = shop.claim("verified", "item", ship_to={"city": "Lyon"})
    found["no-address"] = shop.claim("verified", "item", ship_to={})
    found["no-mail"] = shop.claim("verified", customer_email="")
    found["bounced"] = shop.claim("verified", customer_email="Gone@Example.com")
    found["assigned"] = shop.claim(assignee=user, assignee_name=str(user))
    return found


def written(claim: Claim) -> dict[str, Any]:
    """Everything that stands about a claim anywhere, but for who it is and when."""
    changes = ClaimChange.objects.filter(claim_id=claim.id).order_by("seq")
    entries = Entry.objects.filter(origin_id=claim.id).order_by("recorded_at", "id")
    moved = Movement.objects.filter(entry__origin_id=claim.id).order_by("entry__recorded_at", "entry_id", "position")
    words = ClaimToken.objects.filter(row_id=claim.id)
    mails = Message.objects.filter(origin_id=claim.id).order_by("seq")
    code = claim.gift_code.replace("-", "").lower()
    return {
        "claim": blurred(facts_of(claim.id)),
        "history": [
            (
                one.seq,
                one.event,
                one.from_status,
                one.to_status,
                one.actor.partition(":")[0],
                one.reason,
                set(one.detail),
                bool(one.entry_id),
            )
            for one in changes
        ],
        "ledger": [(one.event, one.actor.partition(":")[0], bool(one.reverses_id), one.subject_id) for one in entries],
        "moved": [(one.position, one.amount, one.source.bucket, one.target.bucket, one.held_after) for one in moved],
        "mails": [(one.seq, one.kind, one.status, one.context, one.reason) for one in mails],
        "events": MessageEvent.objects.filter(message__origin_id=claim.id).count(),
        "sending": Job.objects.filter(kind="message.send", dedupe_key__in=[str(one.id) for one in mails]).count(),
        "words": words.count(),
        "found by code": bool(code) and words.filter(token=code).exists(),
        "codes": Code.objects.filter(holder_id=claim.id).values_list("state", flat=True).first(),
        "voucher": [grant.remaining for grant in Grant.objects.filter(entry__origin_id=claim.id).order_by("earned_at")],
    }


def differences(found: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """What differs, down to the column."""
    parts = {
        f"{name} {part}": (found[name][part], wanted[name][part])
        for name in wanted
        for part in wanted[name]
        if found[name][part] != wanted[name][part]
    }
    return {
        name: {key: (one[key], other[key]) for key in other if one[key] != other[key]}
        if isinstance(one, dict)
        else pair
        for name, pair in parts.items()
        for one, other in [pair]
    }


def fetched(ids: dict[str, uuid.UUID]) -> dict[str, Claim]:
    """The claims as they stand now."""
    found = Claim.objects.select_related("promotion", "funnel").in_bulk(ids.values())
    return {name: found[claim_id] for name, claim_id in ids.items()}


@pytest.mark.parametrize("act", BulkKind.values)
def test_do_to_each_what_the_single_act_does_and_say_so_before(db: None, desk_of_all: Desk, act: str) -> None:
    merchant, colleague = desk_of_all.merchant, desk_of_all.colleague
    with merchant_scope(merchant):
        ones, twins = fetched(desk_of_all.ones), fetched(desk_of_all.twins)
        was = {name: written(claim) for name, claim in ones.items()}
        for claim in ones.values():
            with contextlib.suppress(Refused), transaction.atomic():
                singly(act, claim, colleague)
        ones, twins = fetched(desk_of_all.ones), fetched(desk_of_all.twins)
        wanted = {name: written(claim) for name, claim in ones.items()}
        bulk = begun(act, twins.values(), user=str(colleague.id), **GIVEN.get(act, {}))
        said = preview(bulk=bulk, given=given_of(bulk))

    bulk = run(merchant, bulk)

    letters = outcomes_of(merchant, bulk)
    with merchant_scope(merchant):
        twins = fetched(desk_of_all.twins)
        found = {name: written(claim) for name, claim in twins.items()}
    assert differences(found, wanted) == {}
    effect = {name for name in wanted if wanted[name] != was[name]}
    assert {name for name, claim in twins.items() if letters[claim.id] == DONE} == effect
    assert effect
    check_said(said, Counter(letters.values()), bulk)
    assert checks.run(merchant.id).findings == []


def check_said(said: Preview, counted: Counter[str], bulk: BulkAct) -> None:
    """The preview's numbers are those of the result, reason by reason; so are the act's own."""
    assert (said.total, said.will_do) == (counted.total(), counted[DONE])
    assert {group.outcome: group.number for group in said.skips} == counted - Counter({DONE: counted[DONE]})
    assert all(group.words and group.examples for group in said.skips if group.outcome != NO_CODE)
    assert len(said.first) == 10
    assert (bulk.done, bulk.skipped, bulk.state) == (said.will_do, said.skipped, "done")
    assert bulk.outcomes == dict(counted)
