"""Exports whose filters move along with the days: "redeemed in the last 7 days", by the merchant's clock."""

import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from claims_center.models import Claim
from exports.catalogue import dataset
from exports.datasets.fields import Moment
from exports.models import Export
from exports.rows import listed, question
from tenancy.models import Merchant
from tests.claims_center import factories as claims
from tests.claims_pages.factories import path
from tests.exports.test_pages import FORM

WEEK = "submitted_from=7_days_ago&submitted_to=yesterday"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        # Monday just after midnight in Berlin: the seven days after winter time began.
        ("Europe/Berlin", "2026-11-01 23:00", ["first", "last"]),
        # The same instant in London is still Sunday.
        ("Europe/London", "2026-11-01 23:00", ["before", "first"]),
        ("Europe/Berlin", "2026-11-02 23:00", ["last", "today"]),
    ],
)
def test_count_the_days_when_the_run_looks(scope: Merchant, zone: str, now: str, expected: list[str]) -> None:
    moments = {
        "before": "2026-10-25 22:59",
        "first": "2026-10-25 23:00",
        "last": "2026-11-01 22:59",
        "today": "2026-11-01 23:00",
    }
    funnel = claims.make_funnel()
    for name, moment in moments.items():
        made = claims.make_claim(funnel, email=f"{name}@example.com", order_number=name)
        Claim.objects.filter(id=made.id).update(submitted_at=at(moment))
    asked = question(name="claims", keys=["customer_email"], query=WEEK, sort="submitted")
    with timezone.override(ZoneInfo(zone)):
        found = [row[0].partition("@")[0] for row in listed(asked, Moment(at(now), ZoneInfo(zone)))]
    assert found == expected


def test_keep_the_words_in_the_definition(admin: Client, scope: Merchant) -> None:
    values = FORM | {"dataset": "claims", "query": WEEK, "op_id": str(uuid.uuid4())}
    assert admin.post(path(scope, "exports", "new"), values).status_code == 302
    export = Export.objects.get()
    assert export.query == WEEK
    page = admin.get(path(scope, "exports", export.id)).content.decode()
    assert "Submitted: <b>7 days before today</b>" in page


def test_refuse_them_with_changes_alone(admin: Client, scope: Merchant) -> None:
    assert dataset("claims").changes
    values = FORM | {"dataset": "claims", "query": WEEK, "changed_only": "on", "op_id": str(uuid.uuid4())}
    answer = admin.post(path(scope, "exports", "new"), values)
    assert (answer.status_code, Export.objects.count()) == (422, 0)
    assert "does not go with relative days" in answer.content.decode()


def test_explain_them_in_the_data_dictionary(admin: Client, scope: Merchant) -> None:
    page = admin.get(path(scope, "exports", "data", "claims")).content.decode()
    for shown in ("Relative days", "7_days_ago", "last_month_end", "Start of last month", scope.time_zone):
        assert shown in page
