"""The merchant's own words: kept, refused, reset, switched; and what becomes of a mail by them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims_center.mailtexts import GIFT
from messaging.errors import NoLongerValid
from messaging.kinds import UnknownKind, all_kinds
from messaging.models import MailText
from messaging.text_rows import read_once
from messaging.texts import is_on, text_for, written
from messaging.trial import sample
from messaging.wording import (
    ChangedMeanwhile,
    NotSwitchable,
    Problem,
    change_text,
    problems_of,
    reset_text,
    switch,
)
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope

BY: dict[str, Any] = {"actor": Actor.system(), "now": timezone.now()}
WORDS = {"subject": "Hey {first_name}", "heading": "", "body": "Because: {reason}", "button": "Look"}
REJECTED = "claim.rejected"


@pytest.fixture(autouse=True)
def real_words(settings: Any, tests_words: None) -> None:
    """The product's own kinds."""
    settings.MESSAGE_RENDERERS = "config.messages.RENDERERS"


def values(**more: str) -> dict[str, str]:
    """What a rejected claim's fields say."""
    given = dict.fromkeys(all_kinds()[REJECTED].field_names(), "x")
    return given | {"first_name": "Ann", "reason": "Too old"} | more


def test_have_our_words_for_every_kind(scope: Merchant) -> None:
    for kind, mail in all_kinds().items():
        text = text_for(kind)
        words = {part: getattr(text, part) for part in ("subject", "heading", "body", "button")}
        assert (problems_of(kind=kind, words=words), text.is_own, text.is_on) == ([], False, mail.on)
        rendered = sample(kind, text, merchant=scope)
        assert "{" not in rendered.subject + rendered.text + rendered.html.partition("</style>")[2]
        assert "Robin" in rendered.text


def test_say_the_merchants_words_once_there_are_some(scope: Merchant) -> None:
    change_text(kind=REJECTED, words=WORDS, version=0, **BY)

    found = written(REJECTED, values(), merchant=scope, button_url="https://x.example/")

    assert found.subject == "Hey Ann"
    assert "Because: Too old" in found.text
    assert '<a href="https://x.example/">' in found.html
    assert text_for(REJECTED).is_own


def test_escape_what_is_filled_into_html(scope: Merchant) -> None:
    change_text(kind=REJECTED, words=WORDS | {"body": "<img src=x> {name} {reason}"}, version=0, **BY)

    found = written(REJECTED, values(name="<script>x</script>", reason="<b>"), merchant=scope)

    assert "&lt;img src=x&gt; &lt;script&gt;x&lt;/script&gt; &lt;b&gt;" in found.html
    assert "<script" not in found.html


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"body": "{reason} {nonsense}"}, Problem("body", "unknown", ("nonsense",))),
        ({"subject": "{tracker_link}"}, Problem("subject", "unknown", ("tracker_link",))),
        ({"button": "{code}"}, Problem("button", "unknown", ("code",))),
        ({"body": "No."}, Problem("body", "missing", ("reason",))),
        ({"body": "  "}, Problem("body", "empty")),
        ({"subject": "Hi\r\nBcc: a@example.com"}, Problem("subject", "control")),
    ],
)
def test_name_what_is_wrong_with_words(scope: Merchant, change: dict[str, str], problem: Problem) -> None:
    words = WORDS | change

    assert problem in problems_of(kind=REJECTED, words=words)
    with pytest.raises(ValueError, match="cannot be kept"):
        change_text(kind=REJECTED, words=words, version=0, **BY)
    assert not MailText.objects.exists()


def test_audit_each_change_once(scope: Merchant) -> None:
    for _press in range(3):
        change_text(kind=REJECTED, words=WORDS, version=0, **BY)
    for _press in range(3):
        reset_text(kind=REJECTED, **BY)
    for _press in range(3):
        switch(kind=REJECTED, is_on=False, **BY)

    actions = AuditEvent.objects.order_by("at", "id").values_list("action", flat=True)
    assert list(actions) == ["mail_text.changed", "mail_text.reset", "mail_text.switched_off"]
    assert "Hey {first_name}" in str(AuditEvent.objects.get(action="mail_text.changed").after)
    assert (text_for(REJECTED).is_own, text_for(REJECTED).is_on) == (False, False)


def test_refuse_words_over_words_that_were_not_seen(scope: Merchant) -> None:
    change_text(kind=REJECTED, words=WORDS, version=0, **BY)

    with pytest.raises(ChangedMeanwhile):
        change_text(kind=REJECTED, words=WORDS | {"subject": "Mine"}, version=0, **BY)

    assert text_for(REJECTED).subject == "Hey {first_name}"


def test_keep_one_of_many_who_write_at_once(merchant: Merchant, together: Callable[..., list[Any]]) -> None:
    def write(number: int) -> str:
        with merchant_scope(merchant):
            return change_text(kind=REJECTED, words=WORDS | {"heading": f"H{number}"}, version=0, **BY).heading

    outcomes = together(write, [(number,) for number in range(10)])

    kept = [outcome.value for outcome in outcomes if outcome.error is None]
    assert len(kept) == 1
    assert {type(outcome.error) for outcome in outcomes if outcome.error} == {ChangedMeanwhile}
    with merchant_scope(merchant):
        assert (MailText.objects.get().heading, MailText.objects.get().version) == (kept[0], 1)
        assert AuditEvent.objects.count() == 1


def test_never_switch_the_gift_off(scope: Merchant) -> None:
    with pytest.raises(NotSwitchable):
        switch(kind="claim.gift", is_on=False, **BY)
    MailText.objects.create(kind="claim.gift", is_on=False, changed_at=timezone.now())

    assert not GIFT.switchable
    assert is_on("claim.gift")


def test_send_nothing_that_was_switched_off_meanwhile(scope: Merchant) -> None:
    switch(kind=REJECTED, is_on=False, **BY)

    with pytest.raises(NoLongerValid) as refusal:
        written(REJECTED, values(), merchant=scope)
    assert (refusal.value.code, refusal.value.quiet) == ("switched_off", True)


def test_know_no_kind_that_is_not_listed(scope: Merchant) -> None:
    with pytest.raises(UnknownKind):
        text_for("claim.nothing")


def test_keep_texts_apart_by_merchant(merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(merchant):
        change_text(kind=REJECTED, words=WORDS, version=0, **BY)
    with merchant_scope(other_merchant):
        assert not text_for(REJECTED).is_own


def test_read_a_text_once_for_a_batch(scope: Merchant) -> None:
    with CaptureQueriesContext(connection) as captured, read_once():
        for _mail in range(5):
            written(REJECTED, values(), merchant=scope)

    assert len([one for one in captured if "messaging_mailtext" in one["sql"]]) == 1


def test_write_a_colour_that_can_be_read(scope: Merchant) -> None:
    scope.accent = "#ffff66"

    html = written(REJECTED, values(), merchant=scope, button_url="https://x.example/").html

    assert "#ffff66" not in html.partition("</style>")[2]
