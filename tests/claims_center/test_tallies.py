"""The sums behind the figures: they are what the rows say, at every moment."""

import zoneinfo
from datetime import date

from django.core.management import call_command
from django.utils import timezone

from claims_center import tallies
from claims_center.checks import check_claims
from claims_center.models import Claim, ClaimTally, Journey, Step, TallyState
from claims_center.services.journeys import keep_draft
from claims_center.tallies.checking import check_tallies
from claims_center.tallies.handlers import merchants_with_changes
from claims_center.tallies.reading import Window, ask
from tenancy.models import Merchant
from tests.claims_center.test_tallies_ways import PERIODS, expected
from tests.claims_center.worlds import FIRST, make_world


def test_be_told_by_the_check_when_a_change_was_not_counted(scope: Merchant) -> None:
    claims = make_world(9)
    tallies.rebuild(merchant_id=scope.id)
    Claim.objects.filter(id=claims[0].id).update(did_redirect_at=None)
    found = check_claims(scope.id)
    assert {finding.check for finding in found} == {"claim_tallies"}
    assert any(finding.ids["figures"].startswith("funnel") for finding in found)
    call_command("rebuild_tallies", merchant=scope.slug)
    assert check_claims(scope.id) == []


def test_count_row_by_row_until_sums_of_a_new_zone_are_there(scope: Merchant) -> None:
    make_world(12)
    tallies.rebuild(merchant_id=scope.id)
    Merchant.objects.filter(id=scope.id).update(time_zone="Asia/Tokyo")
    ClaimTally.objects.update(new=1000)
    period = PERIODS[1]
    with timezone.override(zoneinfo.ZoneInfo("Asia/Tokyo")):
        before = ask("totals", windows=[Window.of("now", period)]).totals
        assert before["now", "all", ""]["new"] == expected("Asia/Tokyo", period)["all", ""]["new"]
        assert scope.id in merchants_with_changes()
        assert tallies.fold() == 0
        assert ask("totals", windows=[Window.of("now", period)]).totals == before
    assert TallyState.objects.get().zone == "Asia/Tokyo"
    assert merchants_with_changes() == []


def test_count_a_visit_that_goes_on_once(scope: Merchant) -> None:
    make_world(4)
    assert check_tallies(scope.id) == []
    tallies.rebuild(merchant_id=scope.id)
    first = Journey.objects.filter(started_at__isnull=True).first()
    assert first is not None
    second = Journey.objects.get(id=first.id)
    for tab in (first, second, first):
        keep_draft(journey=tab, draft={"a": 1}, now=FIRST, reached=Step.STARTED)
    assert check_tallies(scope.id) == []


def test_split_a_period_into_months_and_days() -> None:
    def parts(first: str, last: str) -> list[tuple[str, str, str]]:
        window = Window("w", date.fromisoformat(first), date.fromisoformat(last))
        return [(span, str(start), str(end)) for _, span, start, end in window.parts()]

    assert parts("2026-01-01", "2026-12-31") == [("month", "2026-01-01", "2026-12-31")]
    assert parts("2026-01-15", "2026-03-14") == [
        ("month", "2026-02-01", "2026-02-28"),
        ("day", "2026-01-15", "2026-01-31"),
        ("day", "2026-03-01", "2026-03-14"),
    ]
    assert parts("2026-01-15", "2026-02-14") == [("day", "2026-01-15", "2026-02-14")]
    assert parts("2026-02-01", "2026-02-28") == [("month", "2026-02-01", "2026-02-28")]
    assert parts("2026-02-02", "2026-02-27") == [("day", "2026-02-02", "2026-02-27")]
