"""Campaign Performance Overview: every figure is the total of the list that it leads to."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from claims_center.models import Claim, Funnel
from claims_center.overview import overview
from claims_center.services import gifts, processing, verdicts
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import make_claim, path


@pytest.fixture
def week(merchant: Merchant, funnel: Funnel) -> list[Claim]:
    """Claims of the last days and one of long ago; two processed, one shared, one rejected."""
    now = timezone.now()
    by: dict[str, Any] = {"actor": Actor.system(), "now": now}
    with merchant_scope(merchant):
        claims = [
            make_claim(funnel, email=f"c{number}@example.com", now=now - timedelta(days=days, hours=1))
            for number, days in enumerate((0, 1, 2, 3, 3, 60))
        ]
        for claim in claims[:2]:
            gifts.send_gift(claim_id=claim.id, reason="x", **by)
            processing.mark_processed(claim_id=claim.id, **by)
        verdicts.reject(claim_id=claims[2].id, reason="no", **by)
        Claim.objects.filter(id=claims[3].id).update(did_redirect_at=now)
    return claims


@pytest.mark.parametrize("days", [7, 30, 90])
def test_lead_every_figure_to_the_list_it_counts(
    agent: Client, merchant: Merchant, week: list[Claim], days: int
) -> None:
    agent.get(path(merchant, "claims"), {"overview": days})
    shown = agent.get(path(merchant, "claims")).context["view"].overview
    assert shown.days == days
    counted = {figure.name: figure.count for figure in shown.figures if figure.count is not None}
    listed = {
        figure.name: agent.get(f"{path(merchant, 'claims')}?{figure.query}").context["total"].number
        for figure in shown.figures
    }
    assert counted == {name: listed[name] for name in counted}
    assert set(counted) == {"claims", "processed", "waiting", "redirect_rate", "median", "conversion"}


def test_tell_what_the_figures_are(merchant: Merchant, week: list[Claim]) -> None:
    with merchant_scope(merchant):
        found = overview(days=7, now=timezone.now())
    values = {figure.name: (figure.value, figure.count) for figure in found.figures}
    assert values["claims"] == ("5", 5)
    assert values["processed"] == ("2", 2)
    assert values["waiting"] == ("3", 3)
    assert values["redirect_rate"] == ("20%", 1)
    assert found.figures[2].note.startswith("oldest 60 days")


def test_count_each_day_by_state(merchant: Merchant, week: list[Claim]) -> None:
    with merchant_scope(merchant):
        found = overview(days=7, now=timezone.now())
        chart = str(found.chart())
    assert {state: sum(days) for state, days in found.per_day.items()} == {"new": 2, "processed": 2, "rejected": 1}
    assert len(found.dates) == 7
    assert "Claims per day by state" in chart


def test_keep_the_chosen_period_out_of_the_address(agent: Client, merchant: Merchant) -> None:
    answer = agent.get(path(merchant, "claims"), {"overview": "90", "status": "new"})
    assert (answer.status_code, answer["Location"]) == (302, f"{path(merchant, 'claims')}?status=new")
    assert agent.get(path(merchant, "claims"), {"overview": "junk"}).status_code == 200


def test_work_out_no_figures_for_a_part_of_the_page(agent: Client, merchant: Merchant) -> None:
    headers = {"HX-Request": "true", "HX-Target": "grid-region"}
    part = agent.get(path(merchant, "claims"), headers=headers)
    assert "Campaign Performance Overview" not in part.content.decode()
    assert "overview" not in vars(part.context["view"])
