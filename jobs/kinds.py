"""Kinds of jobs: which function handles one, how many at once, on which queue and under which lease.

The map from kind to handler stands in `settings.JOB_HANDLERS` (a dotted path to a dict of dotted paths). Beside it, in
the same module, stand `LABELS` (kind -> words for people) and `CLEANERS` (what the nightly clean-up calls). A handler
says the rest about itself with `@job_handler`.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.utils.module_loading import import_string

F = TypeVar("F", bound=Callable[..., None])

DEFAULT_LEASE = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Traits:
    """What a handler says about itself."""

    batch: int = 0
    lease: timedelta = DEFAULT_LEASE
    queue: str = ""
    on_dead: str = ""
    retry_by_hand: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job, ready to run."""

    name: str
    handler: Callable[..., None]
    traits: Traits

    @property
    def takes_many(self) -> bool:
        """Say whether the handler takes a list of runs rather than one."""
        return self.traits.batch > 0

    @property
    def at_once(self) -> int:
        """Return how many jobs one call takes."""
        return max(self.traits.batch, 1)


class UnknownKind(LookupError):  # noqa: N818 - reads as what is the case
    """A job's kind has no handler."""


def job_handler(
    *,
    batch: int = 0,
    lease: timedelta = DEFAULT_LEASE,
    queue: str = "",
    on_dead: str = "",
    retry_by_hand: bool = True,
) -> Callable[[F], F]:
    """Describe a handler.

    ``batch``: more than 0 means that it takes a list of up to so many runs of one merchant. ``lease``: how long a
    run may be silent; at least three times the longest network time-out. ``queue``: Celery queue, the default one if
    empty. ``on_dead``: dotted path of ``def f(*, payload, code, now)``, called in the merchant's scope in the
    transaction that gives the job up. ``retry_by_hand``: False where a person tries again elsewhere, as a recorded
    decision of its own (a message is sent again as a new one).
    """

    def describe(function: F) -> F:
        function.job_traits = Traits(batch, lease, queue, on_dead, retry_by_hand)  # type: ignore[attr-defined]
        return function

    return describe


def can_retry(name: str) -> bool:
    """Say whether a dead job of this kind may be retried by hand."""
    try:
        return kind_of(name).traits.retry_by_hand
    except UnknownKind:
        return False


def can_stop(name: str) -> bool:
    """Say whether a running job of this kind may be called off: not one of a batch, which is in the middle of it."""
    try:
        return not kind_of(name).takes_many
    except UnknownKind:
        return True


def tell_dead(*, kind: str, payload: dict[str, Any], code: str, now: datetime) -> None:
    """Tell the room that owns a job of this kind that it was given up, in the caller's transaction."""
    try:
        path = kind_of(kind).traits.on_dead
    except UnknownKind:
        return
    if path:
        import_string(path)(payload=payload, code=code, now=now)


def kind_of(name: str) -> Kind:
    """Return the kind with its handler imported; raise UnknownKind where the map has none."""
    return _kind_in(settings.JOB_HANDLERS, name)


@functools.cache
def _kind_in(handlers: str, name: str) -> Kind:
    path = import_string(handlers).get(name)
    if path is None:
        raise UnknownKind(name)
    handler = import_string(path)
    return Kind(name, handler, getattr(handler, "job_traits", Traits()))


def kind_names() -> list[str]:
    """Return every kind that has a handler."""
    return sorted(import_string(settings.JOB_HANDLERS))


def beside(name: str) -> Any:
    """Return what stands beside the map of handlers under this name, or an empty dict."""
    module = settings.JOB_HANDLERS.rpartition(".")[0]
    try:
        return import_string(f"{module}.{name}")
    except ImportError:
        return {}


def label_of(kind: str) -> str:
    """Return the kind in words."""
    return str(beside("LABELS").get(kind, kind.replace(".", ": ").replace("_", " ")))
