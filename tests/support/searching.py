"""Property tests: the same examples on every day in the suite, new ones and many more of them by `make proofs`.

A suite that finds something new on another machine's day stops whoever works there, and not who wrote it. So the suite
repeats itself, and the search goes on where somebody waits for it.
"""

import os

from hypothesis import HealthCheck, settings

FULL = os.environ.get("PROOFS") == "full"
MORE = 30

# A test's own time limit counts; and a fixture that is shared by the examples of one test is meant to be.
settings.register_profile(
    "house",
    max_examples=100 * MORE if FULL else 100,
    derandomize=not FULL,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("house")


def examples(number: int, *, steps: int = 25) -> settings:
    """Return settings for so many examples (of so many acts, for a state machine); many times as many in a search."""
    return settings(max_examples=number * MORE if FULL else number, stateful_step_count=steps)
