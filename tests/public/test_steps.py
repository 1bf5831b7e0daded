"""The pages with fields: order, back, errors, what is kept."""

import pytest
from django.test import Client

from claims_center.models import Funnel
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import make_funnel, make_product, make_promotion
from tests.public.walker import CONTACT, FEEDBACK, ORDER, Walker


def test_show_products_and_marketplaces_on_the_first_page(walker: Walker) -> None:
    page = walker.get().content.decode()
    assert "Cold Brew Kit" in page
    assert page.count('name="listing"') == 2
    assert "Your gift: Barista guide, worth $12.00" in page
    assert "never depends on your rating" in page


def test_make_one_claim_when_every_step_is_filled_in(walker: Walker) -> None:
    response = walker.submit()
    (claim,) = walker.claims()
    assert response["Location"] == walker.url("submitted")
    assert (claim.customer_name, claim.order_number, claim.rating) == ("Ines Fournier", "112-7391030-0042617", 2)
    assert (claim.feedback, claim.marketplace) == (FEEDBACK["feedback"], "amazon")


def test_count_each_step_once(walker: Walker) -> None:
    walker.walk(until="contact")
    walker.get("contact")
    before = walker.journey()
    walker.post("", listing=walker.listing("ebay"))
    walker.get("contact")
    after = walker.journey()
    assert None not in (before.started_at, before.order_at, before.feedback_at, before.contact_at)
    assert (after.started_at, after.contact_at) == (before.started_at, before.contact_at)


@pytest.mark.parametrize("step", ["order", "feedback", "contact", "review", "submitted"])
def test_lead_to_the_first_page_when_a_step_is_skipped(walker: Walker, step: str) -> None:
    walker.get()
    assert walker.get(step)["Location"].startswith(walker.url())
    walker.post(step, **ORDER, **FEEDBACK, **CONTACT)
    assert walker.claims() == []


def test_refuse_a_listing_that_is_not_in_the_funnel(walker: Walker) -> None:
    with merchant_scope(walker.merchant):
        other = make_product("Other", asin="B0OTHER001", marketplaces="amazon").listings.get()
    response = walker.post("", listing=str(other.id))
    assert response.status_code == 422
    assert "not part of the promotion" in response.content.decode()


def test_keep_what_was_typed_when_going_back(walker: Walker) -> None:
    walker.walk(until="contact")
    response = walker.post("contact", first_name="Ines", email="not yet", back="1")
    assert response["Location"] == walker.url("feedback")
    page = walker.get("contact").content.decode()
    assert 'value="Ines"' in page
    assert 'value="not yet"' in page
    assert "This is not an e-mail address" not in page


def test_say_each_error_beside_its_field_and_keep_the_rest(walker: Walker) -> None:
    walker.walk(until="contact")
    response = walker.post("contact", **CONTACT | {"email": "ines@", "phone": "call me"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_email_error"' in page
    assert 'id="id_phone_error"' in page
    assert 'value="Fournier"' in page


def test_question_an_unusual_order_number_once(walker: Walker) -> None:
    walker.walk(until="order")
    first = walker.post("order", order_number="my order")
    assert first.status_code == 422
    assert 'name="sure" value="my order"' in first.content.decode()
    assert walker.post("order", order_number="my order", sure="my order").status_code == 302


@pytest.mark.parametrize(
    "typed", ["112-7391030-0042617", "11273910300042617", "#112 7391030 0042617", "Order 112-739103O-0042617"]
)
def test_take_an_order_number_as_people_type_it(walker: Walker, typed: str) -> None:
    walker.walk(until="order")
    assert walker.post("order", order_number=typed).status_code == 302


@pytest.mark.parametrize(
    "pasted",
    [
        "112\u22127391030\u22120042617",  # minus signs
        "112-739\u00ad1030-0042617",  # a soft hyphen
        "112-\u200b7391030-\u200b0042617",  # places where a line may break
        "112\u200e-7391030\u200e-0042617",  # marks of the direction of writing
        "\ufeff112\u2011739\u206010300042617",
    ],
)
def test_take_an_order_number_as_it_is_pasted(walker: Walker, pasted: str) -> None:
    walker.walk(until="order")
    assert walker.post("order", order_number=pasted).status_code == 302


def test_leave_the_order_number_out_where_it_is_not_asked(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel(order_number="none"))
    walker.get()
    response = walker.post("", listing=walker.listing())
    assert response["Location"] == walker.url("feedback")
    assert "Step 2 of 4" in walker.get("feedback").content.decode()


def test_count_the_characters_of_the_feedback(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel(min_feedback=20))
    walker.walk(until="feedback")
    response = walker.post("feedback", rating="5", feedback="  too short  ")
    assert "11 more characters, please." in response.content.decode()


def test_take_no_rating_for_an_answer_too(walker: Walker) -> None:
    walker.walk(until="feedback")
    walker.post("feedback", feedback="")
    walker.post("contact", **CONTACT)
    walker.post("review")
    (claim,) = walker.claims()
    assert (claim.rating, claim.feedback) == (None, "")


def test_ask_the_address_only_for_a_gift_that_is_shipped(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel(promotion=make_promotion(physical=True)))
    walker.walk(until="contact")
    assert 'name="postal_code"' in walker.get("contact").content.decode()
    missing = walker.post("contact", **CONTACT).content.decode()
    assert "Type the street." in missing
    walker.submit()
    (claim,) = walker.claims()
    assert (claim.ship_to["city"], claim.ship_to["country"]) == ("Lyon", "FR")


def test_say_so_for_bytes_that_are_no_text(walker: Walker) -> None:
    walker.walk(until="feedback")
    body = "rating=3&feedback=good%00coffee%ED%A0%BD"
    response = walker.client.post(walker.url("feedback"), body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422
    assert "Null characters are not allowed." in response.content.decode()
    assert walker.journey().draft["typed"]["feedback"].startswith("goodcoffee")


def test_begin_again_with_what_was_typed_when_the_journey_is_gone(walker: Walker) -> None:
    walker.walk(until="contact")
    walker.client.cookies.clear()
    response = walker.post("contact", **CONTACT)
    assert response["Location"] == f"{walker.url()}?notice=again"
    assert "starts from the beginning" in walker.client.get(response["Location"]).content.decode()
    walker.post("", listing=walker.listing())
    walker.post("order", **ORDER)
    walker.post("feedback", **FEEDBACK)
    assert 'value="ines@example.com"' in walker.get("contact").content.decode()


def test_come_back_to_the_first_page_when_the_product_has_left_the_funnel(walker: Walker, funnel: Funnel) -> None:
    walker.walk()
    with merchant_scope(walker.merchant):
        product = make_product("New", asin="B0NEWONE01")
        funnel.funnel_products.update(product=product)
    response = walker.post("review")
    assert response["Location"].startswith(walker.url())
    assert walker.claims() == []
