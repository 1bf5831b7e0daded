"""Sums under way: many change claims, some add up, one counts anew, others read; and it adds up all the time."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from claims_center import tallies
from claims_center.errors import Refused
from claims_center.models import Claim, Funnel, Journey, Step, TallyChange
from claims_center.overview.figures import claims_in, waiting_in
from claims_center.services import gifts, processing, sharing, verdicts
from claims_center.services.journeys import begin, keep_draft
from claims_center.states import OPEN
from claims_center.tallies.checking import check_tallies
from claims_center.tallies.folding import fold
from claims_center.tallies.handlers import merchants_with_changes
from claims_center.tallies.reading import EVER, Window, ask
from jobs.models import Job
from jobs.periodic import tick
from jobs.runner import run_due
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.worlds import FIRST, STAFF, make_claim, make_funnels
from tests.support.threads import Outcome

pytestmark = pytest.mark.django_db(transaction=True)
Together = Callable[..., list[Outcome]]
CLAIMS, TURNS = 12, 10
ACTS: list[Callable[..., Any]] = [
    lambda **by: verdicts.verify(reason="Checked.", **by),
    verdicts.unverify,
    lambda **by: verdicts.ask_info(reason="Which colour?", **by),
    lambda **by: verdicts.reject(reason="No.", **by),
    lambda **by: verdicts.reopen(reason="Answered.", **by),
    lambda **by: gifts.send_gift(reason="Checked.", **by),
    processing.mark_processed,
    lambda **by: processing.unprocess(reason="Wrong.", **by),
    lambda **by: sharing.record_redirect(claim_id=by["claim_id"], now=by["now"]),
]


@pytest.fixture
def shop(transactional_db: None) -> Merchant:
    """A merchant with some claims, counted."""
    merchant = Merchant.objects.create(name="Brew & Bloom", slug="brew-bloom", time_zone="Europe/Berlin")
    with merchant_scope(merchant):
        funnels = make_funnels()
        for number in range(CLAIMS):
            make_claim(funnels[number % 2], FIRST + timedelta(hours=5 * number), number)
    tallies.rebuild(merchant_id=merchant.id)
    return merchant


def busy(shop: Merchant, ids: list[Any], seed: int) -> int:
    """Do one thing after the other to claims, each in a transaction of its own; return how many were not refused."""
    dice, done = random.Random(seed), 0  # noqa: S311 - a story, not a secret
    for turn in range(TURNS):
        by = {"claim_id": dice.choice(ids), "actor": STAFF, "now": FIRST + timedelta(days=3, minutes=seed * 60 + turn)}
        try:
            with merchant_scope(shop):
                dice.choice(ACTS)(**by)
            done += 1
        except Refused:
            continue
    return done


def reader(shop: Merchant, _ids: list[Any], _seed: int) -> int:
    """Look at the figures again and again: no claim may ever be missing, or be there twice."""
    for _ in range(TURNS):
        with merchant_scope(shop):
            found = ask("totals", dimensions=["all", "funnel"], windows=[Window("all"), Window(EVER)]).totals
        assert claims_in(found["all", "all", ""]) == CLAIMS
        funnels = [
            claims_in(counts) for (title, part, _), counts in found.items() if (title, part) == ("all", "funnel")
        ]
        assert (len(funnels), sum(funnels)) == (2, CLAIMS)
        assert 0 <= waiting_in(found[EVER, "all", ""]) <= CLAIMS
    return 0


def folder(shop: Merchant, _ids: list[Any], seed: int) -> int:
    for turn in range(TURNS):
        with merchant_scope(shop):
            if seed % 2 and turn % 5 == 0:
                tallies.rebuild(merchant_id=shop.id)
            else:
                fold(limit=7)
    return 0


def all_at_once(together: Together, shop: Merchant) -> list[Outcome]:
    with merchant_scope(shop):
        ids = list(Claim.objects.values_list("id", flat=True))
    roles = [busy] * 20 + [folder] * 3 + [reader] * 2
    return together(lambda act, seed: act(shop, ids, seed), [(act, seed) for seed, act in enumerate(roles)])


def test_add_up_at_every_moment_while_twenty_change_claims(together: Together, shop: Merchant) -> None:
    outcomes = all_at_once(together, shop)
    assert [one.error for one in outcomes if one.error] == []
    assert sum(one.value for one in outcomes) > TURNS
    with merchant_scope(shop):
        assert check_tallies(shop.id) == []
        while fold():
            pass
        assert check_tallies(shop.id) == []
        found = ask("totals", windows=[Window("all"), Window(EVER)]).totals
        assert waiting_in(found[EVER, "all", ""]) == Claim.objects.filter(status__in=OPEN).count()
        assert found["all", "all", ""]["done"] == Claim.objects.filter(processed_at__isnull=False).count()
        assert found["all", "all", ""]["redirected"] == Claim.objects.filter(did_redirect=True).count()


def test_find_out_when_changes_are_not_told(
    together: Together, shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same without the hook: the check must see it, or it proves nothing above."""
    monkeypatch.setattr(tallies, "changed", lambda **_: None)
    with merchant_scope(shop):
        ids = list(Claim.objects.values_list("id", flat=True))
    together(busy, [(shop, ids, seed) for seed in range(20)])
    with merchant_scope(shop):
        assert Claim.objects.exclude(status="new").exists()
        assert check_tallies(shop.id) != []
        tallies.rebuild(merchant_id=shop.id)
        assert check_tallies(shop.id) == []


def test_count_nothing_of_what_is_rolled_back(shop: Merchant) -> None:
    with merchant_scope(shop):
        claim = Claim.objects.all()[0]
    with merchant_scope(shop):
        verdicts.reject(claim_id=claim.id, reason="No.", actor=STAFF, now=FIRST)
        assert TallyChange.objects.exists()
        transaction.set_rollback(True)
    with merchant_scope(shop):
        assert not TallyChange.objects.exists()
        assert check_tallies(shop.id) == []


def test_add_up_by_the_clock(shop: Merchant) -> None:
    with merchant_scope(shop):
        verdicts.reject(claim_id=Claim.objects.all()[0].id, reason="No.", actor=STAFF, now=FIRST)
        assert TallyChange.objects.count() == 3
    assert merchants_with_changes() == [shop.id]
    assert tick("claims.tally") == 1
    run_due()
    with merchant_scope(shop):
        assert not TallyChange.objects.exists()
        assert Job.objects.get(kind="claims.tally").state == "done"
        assert check_tallies(shop.id) == []
    assert merchants_with_changes() == []


def test_count_a_visit_that_two_pages_take_on_once(together: Together, shop: Merchant) -> None:
    with merchant_scope(shop):
        journey = begin(funnel=Funnel.objects.all()[0], now=FIRST)

    def go_on() -> None:
        with merchant_scope(shop):
            keep_draft(journey=Journey.objects.get(id=journey.id), draft={}, now=FIRST, reached=Step.STARTED)

    assert [one.error for one in together(go_on, [()] * 8)] == [None] * 8
    with merchant_scope(shop):
        assert check_tallies(shop.id) == []
