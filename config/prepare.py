"""Brings a database and its surroundings up to the code: `python -m config.prepare STEP ...`.

One process for several management commands, since starting Django costs more than most of them do.
"""

import gc
import os
import sys

import django
from django.core.management import call_command

# So many are made before it is looked which of them nobody needs; a hundred megabytes more, while this runs.
OBJECTS = 200_000
QUIETLY = ["--no-input", "--verbosity", "0"]
STEPS: dict[str, list[list[str]]] = {
    # The checks of the database refuse a role of the application that row level security does not hold.
    "migrate": [
        ["migrate", "--database", "owner", *QUIETLY],
        ["check", "--database", "default", "--database", "aside"],
    ],
    "demo": [["seed_demo"]],
    "static": [["collectstatic", *QUIETLY]],
}


def main(steps: list[str]) -> None:
    """Run the named steps one after the other."""
    unknown = [step for step in steps if step not in STEPS]
    if unknown or not steps:
        sys.exit(f"Usage: python -m config.prepare {'|'.join(STEPS)} ... (not {' '.join(unknown) or 'nothing'})")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    django.setup()
    # Migrations make models anew by the thousand: to look for garbage among them all the time takes a sixth of the work.
    gc.freeze()
    gc.set_threshold(OBJECTS)
    for step in steps:
        for command in STEPS[step]:
            call_command(*command)


if __name__ == "__main__":
    main(sys.argv[1:])
