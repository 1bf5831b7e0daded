"""No rule sees what a customer thinks: not the rating, not the words, not whether they were shared.

Held twice: by the code, of which no name and no text speaks of an opinion where something is decided, and by what
happens, which is the same whatever the opinion.
"""

import ast
import inspect
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import claims_center
from claims_center import public
from claims_center.models import Claim, Funnel, Journey
from claims_center.public.guard import refusal
from claims_center.services import reminders, submission
from claims_center.services.journeys import begin, keep_draft
from claims_center.services.sharing import record_redirect
from codes.models import Code
from messaging.models import Message
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.factories import NOW, given_for, make_funnel, make_order, make_promotion
from tests.claims_center.test_verification import FORBIDDEN, names_in

HOME = Path(inspect.getfile(claims_center)).parent
# Modules that decide: whether an order fits, who is reminded, what follows, who may send, what looks like misuse.
DECIDING = (
    "verification",
    "checking",
    "matching",
    "rematching",
    "remindermail",
    "services.reminders",
    "services.rechecks",
    "services.numbers",
    "public.guard",
    "public.keys",
    "catalogue.readiness",
)
PACKAGES = ("signals",)


def deciding() -> list[str]:
    """Return the modules above, and every module of the packages that are there."""
    found = [f"claims_center.{name}" for name in DECIDING]
    for package in PACKAGES:
        paths = sorted((HOME / package).rglob("*.py"))
        found += ["claims_center." + ".".join(path.relative_to(HOME).with_suffix("").parts) for path in paths]
    return [name.removesuffix(".__init__") for name in found]


def words_in(tree: ast.AST) -> set[str]:
    """Return the texts of a module that name an opinion, such as the key of a draft; docstrings may speak of it."""
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
    }
    return {text for text in texts if any(word in text.lower() for word in FORBIDDEN)}


@pytest.mark.parametrize("name", deciding())
def test_name_no_opinion_where_something_is_decided(name: str) -> None:
    tree = ast.parse(inspect.getsource(import_module(name)))
    assert (names_in(tree), words_in(tree)) == (set(), set())


@pytest.mark.parametrize("name", deciding())
def test_import_nothing_that_holds_opinions_alone(name: str) -> None:
    tree = ast.parse(inspect.getsource(import_module(name)))
    sources = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert not {one for one in sources if one.endswith(("services.sharing", "public.forms", "public.review"))}


@pytest.mark.parametrize("code", ["def f(c):\n return c.draft['typed']['rating']", "def f(c):\n return c.did_redirect"])
def test_notice_a_rule_that_looked(code: str) -> None:
    """The checks above can fail."""
    tree = ast.parse(code)
    assert names_in(tree) | words_in(tree)


def test_take_claims_in_by_no_opinion() -> None:
    """Of submission only what copies and measures the answers names them."""
    tree = ast.parse(inspect.getsource(submission))
    naming = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and names_in(node)}
    assert naming <= {"check_answers", "_drafted"}


OPINIONS: list[dict[str, Any]] = [
    {"rating": 1, "feedback": "It broke on the first day, I want my money back."},
    {"rating": 5, "feedback": "Wonderful!"},
    {"rating": None, "feedback": ""},
]


@pytest.fixture
def handsfree(scope: Merchant) -> Funnel:
    make_order()
    return make_funnel(make_promotion("pool"), auto_verify=True, auto_send=True, remind_after_hours=2)


@pytest.mark.parametrize("opinion", OPINIONS, ids=["one star", "five stars", "none"])
@pytest.mark.parametrize("shared", [False, True])
def test_verify_and_send_whatever_was_said(handsfree: Funnel, opinion: dict[str, Any], *, shared: bool) -> None:
    claim = submission.submit_claim(given=given_for(handsfree, **opinion), now=NOW).claim
    if shared:
        record_redirect(claim_id=claim.id, now=NOW)
    claim = Claim.objects.get()
    assert (claim.status, claim.verification, bool(claim.gift_code)) == ("verified", "match", True)
    assert Message.objects.filter(kind="claim.gift").count() == 1
    assert Code.objects.filter(state="taken").count() == 1


@pytest.mark.parametrize("opinion", OPINIONS, ids=["one star", "five stars", "none"])
def test_remind_whatever_was_said(handsfree: Funnel, opinion: dict[str, Any]) -> None:
    typed = {"email": "ann@example.com", "first_name": "Ann", "last_name": "Lee"}
    typed |= {name: str(value or "") for name, value in opinion.items()}
    journey = keep_draft(journey=begin(funnel=handsfree, now=NOW), draft={"typed": typed, "passed": []}, now=NOW)
    reminders.wish(journey=journey, funnel=handsfree, wanted=True, now=NOW)
    at = Journey.objects.get().remind_at
    assert at == NOW + timedelta(hours=2)
    assert reminders.remind(journey_ids=[journey.pk], now=at) == 1
    letter = Message.objects.get(kind="claim.reminder")
    assert letter.context == {"journey": str(journey.pk)}


def test_limit_senders_by_who_and_when_alone() -> None:
    assert set(inspect.signature(refusal).parameters) == {"request", "funnel", "journey", "email", "now"}
    assert public.__doc__


def test_offer_share_to_everybody() -> None:
    """Whether the button shows hangs on nothing: its part of the page stands in no condition on an opinion."""
    page = (HOME.parent / "templates/funnel/parts/submitted.html").read_text(encoding="utf-8")
    conditions = {line.split("%}")[0] for line in page.split("{% if ")[1:]}
    assert {one.strip() for one in conditions} <= {"feedback", "preview"}


def test_make_the_same_claim_of_every_opinion(scope: Merchant) -> None:
    seen = set()
    for number, opinion in enumerate(OPINIONS):
        funnel = make_funnel(make_promotion("fixed", name=f"Gift {number}"), slug=f"f-{number}", name="Same")
        given = given_for(funnel, order_number=f"111-0000000-000000{number}", email=f"a{number}@example.com", **opinion)
        claim = submission.submit_claim(given=given, now=NOW).claim
        seen.add((claim.status, claim.verification, claim.delivery_status, claim.attention))
    assert len(seen) == 1
    with merchant_scope(scope):
        assert Claim.objects.count() == len(OPINIONS)
