"""Statements keep to what PostgreSQL 16 knows, as far as words tell; the suite on a server of that version says the rest."""

import re

import pytest

from tests.architecture.house import ROOMS, ROOT, name

# What came with 17 or 18. `uuidv7` is excused: config/sql/bootstrap.sql makes it where the server has none.
NEWER = re.compile(
    r"""
    \bmerge_action\b | \bWHEN\s+NOT\s+MATCHED\s+BY\b
    | \bRETURNING\s+(?:WITH\b|OLD\b|NEW\b|[^;"]*\b(?:old|new)\.)
    | \bJSON_(?:TABLE|EXISTS|QUERY|VALUE|SCALAR|SERIALIZE)\b
    | \bWITHOUT\s+OVERLAPS\b | \bNOT\s+ENFORCED\b | \bAT\s+LOCAL\b | \bSET\s+EXPRESSION\b
    | \b(?:array_sort|array_reverse|uuidv4|uuid_extract_\w+|unicode_assigned|to_bin|to_oct)\s*\(
    | \btransaction_timeout\b | \bON_ERROR\s+(?:ignore|stop)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


@pytest.mark.parametrize(
    "statement",
    [
        "MERGE INTO a USING b ON a.id = b.id WHEN NOT MATCHED BY SOURCE THEN DELETE",
        "UPDATE a SET n = 1 RETURNING old.n, new.n",
        "SELECT * FROM JSON_TABLE(given, '$[*]' COLUMNS (n int))",
        "ALTER TABLE a ADD CHECK (n > 0) NOT ENFORCED",
        "SELECT array_sort(names)",
        "SELECT uuid_extract_timestamp(id)",
        "SET LOCAL transaction_timeout = '5s'",
    ],
)
def test_know_what_is_newer(statement: str) -> None:
    assert NEWER.search(statement)


def test_keep_to_the_oldest_server() -> None:
    files = [path for room in ROOMS for kind in ("*.py", "*.sql") for path in (ROOT / room).rglob(kind)]
    assert len(files) > 500
    found = {name(path): hit[0] for path in files if (hit := NEWER.search(path.read_text(encoding="utf-8")))}
    assert found == {}
