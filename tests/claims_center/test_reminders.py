"""The reminder: only who asked for it, once, and not when there is nothing to be reminded of."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from claims_center.models import Claim, Funnel, Journey, ReminderRefusal
from claims_center.remindermail import reminder
from claims_center.retention import remove_old_drafts
from claims_center.services.funnels import close_funnel
from claims_center.services.reminders import remind
from jobs.models import Job
from messaging.errors import NoLongerValid
from messaging.models import Message, Suppression
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import make_funnel
from tests.public.walker import CONTACT, Walker
from tests.support.threads import Outcome

pytestmark = pytest.mark.django_db(databases=["default", "aside"])
HOURS = 4


@pytest.fixture(autouse=True)
def _no_brakes(settings: Any) -> None:
    settings.RATE_LIMIT_FACTOR = 1000.0


@pytest.fixture
def funnel(merchant: Merchant) -> Funnel:
    with merchant_scope(merchant):
        return make_funnel(remind_after_hours=HOURS)


@pytest.fixture
def walker(merchant: Merchant, funnel: Funnel) -> Walker:
    return Walker(Client(), merchant, funnel)


def leave(walker: Walker, **values: str) -> Journey:
    """Walk up to the check, and go away."""
    walker.walk(until="contact")
    walker.post("contact", **CONTACT | {"remind": "on"} | values)
    return walker.journey()


def later() -> datetime:
    return timezone.now() + timedelta(hours=HOURS, minutes=20)


def run(walker: Walker, now: datetime | None = None) -> int:
    with merchant_scope(walker.merchant):
        ids = list(Journey.objects.values_list("pk", flat=True))
        return remind(journey_ids=ids, now=now or later())


def letters(walker: Walker) -> list[Message]:
    with merchant_scope(walker.merchant):
        return list(Message.objects.filter(kind="claim.reminder").select_related("merchant"))


def test_ask_by_an_empty_box_in_plain_words(walker: Walker) -> None:
    walker.walk(until="contact")
    page = walker.get("contact").content.decode()
    box = page[page.index('name="remind"') - 40 : page.index('name="remind"') + 60]
    assert "checked" not in box
    assert "If I do not finish, remind me once by e-mail" in page


def test_ask_nobody_where_the_funnel_reminds_nobody(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel())
    leave(walker)
    assert 'name="remind"' not in walker.get("contact").content.decode()
    assert walker.journey().remind_at is None


def test_remind_once_after_the_hours(walker: Walker) -> None:
    journey = leave(walker)
    assert journey.remind_at is not None
    assert timedelta(hours=HOURS) <= journey.remind_at - timezone.now() + timedelta(minutes=1)
    with merchant_scope(walker.merchant):
        assert Job.objects.get(kind="claims.remind").next_at == journey.remind_at
    assert run(walker, timezone.now()) == 0
    assert [run(walker), run(walker)] == [1, 0]
    (letter,) = letters(walker)
    assert (letter.to_address, letter.to_name) == ("ines@example.com", "Ines Fournier")
    assert "rating" not in str(letter.context)


def test_remind_nobody_who_did_not_tick(walker: Walker) -> None:
    leave(walker, remind="")
    assert run(walker) == 0


def test_take_the_wish_back(walker: Walker) -> None:
    leave(walker)
    walker.post("contact", **CONTACT)
    assert walker.journey().remind_at is None
    assert run(walker) == 0


def closed(walker: Walker) -> None:
    close_funnel(funnel_id=walker.funnel.id, actor=Actor.system(), now=timezone.now())


def switched_off(walker: Walker) -> None:
    Funnel.objects.update(remind_after_hours=None)


def suppressed(walker: Walker) -> None:
    Suppression.objects.create(email_norm="ines@example.com", reason="bounced", created_at=timezone.now())


def refused(walker: Walker) -> None:
    ReminderRefusal.objects.create(email_norm="ines@example.com", created_at=timezone.now())


def withdrawn(walker: Walker) -> None:
    walker.funnel.promotion.archived_at = timezone.now()
    walker.funnel.promotion.save()


@pytest.mark.parametrize("meanwhile", [closed, switched_off, suppressed, refused, withdrawn])
def test_remind_nobody_when_it_would_be_wrong(walker: Walker, meanwhile: Callable[[Walker], None]) -> None:
    leave(walker)
    with merchant_scope(walker.merchant):
        meanwhile(walker)
    assert run(walker) == 0
    assert letters(walker) == []


def test_remind_nobody_who_finished(walker: Walker) -> None:
    leave(walker)
    walker.post("review")
    assert run(walker) == 0


def test_remind_nobody_who_claimed_in_another_browser(walker: Walker, merchant: Merchant, funnel: Funnel) -> None:
    leave(walker, email="INES@example.com")
    other = Walker(Client(), merchant, funnel)
    other.submit()
    assert run(walker) == 0


def test_write_one_letter_for_two_visits_of_one_person(walker: Walker, merchant: Merchant, funnel: Funnel) -> None:
    leave(walker)
    second = Walker(Client(), merchant, funnel)
    second.walk(until="contact")
    second.post("contact", **CONTACT | {"remind": "on"})
    assert run(walker) == 1
    assert len(letters(walker)) == 1


def links(walker: Walker) -> tuple[str, str]:
    """Return the links of the letter: go on, and stop."""
    run(walker)
    with merchant_scope(walker.merchant):
        written = reminder(letters(walker)[0])
    found = [word for word in written.text.replace("\n", " ").split() if word.startswith("http")]
    paths = [one[one.index("/f/") :] for one in found if "/f/" in one]
    return next(one for one in paths if "/resume/" in one), next(one for one in paths if "/stop/" in one)


def test_go_on_in_another_browser_with_everything_typed(walker: Walker) -> None:
    leave(walker)
    go_on, _stop = links(walker)
    other = Walker(Client(), walker.merchant, walker.funnel)
    response = other.client.get(go_on)
    assert response["Location"] == f"{walker.url('review')}?notice=welcome"
    page = other.client.get(response["Location"]).content.decode()
    assert "Welcome back" in page
    assert "112-7391030-0042617" in page
    other.post("review")
    assert len(walker.claims()) == 1
    again = Client().get(go_on).content.decode()
    assert "Your claim is in" in again
    assert walker.claims()[0].tracker_token not in again


def test_stop_by_pressing_and_not_by_opening(walker: Walker) -> None:
    leave(walker)
    _go_on, stop = links(walker)
    assert Client().get(stop).status_code == 200
    with merchant_scope(walker.merchant):
        assert not ReminderRefusal.objects.exists()
    for _press in range(2):
        assert "We send no more reminders" in Client().post(stop).content.decode()
    with merchant_scope(walker.merchant):
        assert ReminderRefusal.objects.get().email_norm == "ines@example.com"
        with pytest.raises(NoLongerValid):
            reminder(letters(walker)[0])


def test_refuse_links_that_are_old_or_made_up(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    leave(walker)
    go_on, stop = links(walker)
    key = go_on.rstrip("/").rpartition("/")[2]
    assert Client().get(stop.replace(stop.rstrip("/").rpartition("/")[2], key)).status_code == 410
    assert Client().get(f"{go_on.rstrip('/')}x/")["Location"].endswith("?notice=expired")
    monkeypatch.setattr("claims_center.public.keys.VALID", timedelta(seconds=-1))
    assert Client().get(go_on)["Location"].endswith("?notice=expired")
    assert Client().post(stop).status_code == 410


def test_send_nothing_that_is_over_by_then(walker: Walker) -> None:
    leave(walker)
    run(walker)
    walker.post("review")
    with merchant_scope(walker.merchant), pytest.raises(NoLongerValid):
        reminder(letters(walker)[0])


def test_keep_what_was_typed_as_long_as_the_link_holds(walker: Walker) -> None:
    leave(walker)
    run(walker)
    now = timezone.now()
    with merchant_scope(walker.merchant):
        Journey.objects.update(visited_at=now - timedelta(days=8))
        assert remove_old_drafts(now=now, limit=10) == 0
        assert remove_old_drafts(now=now + timedelta(days=8), limit=10) == 1
        assert Journey.objects.get().draft == {}


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_remind_once_when_two_workers_have_the_job(walker: Walker, together: Callable[..., list[Outcome]]) -> None:
    leave(walker)
    outcomes = together(lambda: run(walker), [()] * 4)
    assert sorted(outcome.value for outcome in outcomes) == [0, 0, 0, 1]
    assert len(letters(walker)) == 1
    with merchant_scope(walker.merchant):
        assert Claim.objects.count() == 0
