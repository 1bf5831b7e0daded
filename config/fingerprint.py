"""Whether what a database or a static folder was made from has changed since."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = (
    "[!.]*/migrations/*.py",
    "[!.]*/sql/**/*.sql",
    "tenancy/base.py",
    "tenancy/operations*",
    "tenancy/operations/**/*.py",
    "tenancy/backend/**/*.py",
    "config/settings/base.py",
    "requirements.txt",
)
STATIC = ("static/**/*", "[!.]*/static/**/*", "config/settings/base.py", "requirements.txt")


def fingerprint(patterns: Iterable[str], *also: str) -> str:
    """A short digest of the names and contents of all files that match, and of the words given."""
    digest = hashlib.sha256("\0".join(also).encode())
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}):
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]
