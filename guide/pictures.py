"""The pictures of the help pages: what each shows in words, and where `make tutorial` has put it."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

from guide.captions import CAPTIONS

MANIFEST = "guide/pictures.json"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its caption, its file (a name for `static`) and its size in pixels."""

    name: str
    caption: Any
    file: str
    width: int
    height: int


@cache
def manifest() -> dict[str, dict[str, Any]]:
    """Return what was drawn, by the pictures' names; nothing where no picture was ever drawn."""
    found = finders.find(MANIFEST)
    read: dict[str, dict[str, Any]] = json.loads(Path(found).read_text(encoding="utf-8")) if found else {}
    return read


def pictures_of(topic: str) -> list[Picture]:
    """Return the pictures of a topic that were drawn, in their order."""
    drawn = manifest()
    return [
        Picture(name, caption, f"guide/{drawn[name]['file']}", drawn[name]["width"], drawn[name]["height"])
        for name, caption in CAPTIONS.get(topic, {}).items()
        if name in drawn
    ]
