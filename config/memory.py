"""How Python's garbage collector goes about its work in a process that serves for long.

Left as it is, it looks through everything there is once in a while: for a process with Django, its models and templates
that is 80 to 120 ms, in the middle of somebody's request. What was loaded at the start is never garbage.
"""

import gc

# New objects before the youngest are looked through, and how often before the older and the oldest are. A page makes
# some ten thousand; nearly all of them go by themselves.
THRESHOLDS = (20_000, 20, 50)


def settle() -> None:
    """Leave what is there now out of every later collection, and collect less often; call it once all is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
