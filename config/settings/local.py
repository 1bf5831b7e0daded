"""One machine: `make run`, management commands, a first look. Plain HTTP on the loopback address."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import DATA_DIR, LOGGING, SECRET_KEY, env


def _kept_secret(path: Path) -> str:
    """Return this machine's own secret key, made at first use and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft:
            draft.write(secrets.token_urlsafe(50))
            draft.flush()
            # Several processes may start at once: the first link stands, and nobody reads half a file.
            with contextlib.suppress(FileExistsError):
                os.link(draft.name, path)
    return path.read_text()


SECRET_KEY = SECRET_KEY or _kept_secret(DATA_DIR / "secret_key")

# A person reads along.
LOGGING["formatters"]["own"]["style"] = env.str("LOG_FORMAT", "console")  # type: ignore[index]
