"""What the test messages say, and who hears of their fate."""

from datetime import datetime
from typing import Any

from messaging.errors import NoLongerValid
from messaging.models import Message
from messaging.render import Rendered

heard: list[tuple[str, int, str]] = []
corrected: list[tuple[str, str]] = []


def render(message: Message) -> Rendered:
    """Say hello; refuse where the context says that the gift is gone."""
    if message.context.get("gone"):
        raise NoLongerValid("gift_withdrawn")
    if message.context.get("broken"):
        raise KeyError("no such word")
    return Rendered(subject="Your gift", text="Your code: FREE-1", html="<p>Your code: FREE-1</p>")


def changed(*, message: Message, status: str, at: datetime) -> None:
    """Remember what was told."""
    heard.append((message.kind, message.seq, status))


def correct(*, message: Message, to_address: str, actor: Any, now: datetime) -> None:
    """Remember the corrected address."""
    corrected.append((str(message.id), to_address))


RENDERERS = {"test.gift": "tests.messaging.words.render", "test.note": "tests.messaging.words.render"}
LISTENERS = {"claim": "tests.messaging.words.changed"}
CORRECTORS = {"claim": "tests.messaging.words.correct"}
