"""The ledger's SQL, a folder per migration: files in order of their names, each a list of statements."""

import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)
CREATED = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION (\S+?)\(")


def statements(folder: str, pattern: str = "*.sql") -> Iterator[str]:
    """Yield the single statements of a folder's files. A semicolon inside a function's body ends nothing."""
    for path in sorted((HERE / folder).glob(pattern)):
        yield from _split(path.read_text())


def functions(folder: str) -> list[str]:
    """Return the names of the functions that a folder creates, in order."""
    return [name for text in statements(folder) for name in CREATED.findall(text)]


def _split(text: str) -> Iterator[str]:
    statement = ""
    for line in COMMENT.sub("", text).splitlines(keepends=True):
        statement += line
        if line.rstrip().endswith(";") and statement.count("$$") % 2 == 0:
            yield statement.strip().removesuffix(";")
            statement = ""
