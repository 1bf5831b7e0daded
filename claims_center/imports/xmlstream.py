"""Reading XML of unknown origin as a stream: no document types, no entities of its own, nothing fetched."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

CHUNK = 256 * 1024
LONGEST_TEXT = 1_000_000


class BadXml(Exception):  # noqa: N818 - reads as what it is
    """What was read is no XML that we take."""


@dataclass(slots=True)
class Element:
    """An element as it opens, with its attributes, or as it closes, with the text right before; names without prefix."""

    name: str
    opens: bool
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""


def attribute(element: Element, name: str) -> str:
    """Return an attribute, "" where there is none."""
    return element.attributes.get(name, "")


def elements(file: IO[bytes]) -> Iterator[Element]:
    """Yield openings and closings of elements as they come. Raises BadXml."""
    reader = _Reader()
    try:
        while chunk := file.read(CHUNK):
            reader.parser.Parse(chunk, False)  # noqa: FBT003 - expat's signature
            while reader.found:
                yield reader.found.popleft()
        reader.parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise BadXml(str(error)) from error
    yield from reader.found


class _Reader:
    """A parser that gathers what it meets."""

    def __init__(self) -> None:
        self.found: deque[Element] = deque()
        self._pieces: list[str] = []
        self._length = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self._text
        # Without a document type there are no entities but the five of XML itself.
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._clear()
        bare = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self.found.append(Element(name.rpartition(" ")[2], opens=True, attributes=bare))

    def _close(self, name: str) -> None:
        self.found.append(Element(name.rpartition(" ")[2], opens=False, text="".join(self._pieces)))
        self._clear()

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise BadXml("a text is too long")
        self._pieces.append(text)

    def _clear(self) -> None:
        self._pieces.clear()
        self._length = 0

    def _doctype(self, *_given: object) -> None:
        raise BadXml("a document type is declared")
