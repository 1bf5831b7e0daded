"""One machine: `make run`, management commands, a first look. Plain HTTP on the loopback address."""

import secrets
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import DATA_DIR, SECRET_KEY


def _kept_secret(path: Path) -> str:
    """Return this machine's own secret key, made at first use and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = SECRET_KEY or _kept_secret(DATA_DIR / "secret_key")
