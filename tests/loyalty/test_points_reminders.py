"""Reminders of points that end soon: by the merchant's choice, once for each end, and never against a person's wish."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from jobs.models import Job
from jobs.runner import run_one
from jobs.services import enqueue
from ledger.services import revoke
from loyalty.models import LoyaltySettings, PointReminder, ReminderStop
from loyalty.point_mail import expiring, stop_url
from loyalty.services import reminders
from messaging.errors import NoLongerValid
from messaging.models import Message
from messaging.services import suppress
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.loyalty.test_points import rules

SYSTEM = Actor.system()


def remind() -> int:
    return reminders.remind(now=timezone.now())


def letters(who: Customer) -> list[Message]:
    return list(Message.objects.filter(kind="points.expiring", origin_id=who.id).order_by("seq"))


@pytest.fixture
def on(scope: Merchant) -> LoyaltySettings:
    return rules(reminds=True, reminder_days=14)


@pytest.mark.django_db
def test_nobody_is_written_to_unless_the_merchant_wants_it(scope: Merchant) -> None:
    who = make.customer()
    make.points(who, 20, expires_at=make.soon(days=3))

    assert remind() == 0
    rules(reminds=False)
    assert remind() == 0
    LoyaltySettings.objects.update(reminds=True)

    assert remind() == 1
    assert len(letters(who)) == 1


@pytest.mark.django_db
def test_each_end_of_lots_is_told_once(on: LoyaltySettings) -> None:
    who = make.customer()
    first, second = make.soon(days=3), make.soon(days=40)
    make.points(who, 20, expires_at=first)
    make.points(who, 5, expires_at=first)
    make.points(who, 30, expires_at=second)
    make.points(who, 99)

    assert (remind(), remind()) == (1, 0)
    assert reminders.remind(now=make.soon(days=30)) == 1
    assert reminders.remind(now=make.soon(days=30)) == 0

    assert set(PointReminder.objects.values_list("expires_at", "points")) == {(first, 25), (second, 30)}
    assert [letter.context["ends"] for letter in letters(who)] == [[first.isoformat()], [second.isoformat()]]


@pytest.mark.django_db
def test_ends_of_the_week_after_share_the_mail(on: LoyaltySettings) -> None:
    who = make.customer()
    for days in (3, 13, 16, 20, 25):
        make.points(who, days, expires_at=make.soon(days=days))

    remind()

    assert len(letters(who)) == 1
    assert sorted(PointReminder.objects.values_list("points", flat=True)) == [3, 13, 16, 20]


@pytest.mark.django_db
def test_locked_points_are_told_of_once_they_can_be_spent(on: LoyaltySettings) -> None:
    who, end = make.customer(), make.soon(days=12)
    make.points(who, 20, valid_from=make.soon(days=5), expires_at=end)

    assert remind() == 0
    assert reminders.remind(now=make.soon(days=6)) == 1
    assert [letter.context["ends"] for letter in letters(who)] == [[end.isoformat()]]


@pytest.mark.django_db
def test_points_spent_while_the_mails_are_written_stop_no_other_mail(
    on: LoyaltySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick, slow = make.customer(), make.customer()
    lots = [make.points(who, 20, expires_at=make.soon(days=3)) for who in (quick, slow)]
    found = reminders._ends

    def spent_before(*args: Any, **kwargs: Any) -> Any:
        about: dict[str, Any] = {"origin": "t", "origin_id": uuid.uuid4(), "customer_id": quick.id, "actor": SYSTEM}
        revoke(grant_id=lots[0], event="points.adjusted", key="t:1", **about)
        return found(*args, **kwargs)

    monkeypatch.setattr(reminders, "_ends", spent_before)

    assert remind() == 2
    assert (len(letters(quick)), len(letters(slow))) == (0, 1)


@pytest.mark.django_db
def test_more_points_than_a_note_holds_are_told_all_the_same(on: LoyaltySettings) -> None:
    who, end = make.customer(), make.soon(days=3)
    for _ in range(3):
        make.points(who, 1_000_000_000, expires_at=end)

    assert remind() == 1
    assert len(letters(who)) == 1


@pytest.mark.django_db
def test_who_takes_no_mail_or_minds_is_left_alone(on: LoyaltySettings) -> None:
    closed, stopped, without, erased = (make.customer(), make.customer(), make.customer(email=""), make.customer())
    for who in (closed, stopped, without, erased):
        make.points(who, 20, expires_at=make.soon(days=3))
    suppress(email=closed.email, reason="asked", actor=SYSTEM, now=timezone.now())
    reminders.stop(customer_id=stopped.id, now=timezone.now())
    reminders.stop(customer_id=stopped.id, now=timezone.now())
    Customer.objects.filter(id=erased.id).update(erased_at=timezone.now())

    assert remind() == 0
    assert not Message.objects.exists()
    assert ReminderStop.objects.count() == 1


@pytest.mark.django_db
def test_batches_reach_everybody(on: LoyaltySettings) -> None:
    people = [make.customer() for _ in range(5)]
    for who in people:
        make.points(who, 20, expires_at=make.soon(days=3))

    done = [reminders.remind(now=timezone.now(), limit=2) for _ in range(4)]

    assert done == [2, 2, 1, 0]
    assert all(len(letters(who)) == 1 for who in people)


@pytest.mark.django_db(transaction=True)
def test_two_machines_at_once_write_once(merchant: Merchant, together: Callable[..., Any]) -> None:
    with merchant_scope(merchant):
        rules(reminds=True)
        for _ in range(6):
            make.points(make.customer(), 20, expires_at=make.soon(days=3))

    def one() -> int:
        with merchant_scope(merchant):
            return remind()

    outcomes = together(one, [()] * 4)

    assert [each.error for each in outcomes] == [None] * 4
    assert sum(each.value for each in outcomes) == 6
    with merchant_scope(merchant):
        assert Message.objects.count() == PointReminder.objects.count() == 6


@pytest.mark.django_db
def test_job_writes_and_resumes(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "BATCH", 500)
    with merchant_scope(merchant):
        rules(reminds=True)
        who = make.customer()
        make.points(who, 20, expires_at=make.soon(days=3))
        job = enqueue(kind="points.remind", payload={}, dedupe_key="day", now=timezone.now())

    run_one(merchant.id, job.id)

    with merchant_scope(merchant):
        job = Job.objects.get(id=job.id)
        assert (job.state, job.done_rows) == ("done", 1)
        assert len(letters(who)) == 1


@pytest.mark.django_db
def test_the_mail_says_what_ends_when_and_how_to_have_no_more(on: LoyaltySettings, scope: Merchant) -> None:
    Merchant.objects.filter(id=scope.id).update(time_zone="America/New_York")
    who = make.customer(first_name="Mara")
    # Midnight in New York: the last day is the one before.
    here = timezone.localtime(timezone.now(), ZoneInfo("America/New_York"))
    end = (here + timedelta(days=5)).replace(hour=0, minute=0, second=0, microsecond=0)
    make.points(who, 1250, expires_at=end)
    make.points(who, 50)
    remind()
    (letter,) = letters(who)

    written = expiring(letter)

    assert written.subject == f"1,250 of your points at {scope.name} expire soon"
    assert "Hello Mara" in written.text
    assert "Altogether you have 1,300 points" in written.text
    day = (end - timedelta(days=1)).strftime("%-d %B %Y")
    assert f"1,250 points on {day}" in written.text
    assert f"/c/{scope.slug}/" in written.html
    headers = dict(written.headers)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop_url(scope, who.id) in headers["List-Unsubscribe"]
    assert stop_url(scope, who.id) in written.text


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["spent", "address", "stopped", "erased"])
def test_the_mail_is_not_sent_when_it_is_no_longer_true(on: LoyaltySettings, change: str) -> None:
    who = make.customer()
    lot = make.points(who, 20, expires_at=make.soon(days=3))
    remind()
    (letter,) = letters(who)
    if change == "spent":
        revoke(
            grant_id=lot,
            event="points.adjusted",
            origin="test",
            origin_id=uuid.uuid4(),
            customer_id=who.id,
            actor=SYSTEM,
            key="k",
        )
    elif change == "stopped":
        reminders.stop(customer_id=who.id, now=timezone.now())
    else:
        values: dict[str, Any] = {"email": "new@example.com"} if change == "address" else {"erased_at": timezone.now()}
        Customer.objects.filter(id=who.id).update(**values)

    with pytest.raises(NoLongerValid) as refusal:
        expiring(letter)

    assert refusal.value.quiet


@pytest.mark.django_db
def test_one_press_stops_reminders_without_cookies(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        who = make.customer()
        address = re.sub(r"^https?://[^/]+", "", stop_url(merchant, who.id))
    client = Client(enforce_csrf_checks=True)

    asked = client.get(address).content.decode()
    assert "Stop reminders" in asked
    with merchant_scope(merchant):
        assert not ReminderStop.objects.exists()
    pressed = client.post(address, {"List-Unsubscribe": "One-Click"})

    assert pressed.status_code == 200
    assert "No more reminders" in pressed.content.decode()
    with merchant_scope(merchant):
        assert ReminderStop.objects.filter(customer_id=who.id).exists()
    assert client.get(address[:-2] + "x/").status_code == 404


@pytest.mark.django_db
def test_another_merchants_token_is_nobodys(merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(merchant):
        who = make.customer()
        address = re.sub(r"^https?://[^/]+", "", stop_url(merchant, who.id))

    assert Client().post(address.replace(merchant.public_id, other_merchant.public_id)).status_code == 404


@pytest.mark.django_db
def test_old_reminders_are_forgotten(scope: Merchant) -> None:
    who = make.customer()
    now = timezone.now()

    def told(end: datetime) -> None:
        PointReminder.made_with(customer_id=who.id, expires_at=end, points=1, reminded_at=now).save()

    told(now - timedelta(days=31))
    told(now - timedelta(days=29))

    assert (reminders.remove_old(now=now, limit=10), reminders.remove_old(now=now, limit=10)) == (1, 0)
