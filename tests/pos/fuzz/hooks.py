"""What the fuzzer is lent, so that it gets past "there is nothing with this id": ids that exist, most of the time.

`FUZZ_SUPPLY` names a JSON file: a list of values for each name. Cases that are to be wrong are left alone.
"""

import json
import os
import random
import uuid
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.generation import GenerationMode

SUPPLY: dict[str, list[Any]] = json.loads(Path(os.environ["FUZZ_SUPPLY"]).read_text())
OFTEN = 0.8


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Put lent ids into path, query and body of a case that is to be right, and let it be an act of its own."""
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
    for values in (case.path_parameters, case.query):
        lend(values, set())
    # What a body calls a reference is new: a second purchase of the same one is refused.
    lend(case.body, {"reference"})


def lend(values: Any, own: set[str]) -> None:
    """Put lent values in place of those that there is a supply of, but for the case's own."""
    if isinstance(values, dict) and random.random() < OFTEN:  # noqa: S311 - no secret
        lent = [name for name in values if name in SUPPLY and name not in own]
        values.update({name: random.choice(SUPPLY[name]) for name in lent})  # noqa: S311
