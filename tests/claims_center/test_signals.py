"""Signals: what stands out between claims, said in words, deciding nothing, blind to what customers think."""

import ast
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims_center import signals
from claims_center.errors import Incomplete
from claims_center.models import Claim, ClaimTrait, SignalDismissal, SignalKind, SignalRules
from claims_center.services import corrections, verdicts
from claims_center.services.signals import dismiss_signal, save_rules
from claims_center.services.submission import submit_claim
from claims_center.signals import normal
from customers.models import Customer
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_center.factories import (
    ADDRESS,
    NOW,
    NUMBER,
    STAFF,
    given_for,
    make_claim,
    make_funnel,
    make_promotion,
)
from tests.claims_pages.factories import path, sign_in

BY: dict[str, Any] = {"actor": STAFF, "now": NOW}


def kinds(claim: Claim) -> set[str]:
    return {signal.kind.value for signal in signals.signals_of(Claim.objects.get(id=claim.id))}


def claim_of(number: int, funnel: Any, **values: Any) -> Claim:
    given = {"email": f"c{number}@example.com", "order_number": f"4711-000{number}"}
    return make_claim(funnel, **given | values)


def test_notice_nothing_between_strangers(scope: Merchant) -> None:
    funnel = make_funnel()
    one = claim_of(1, funnel, phone="+1 555 123 4567")
    claim_of(2, funnel, phone="+1 555 123 4568")

    assert signals.signals_of(one) == []


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ({"order_number": NUMBER}, {"order_number": NUMBER.replace("-", " ")}, SignalKind.SAME_NUMBER),
        ({"phone": "+1 (555) 123-4567"}, {"phone": "555 123 4567"}, SignalKind.SAME_PHONE),
        ({"email": "ann.lee@gmail.com"}, {"email": "annlee+gift@googlemail.com"}, SignalKind.EMAIL_ALIAS),
        ({"email": "ann@shop.example"}, {"email": "ann+2@shop.example"}, SignalKind.EMAIL_ALIAS),
    ],
)
def test_notice_what_two_claims_have_in_common(
    scope: Merchant, first: dict[str, str], second: dict[str, str], kind: SignalKind
) -> None:
    funnel = make_funnel()
    one, other = claim_of(1, funnel, **first), claim_of(2, funnel, **second)

    for claim, companion in ((one, other), (other, one)):
        [found] = signals.signals_of(claim)
        assert (found.kind, [linked.id for linked in found.others]) == (kind, [companion.id])
        assert found.words.startswith("1 ")


def test_notice_the_same_address_however_it_is_written(scope: Merchant) -> None:
    funnel = make_funnel(make_promotion("item"))
    one = claim_of(1, funnel, address=ADDRESS | {"street": "5 Kings Road", "house_number": ""})
    claim_of(2, funnel, address=ADDRESS | {"street": "KINGS RD.", "postal_code": "97205-1234", "city": "PORTLAND"})
    claim_of(3, funnel, address=ADDRESS | {"house_number": "6"})

    [found] = signals.signals_of(one)

    assert (found.kind, len(found.others)) == (SignalKind.SAME_ADDRESS, 1)
    assert found.words == "1 claim of another customer has the same mailing address."


def test_notice_too_many_claims_in_the_merchants_period(scope: Merchant) -> None:
    funnel = make_funnel()
    made = [
        submit_claim(
            given=given_for(funnel, order_number=f"4711-000{day}"), now=NOW - timedelta(days=40 - 10 * day)
        ).claim
        for day in range(5)
    ]

    assert [kinds(claim) for claim in made] == [set(), set(), set(), set(), set()]
    save_rules(most_claims=2, days=25, **BY)
    assert [kinds(claim) for claim in made] == [set(), set(), {"many_claims"}, {"many_claims"}, {"many_claims"}]
    [found] = signals.signals_of(made[4])
    assert found.words == "This customer sent 3 claims within 25 days; up to 2 are fine."


def test_change_the_rules_again_and_again(merchant: Merchant) -> None:
    admin, address = sign_in(merchant, Role.ADMIN), path(merchant, "claims", "signals")
    for most_claims in ("5", "5", "2"):
        answer = admin.post(address, {"most_claims": most_claims, "days": "10", "op_id": str(uuid.uuid4())})
        assert (answer.status_code, answer.headers.get("Location")) == (302, address)
    refused = admin.post(address, {"most_claims": "0", "days": "10", "op_id": str(uuid.uuid4())})
    assert refused.status_code == 422
    with merchant_scope(merchant):
        assert SignalRules.objects.values_list("most_claims", "days").get() == (2, 10)


def test_take_the_same_customer_for_no_stranger(scope: Merchant) -> None:
    funnel = make_funnel(make_promotion("item"))
    one = claim_of(1, funnel, phone="5551234567")
    claim_of(1, funnel, phone="5551234567", order_number="4711-0009")

    assert signals.signals_of(one) == []


def test_follow_corrections(scope: Merchant) -> None:
    funnel = make_funnel(make_promotion("item"))
    one = claim_of(1, funnel, email="ann+x@example.com", address=ADDRESS | {"street": "Elm Street"})
    other = claim_of(2, funnel, email="ann@example.com")
    assert kinds(one) == {"email_alias"}

    corrections.correct_email(claim_id=one.id, email="bob@example.com", **BY)
    assert kinds(one) == kinds(other) == set()
    corrections.update_address(claim_id=one.id, address=ADDRESS, **BY)
    assert kinds(one) == kinds(other) == {"same_address"}


def test_forget_a_rejected_claims_number(scope: Merchant) -> None:
    funnel = make_funnel()
    one, other = claim_of(1, funnel, order_number=NUMBER), claim_of(2, funnel, order_number=NUMBER)

    verdicts.reject(claim_id=other.id, reason="Not ours", **BY)

    assert kinds(one) == set()


def test_see_no_other_merchants_claims(merchant: Merchant, other_merchant: Merchant) -> None:
    for whose in (merchant, other_merchant):
        with merchant_scope(whose):
            claim_of(1 if whose == merchant else 2, make_funnel(), phone="5551234567", order_number=NUMBER)

    for whose in (merchant, other_merchant):
        with merchant_scope(whose):
            assert signals.signals_of(Claim.objects.get()) == []


def test_change_nothing_about_a_claim(scope: Merchant) -> None:
    funnel = make_funnel(auto_verify=True)
    one = claim_of(1, funnel, phone="5551234567")
    before = Claim.objects.filter(id=one.id).values().get()

    claim_of(2, funnel, phone="5551234567")
    signals.signals_of(one)

    assert Claim.objects.filter(id=one.id).values().get() == before


def test_settle_a_signal_until_something_new_comes(scope: Merchant) -> None:
    funnel = make_funnel()
    one = claim_of(1, funnel, phone="5551234567")
    claim_of(2, funnel, phone="5551234567")
    for _time in range(2):
        dismiss_signal(claim_id=one.id, kind="same_phone", note="A family", **BY)

    [found] = signals.signals_of(one)
    assert found.dismissed is not None
    assert (found.is_open, found.dismissed.note, found.dismissed.actor) == (False, "A family", str(STAFF))
    assert SignalDismissal.objects.count() == AuditEvent.objects.filter(action="signal.dismissed").count() == 1
    submit_claim(
        given=given_for(funnel, email="c3@example.com", phone="5551234567", order_number="4711-0003"),
        now=NOW + timedelta(hours=1),
    )
    assert signals.signals_of(one)[0].is_open


@pytest.mark.parametrize(("kind", "note"), [("same_phone", "  "), ("mood", "Fine")])
def test_settle_nothing_without_a_reason(scope: Merchant, kind: str, note: str) -> None:
    claim = claim_of(1, make_funnel())

    with pytest.raises(Incomplete):
        dismiss_signal(claim_id=claim.id, kind=kind, note=note, **BY)


def test_notice_on_the_customer_what_its_claims_have_in_common_with_others(scope: Merchant) -> None:
    funnel = make_funnel()
    claim_of(1, funnel, phone="5551234567")
    claim_of(1, funnel, phone="5551234567", order_number="4711-0009")
    other = claim_of(2, funnel, phone="5551234567")

    found = signals.signals_of_customer(Customer.objects.get(email="c1@example.com").id)

    assert [(one.kind, [linked.id for linked in one.others]) for one in found] == [(SignalKind.SAME_PHONE, [other.id])]


def test_keep_no_readable_value(scope: Merchant) -> None:
    claim = claim_of(1, make_funnel(make_promotion("item")), phone="5551234567")

    tokens = set(ClaimTrait.objects.filter(claim=claim).values_list("token", flat=True))

    assert {len(token) for token in tokens} == {32}
    assert not any(word in token for token in tokens for word in ("555", "kings", "example"))


def test_need_as_many_queries_whatever_is_found(scope: Merchant) -> None:
    funnel = make_funnel()
    one = claim_of(1, funnel, phone="5551234567", order_number=NUMBER)
    counts = []
    for number in range(2, 8, 3):
        for more in range(number, number + 3):
            claim_of(more, funnel, phone="5551234567", order_number=NUMBER)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            signals.signals_of(one)
        counts.append(len(queries))

    assert counts == [4, 4]


def test_cannot_see_rating_feedback_or_redirect(scope: Merchant) -> None:
    """Neither the words of the code nor the statements that it sends name them."""
    funnel = make_funnel()
    claim = claim_of(1, funnel, phone="5551234567", order_number=NUMBER)
    claim_of(2, funnel, phone="5551234567", order_number=NUMBER)
    with CaptureQueriesContext(connection) as queries:
        found = signals.signals_of(claim) + signals.signals_of_customer(claim.customer_id)
    folder = Path(signals.__file__).parent
    names = {
        node.attr if isinstance(node, ast.Attribute) else node.value
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    }

    assert found
    blind = ("rating", "feedback", "did_redirect")
    assert [query["sql"] for query in queries if any(word in query["sql"] for word in blind)] == []
    assert {name for name in names if any(word in str(name) for word in blind)} == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"street": "Hauptstraße", "house_number": "5"}, {"street": "HAUPTSTR. 5"}),
        ({"street": "12 North Main Street", "house_number": "Apt 4"}, {"street": "12 N. Main St, Unit 4"}),
        ({"street": "Königsallee 1"}, {"street": "konigsallee", "house_number": "1"}),
    ],
)
def test_know_an_address_by_its_parts(one: dict[str, str], other: dict[str, str]) -> None:
    place = {"postal_code": "10115", "country": "DE"}

    assert normal.address_of(one | place) == normal.address_of(other | place) != ""


@pytest.mark.parametrize(
    "address",
    [{}, {"street": "Kings Road 5"}, {"street": "Kings Road", "city": "Portland"}, {"postal_code": "97205"}],
)
def test_compare_by_nothing_that_is_too_little(address: dict[str, str]) -> None:
    assert normal.address_of(address) == ""


@pytest.mark.parametrize(
    ("phone", "same"), [("0049 30 1234567", "030 1234567"), ("+44 (0)20 7946 0018", "02079460018")]
)
def test_know_a_phone_without_its_country(phone: str, same: str) -> None:
    assert normal.phone_of(phone) == normal.phone_of(same) != ""


@pytest.mark.parametrize("phone", ["", "12345", "n/a"])
def test_take_a_few_digits_for_no_phone(phone: str) -> None:
    assert normal.phone_of(phone) == ""


@pytest.mark.parametrize("email", ["a.b.c+d@gmail.com", "ABC@googlemail.com", "abc@gmail.com"])
def test_know_a_mailbox(email: str) -> None:
    assert normal.mailbox_of(email) == "abc@gmail.com"


def test_keep_dots_where_they_count() -> None:
    assert normal.mailbox_of("a.b@example.com") != normal.mailbox_of("ab@example.com")
