"""What happened to one document or person, newest or oldest first, ready to draw."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TimelineItem:
    """One event. `tone` is "", ok, warn, bad or info; `detail` is text (escaped) or safe HTML; `at` is aware."""

    icon: str
    tone: str
    title: str
    detail: str = ""
    at: datetime | None = None
    actor: str = ""


@dataclass(frozen=True)
class Fact:
    """One line of a facts list; `value` is text (escaped) or safe HTML from `ui.cells`."""

    label: str
    value: str
    copy: str = ""


@dataclass(frozen=True)
class Step:
    """One required action: `state` is done, now or later; `url` opens or does it."""

    label: str
    state: str = "later"
    detail: str = ""
    url: str = ""
    action: str = ""
