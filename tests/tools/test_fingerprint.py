"""What makes a database or a static folder out of date, and what does not."""

from pathlib import Path

import pytest

from config import fingerprint as module
from config.fingerprint import SCHEMA, STATIC, fingerprint


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small checkout."""
    for name in ("room/migrations/0001_initial.py", "room/sql/post.sql", "room/views.py", "static/ui/app.css"):
        write(tmp_path / name)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


def write(path: Path, text: str = "first") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    "name", ["room/migrations/0002_more.py", "room/sql/post.sql", "other/migrations/0001_initial.py"]
)
def test_schema_is_out_of_date_after_a_change(root: Path, name: str) -> None:
    before = fingerprint(SCHEMA)

    write(root / name, "second")

    assert fingerprint(SCHEMA) != before


@pytest.mark.parametrize("name", ["room/views.py", ".data/static/ui/app.css", ".venv/sql/x.sql"])
def test_other_files_change_nothing(root: Path, name: str) -> None:
    before = fingerprint(SCHEMA), fingerprint(STATIC)

    write(root / name, "second")

    assert (fingerprint(SCHEMA), fingerprint(STATIC)) == before
