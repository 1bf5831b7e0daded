"""Sending the claim, sharing it, and what stands in the way."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from claims_center.models import ClaimChange, Funnel, Listing
from claims_center.services.funnels import close_funnel
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import make_funnel, make_promotion
from tests.public.walker import CONTACT, Walker
from tests.support.threads import Outcome


def test_show_share_and_the_private_link_after_sending(walker: Walker) -> None:
    walker.submit()
    page = walker.get("submitted").content.decode()
    (claim,) = walker.claims()
    assert f"/track/{claim.tracker_token}/" in page
    assert re.search(r'<button[^>]*type="submit">.*Share</button>', page)
    assert "It leaks a little" in page
    assert walker.journey().draft == {}


def test_list_every_answer_before_sending(walker: Walker) -> None:
    walker.walk()
    page = walker.get("review").content.decode()
    assert [word in page for word in ("Cold Brew Kit", "112-7391030-0042617", "2 of 5", "ines@example.com")] == [
        True
    ] * 4


def test_make_one_claim_when_sent_twice(walker: Walker) -> None:
    walker.submit()
    again = walker.post("review")
    assert again["Location"] == walker.url("submitted")
    assert len(walker.claims()) == 1


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_make_one_claim_from_ten_posts_at_once(walker: Walker, together: Callable[..., list[Outcome]]) -> None:
    walker.walk()
    cookies = {name: morsel.value for name, morsel in walker.client.cookies.items()}

    def press() -> tuple[int, str]:
        client = Client()
        client.cookies.load(cookies)
        response = client.post(walker.url("review"))
        return response.status_code, response["Location"]

    outcomes = together(press, [()] * 10)
    assert {outcome.value for outcome in outcomes} == {(302, walker.url("submitted"))}
    assert len(walker.claims()) == 1


def test_answer_the_same_for_a_number_that_was_claimed_before(merchant: Merchant, funnel: Funnel) -> None:
    pages = []
    for email in ("first@example.com", "second@example.com"):
        walker = Walker(Client(), merchant, funnel)
        walker.walk(until="contact")
        walker.post("contact", **CONTACT | {"email": email})
        sent = walker.post("review")
        page = walker.get("submitted").content.decode()
        pages.append(
            (
                sent.status_code,
                sent["Location"],
                re.sub(r"/track/[^\"/]+/|value=\"[\w]{64}\"|content=\"[\w]{64}\"", "", page),
            )
        )
    assert pages[0] == pages[1]
    assert len(Walker(Client(), merchant, funnel).claims()) == 2


def test_begin_anew_for_another_order(walker: Walker) -> None:
    walker.submit()
    assert walker.get()["Location"] == walker.url("submitted")
    walker.post("again")
    assert walker.get().status_code == 200
    walker.submit()
    assert len(walker.claims()) == 2


def test_share_leads_to_the_listing_and_counts_once(walker: Walker) -> None:
    walker.submit()
    first = walker.post("share")
    (claim,) = walker.claims()
    walker.post("share")
    (after,) = walker.claims()
    assert '<meta http-equiv="refresh" content="0; url=https://www.amazon.com/dp/B0BREWKIT1">' in first.content.decode()
    assert first.status_code == 200
    assert claim.did_redirect_at is not None
    assert after.did_redirect_at == claim.did_redirect_at
    assert walker.journey().shared_at == claim.did_redirect_at
    with merchant_scope(walker.merchant):
        assert ClaimChange.objects.filter(event="claim.shared").count() == 1


def test_share_leads_nowhere_else(walker: Walker) -> None:
    walker.submit()
    with merchant_scope(walker.merchant):
        # Past every check of the application, as a restored backup or a slip of an administrator might.
        Listing.objects.update(url="https://evil.example/dp/1")
    page = walker.client.post(f"{walker.url('share')}?url=https://evil.example/&next=//evil.example").content.decode()
    assert "evil.example" not in page
    assert "http-equiv" not in page


def test_share_only_by_pressing(walker: Walker) -> None:
    walker.submit()
    assert walker.get("share")["Location"] == walker.url("submitted")
    assert walker.get("again")["Location"] == walker.url("submitted")
    assert Client().post(walker.url("share"))["Location"] == walker.url()
    assert walker.claims()[0].did_redirect_at is None


@pytest.mark.parametrize("rating", ["1", "5"])
def test_show_share_whatever_the_rating(walker: Walker, rating: str) -> None:
    walker.walk(until="feedback")
    walker.post("feedback", rating=rating, feedback="")
    walker.post("contact", **CONTACT)
    walker.post("review")
    assert "data-share" in walker.get("submitted").content.decode()


CLOSED: dict[str, tuple[dict[str, Any], str]] = {
    "not open": ({"starts_at": datetime(2099, 3, 1, 9, tzinfo=UTC)}, "This promotion opens on Mar 1, 2099, 9:00"),
    "ended": ({"ends_at": datetime(2026, 2, 1, 18, tzinfo=UTC)}, "This promotion ended on Feb 1, 2026, 6:00"),
    "closed": ({"closed_at": datetime(2026, 2, 1, tzinfo=UTC)}, "This promotion has been closed"),
}


@pytest.mark.parametrize("state", CLOSED)
def test_say_in_plain_words_why_it_is_closed(merchant: Merchant, state: str) -> None:
    values, words = CLOSED[state]
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel(**values))
    first = walker.get()
    assert first.status_code == (200 if state == "not open" else 410)
    assert words in first.content.decode()
    assert walker.post("", listing="x").status_code == 409


def test_find_no_page_for_a_draft(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel(published_at=None))
    assert walker.get().status_code == 404
    assert Client().get(f"/f/{merchant.slug}/no-such-funnel/").status_code == 404
    assert Client().get("/f/no-such-merchant/brew-kit/").status_code == 404


def test_send_nothing_when_it_closes_in_the_middle(walker: Walker, funnel: Funnel) -> None:
    walker.walk()
    with merchant_scope(walker.merchant):
        close_funnel(funnel_id=funnel.id, actor=Actor.system(), now=timezone.now())
    response = walker.post("review")
    assert response.status_code == 409
    assert "What you typed was not sent." in response.content.decode()
    assert walker.claims() == []


def test_keep_share_and_tracker_when_it_closes_afterwards(walker: Walker, funnel: Funnel) -> None:
    walker.submit()
    with merchant_scope(walker.merchant):
        close_funnel(funnel_id=funnel.id, actor=Actor.system(), now=timezone.now())
    assert walker.get("submitted").status_code == 200
    assert walker.post("share").status_code == 200
    assert "Open the claim that you sent" in walker.get().content.decode()


def test_say_closed_when_its_gift_was_withdrawn(walker: Walker, funnel: Funnel) -> None:
    walker.walk()
    with merchant_scope(walker.merchant):
        funnel.promotion.archived_at = timezone.now()
        funnel.promotion.save()
    assert walker.post("review").status_code == 409
    assert walker.claims() == []


def test_keep_journeys_of_two_funnels_apart(merchant: Merchant, funnel: Funnel) -> None:
    with merchant_scope(merchant):
        kit = funnel.funnel_products.get().product
        second = make_funnel(slug="second", products=[kit], promotion=make_promotion(name="Other"))
    client = Client()
    walker = Walker(client, merchant, funnel)
    walker.submit()
    assert Walker(client, merchant, second).get().status_code == 200
    assert len([name for name in client.cookies if name.startswith("funnel-")]) == 2


def test_protect_the_journey_cookie(walker: Walker) -> None:
    walker.get()
    (plain,) = [morsel for name, morsel in walker.client.cookies.items() if name.startswith("funnel-")]
    assert (plain["path"], bool(plain["httponly"]), plain["samesite"]) == ("/f/", True, "Lax")
    response = Client().get(walker.url(), secure=True)
    (secure,) = [morsel for name, morsel in response.cookies.items() if "funnel-" in name]
    assert secure.key.startswith("__Host-funnel-")
    assert (secure["path"], bool(secure["secure"]), secure["domain"]) == ("/", True, "")


def test_take_no_forged_journey(walker: Walker) -> None:
    walker.walk()
    stranger = Client()
    (name,) = [name for name in walker.client.cookies if name.startswith("funnel-")]
    stranger.cookies[name] = str(walker.journey().id)
    assert stranger.get(walker.url("review"))["Location"].startswith(walker.url())


def test_show_the_form_again_when_it_waited_too_long(walker: Walker) -> None:
    walker.walk(until="feedback")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = walker.client.cookies
    response = strict.post(walker.url("feedback"), {"rating": "4", "feedback": "Still here"})
    page = response.content.decode()
    assert response.status_code == 403
    assert "Still here" in page
    assert "press the button once more" in page
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    again = strict.post(walker.url("feedback"), {"rating": "4", "csrfmiddlewaretoken": token[1]})
    assert again["Location"] == walker.url("contact")


@pytest.mark.parametrize("step", ["share", "again", "review"])
def test_change_nothing_for_a_post_from_elsewhere(walker: Walker, step: str) -> None:
    walker.submit()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = walker.client.cookies
    assert strict.post(walker.url(step), headers={"Origin": "https://evil.example"}).status_code == 403
    assert walker.claims()[0].did_redirect_at is None


def test_refuse_what_only_a_machine_fills_in(walker: Walker) -> None:
    walker.walk(until="contact")
    response = walker.post("contact", **CONTACT, website="https://spam.example")
    assert response.status_code == 422
    assert walker.post("review")["Location"].startswith(walker.url("contact"))


def test_slow_down_an_address_that_sends_a_lot(
    merchant: Merchant, funnel: Funnel, monkeypatch: pytest.MonkeyPatch
) -> None:
    walkers = [Walker(Client(), merchant, funnel) for _ in range(6)]
    for number, walker in enumerate(walkers):
        walker.walk(until="contact")
        walker.post("contact", **CONTACT | {"email": f"c{number}@example.com"})
    monkeypatch.setattr(settings, "RATE_LIMIT_FACTOR", 1.0)
    answers = [walker.post("review") for walker in walkers]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert "what you typed is kept" in answers[-1].content.decode()
    assert len(walkers[0].claims()) == 5
    assert walkers[-1].get("review").status_code == 200


def test_keep_personal_pages_out_of_caches_and_search(walker: Walker) -> None:
    walker.walk()
    response = walker.get("review")
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


def test_count_no_visit_for_a_prefetch(merchant: Merchant, funnel: Funnel) -> None:
    client = Client()
    url = f"/f/{merchant.slug}/{funnel.slug}/"
    client.get(url, headers={"Sec-Purpose": "prefetch"})
    client.head(url)
    with merchant_scope(merchant):
        assert funnel.journeys.count() == 0


def test_forget_a_journey_after_a_week(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    walker.walk()
    later = timezone.now() + timedelta(days=8)
    monkeypatch.setattr("django.core.signing.time.time", later.timestamp)
    assert walker.get("review")["Location"] == f"{walker.url()}?notice=first"
