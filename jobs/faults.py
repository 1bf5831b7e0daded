"""Named points at which the kill tests stop a worker: `fault("gift.before_post")`.

Does nothing unless settings.ALLOW_FAULTS is on, which a system check refuses outside tests. Then the environment
decides: `FAULT_gift_before_post=sigkill@1` kills this process at its first passage, `raise` raises Injected at each,
`raise@2` at the second only, `sleep:0.5` sleeps.
"""

import os
import signal
import time
from collections import Counter

from django.conf import settings

_passed: Counter[str] = Counter()


class Injected(RuntimeError):  # noqa: N818 - says what it is
    """The error that a test asked for."""


def fault(point: str) -> None:
    """Fail here if a test asked for it."""
    if not settings.ALLOW_FAULTS:
        return
    asked = os.environ.get(f"FAULT_{point.replace('.', '_')}")
    if asked:
        _passed[point] += 1
        _fail(asked, _passed[point])


def _fail(asked: str, passage: int) -> None:
    what, _, nth = asked.partition("@")
    if nth and int(nth) != passage:
        return
    action, _, amount = what.partition(":")
    if action == "sigkill":
        os.kill(os.getpid(), signal.SIGKILL)
    if action == "sleep":
        time.sleep(float(amount))
    if action == "raise":
        raise Injected
