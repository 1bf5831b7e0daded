"""Verification is a pure function of facts that hold nothing of what the customer thinks."""

import ast
import dataclasses
import inspect
from datetime import timedelta
from typing import Any

import pytest

from claims_center import checking, verification
from claims_center.services import submission
from claims_center.states import Verification
from claims_center.verification import ClaimFacts, History, ItemFacts, OrderFacts, check
from tests.claims_center.factories import NOW

FORBIDDEN = ("rating", "feedback", "redirect", "shared")
KNOWN = History(newest=NOW)


def a_claim(**values: Any) -> ClaimFacts:
    given: dict[str, Any] = {
        "number": "11123019458821034",
        "was_asked": True,
        "product": "Kettle",
        "marketplace": "Amazon",
        "skus": frozenset({"bb-ket-09"}),
        "listing_ids": frozenset({"b0bbket090"}),
        "buyer_email": "ann@example.com",
        "buyer_name": "Ann Lee",
        "submitted_at": NOW,
        "most_days": 30,
        "claimed_before": False,
    }
    return ClaimFacts(**given | values)


def an_order(**values: Any) -> OrderFacts:
    given: dict[str, Any] = {
        "number": "111-2301945-8821034",
        "ordered_at": NOW - timedelta(days=5),
        "is_cancelled": False,
        "is_pending": False,
        "buyer_email": "",
        "buyer_name": "",
        "items": (ItemFacts("BB-FIL-100", "B0BBFIL100", False), ItemFacts("BB-KET-09", "B0BBKET090", False)),
    }
    return OrderFacts(**given | values)


@pytest.mark.parametrize(
    ("claim", "order", "history", "outcome", "word"),
    [
        (a_claim(), an_order(), KNOWN, Verification.MATCH, "contains “Kettle”"),
        (a_claim(skus=frozenset()), an_order(), KNOWN, Verification.MATCH, "contains"),
        (a_claim(listing_ids=frozenset()), an_order(), KNOWN, Verification.MATCH, "contains"),
        (a_claim(), an_order(items=()), KNOWN, Verification.MATCH, "names no products"),
        (a_claim(number=""), None, KNOWN, Verification.NOT_CHECKED, "No order number was given"),
        (a_claim(number="", was_asked=False), None, KNOWN, Verification.NOT_CHECKED, "asks for no order number"),
        (a_claim(), None, History(None), Verification.NOT_CHECKED, "No orders of Amazon"),
        (a_claim(), an_order(is_pending=True), KNOWN, Verification.NOT_CHECKED, "not paid yet"),
        (a_claim(), None, KNOWN, Verification.NO_SUCH_ORDER, "up to 2026-11-20"),
        (a_claim(), None, History(NOW, alike=2), Verification.NO_SUCH_ORDER, "2 orders end in"),
        (a_claim(), an_order(is_cancelled=True), KNOWN, Verification.NO_SUCH_ORDER, "cancelled"),
        (a_claim(claimed_before=True), an_order(), KNOWN, Verification.ALREADY_CLAIMED, "earlier claim"),
        (a_claim(claimed_before=True), None, KNOWN, Verification.ALREADY_CLAIMED, "earlier claim"),
        (
            a_claim(),
            an_order(items=(ItemFacts("BB-FIL-100", "", False),)),
            KNOWN,
            Verification.WRONG_PRODUCT,
            "does not contain",
        ),
        (
            a_claim(),
            an_order(items=(ItemFacts("BB-KET-09", "", True),)),
            KNOWN,
            Verification.WRONG_PRODUCT,
            "does not contain",
        ),
        (a_claim(), an_order(ordered_at=NOW - timedelta(days=30, hours=23)), KNOWN, Verification.MATCH, ""),
        (a_claim(), an_order(ordered_at=NOW - timedelta(days=31)), KNOWN, Verification.TOO_OLD, "31 days old"),
        (a_claim(most_days=None), an_order(ordered_at=NOW - timedelta(days=3000)), KNOWN, Verification.MATCH, ""),
        (a_claim(), an_order(buyer_email="ANN@example.com"), KNOWN, Verification.MATCH, ""),
        (a_claim(), an_order(buyer_email="bob@example.com"), KNOWN, Verification.OTHER_BUYER, "somebody else"),
        (a_claim(), an_order(buyer_email="x1@marketplace.amazon.com"), KNOWN, Verification.MATCH, ""),
        (a_claim(), an_order(buyer_email="bob@example.com", buyer_name="A. LEE"), KNOWN, Verification.MATCH, ""),
        (a_claim(buyer_name="Zoë Müller"), an_order(buyer_name="MUELLER ZOE"), KNOWN, Verification.MATCH, ""),
        (a_claim(), an_order(buyer_name="Bob Ray"), KNOWN, Verification.OTHER_BUYER, "somebody else"),
        (a_claim(buyer_name=""), an_order(buyer_name="Bob Ray"), KNOWN, Verification.MATCH, ""),
    ],
)
def test_judge_by_the_facts(
    claim: ClaimFacts, order: OrderFacts | None, history: History, outcome: Verification, word: str
) -> None:
    result = check(claim, order, history)

    assert result.verification == outcome
    assert word in result.reason
    assert result.reason.endswith((".", ")."))


def test_reach_every_outcome() -> None:
    source = inspect.getsource(verification)
    assert [one.name for one in Verification if f"Verification.{one.name}" not in source] == []


@pytest.mark.parametrize("facts", [ClaimFacts, OrderFacts, ItemFacts, History])
def test_hold_no_fact_about_opinions(facts: Any) -> None:
    names = [field.name for field in dataclasses.fields(facts)]
    assert [name for name in names if any(word in name for word in FORBIDDEN)] == []


def test_see_nothing_of_opinions() -> None:
    """Not a name in the code that verifies, gathers its facts, or decides what follows, is about an opinion."""
    for module in (verification, checking):
        assert names_in(ast.parse(inspect.getsource(module))) == set(), module.__name__


def test_decide_about_nothing_by_opinion_when_submitting() -> None:
    """The one place that takes rating and feedback in copies and checks their form; no condition there reads them."""
    decisions = {"submit_claim", "_insert", "_listing", "_customer", "_mark_repeat"}
    tree = ast.parse(inspect.getsource(submission))
    bodies = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in decisions]
    assert len(bodies) == len(decisions)
    assert [body.name for body in bodies if names_in(body)] == []


def test_notice_a_rule_that_looked() -> None:
    """The check above can fail."""
    assert names_in(ast.parse("def f(claim):\n    return claim.rating > 3")) == {"rating"}


def names_in(tree: ast.AST) -> set[str]:
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg | ast.keyword) and node.arg}
    return {name for name in found if any(word in name.lower() for word in FORBIDDEN)}
