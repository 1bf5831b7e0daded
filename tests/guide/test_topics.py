"""Every screen has its help page, and every help page explains what is on the screen."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from claims_center.marketplaces import Marketplace
from claims_center.models.bulk import BulkKind
from claims_center.models.promotion import Source
from claims_center.models.signal import SignalKind
from exports.states import RunState
from guide.captions import CAPTIONS
from guide.context import help_url
from guide.finding import find_topics, text_of
from guide.marks import MARKS
from guide.routes import SCREENS, TOPIC_BY_ROUTE
from guide.topics import TOPICS
from ledger.units import Bucket, Unit
from loyalty.states import RewardType
from tenancy.models import Merchant
from tenancy.roles import Role

NAMED = re.compile(r"{% mark \"([\w-]+)\" \"(\w*)\" %}")
# Words that the help must use as they stand on the screens, by topic.
LABELS: dict[str, Any] = {
    "imports": RunState,
    "promotions": Source,
    "products": Marketplace,
    "ledger": [*Unit, *Bucket],
    "members": Role,
    "misuse": SignalKind,
    "redeemed-rewards": RewardType,
    "bulk": BulkKind,
}
# What stands on the screens by name, and is no state of anything.
EXACT = {
    "claim": ["Send Gift by Email", "Mark as Processed", "Unprocess", "Verify", "Reject", "Required actions"],
    "claims": ["Did Redirect", "Already claimed", "Edit", "Assign"],
    "bulk": ["Undo", "Will be done", "Will be skipped"],
    "overview": ["Campaign Performance Overview"],
    "tracker": ["Claim submitted", "Share", "Did Redirect"],
    "deliveries": ["Resend"],
    "redeemed-rewards": ["Unused / Used", "0: INIT: INIT", "1: SUCCESS"],
    "offers": ["Pending", "Clipped", "Processing", "Shipping", "Expired", "Canceled", "Completed"],
}


def routes(resolver: URLResolver, route: str = "", room: str = "") -> Iterator[tuple[str, Any]]:
    """The names and views of all staff addresses."""
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, here, pattern.app_name or room)
        elif here.startswith("m/"):
            yield f"{room}:{pattern.name}", pattern.callback


def test_give_every_screen_a_topic() -> None:
    screens = {name for name, view in routes(get_resolver()) if hasattr(view.view_class, "get")}
    assert screens - set(TOPIC_BY_ROUTE) == set(), "Name the topic of these addresses in guide/routes.py"


def test_name_no_screen_that_is_gone() -> None:
    assert set(TOPIC_BY_ROUTE) - {name for name, _view in routes(get_resolver())} == set()


def test_name_every_screen_once() -> None:
    assert sum(len(names) for names in SCREENS.values()) == len(TOPIC_BY_ROUTE)


def test_lead_to_topics_that_exist() -> None:
    assert set(SCREENS) - {""} - set(TOPICS) == set()
    assert set(CAPTIONS) - set(TOPICS) == set()
    assert [topic.slug for topic in TOPICS.values() if topic.screen and not reverse(topic.screen, args=["x"])] == []


@pytest.mark.parametrize("slug", TOPICS)
def test_show_a_topic(slug: str, merchant: Merchant, owner: Client) -> None:
    page = owner.get(f"/m/{merchant.slug}/help/{slug}/")

    assert page.status_code == 200
    text = page.content.decode()
    for anchor in ("purpose", "how", "words", "keys", "questions"):
        body = re.search(rf'<h2 id="{anchor}">.*?</h2>(.*?)</section>', text, re.DOTALL)
        assert body, anchor
        assert len(re.sub("<[^>]+>|\\s", "", body.group(1))) > 20, anchor
    assert "<details>" in text
    assert "{%" not in text
    assert "{{" not in text


@pytest.mark.parametrize("kind", MARKS)
def test_explain_every_state(kind: str) -> None:
    mark = MARKS[kind]
    template: Any = get_template(f"guide/topics/{mark.topic}.html")
    source = template.template.source
    explained = {value for named, value in NAMED.findall(source) if named == kind}
    assert explained == set(mark.states.values)


@pytest.mark.parametrize("topic", LABELS)
def test_use_the_words_of_the_screens(topic: str) -> None:
    text = text_of(topic, "en")
    assert [str(one.label) for one in LABELS[topic] if str(one.label) not in text] == []


@pytest.mark.parametrize("topic", EXACT)
def test_use_the_names_of_the_buttons(topic: str) -> None:
    text = text_of(topic, "en")
    assert [words for words in EXACT[topic] if words not in text] == []


def test_choose_the_topic_by_the_screen() -> None:
    assert help_url("x", "claims:claim") == "/m/x/help/claim/"
    assert help_url("x", "guide:topic") == "/m/x/help/"
    assert help_url("x", "nobody:knows") == "/m/x/help/"


def test_find_a_topic_by_its_words() -> None:
    assert find_topics("bounced")[0].topic.slug in {"deliveries", "claim"}
    assert find_topics("Undo")[0].topic.slug == "bulk"
    assert next(hit.topic.slug for hit in find_topics("API key")) == "api-keys"
    assert find_topics("suppress")[0].topic.slug == "deliveries"


def test_find_only_what_has_all_words() -> None:
    assert find_topics("bounced zeppelin") == []
    assert find_topics("  ..  ") == []


def test_show_where_a_word_was_found() -> None:
    (hit, *_rest) = find_topics("burnt")
    assert hit.topic.slug == "code-pools"
    assert hit.found.lower() == "burnt"
