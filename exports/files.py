"""Uploaded files on disk: private, outside every address, named by run and never by what a browser sent."""

import hashlib
import os
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from django.conf import settings

FOLDER = "imports"


class Chunks(Protocol):
    """What an uploaded file offers."""

    def chunks(self) -> Iterable[bytes]:
        """Yield the file piece by piece."""
        ...


def folder_of(merchant_id: uuid.UUID) -> Path:
    """Return where a merchant's uploads stand."""
    return Path(settings.MEDIA_ROOT) / FOLDER / str(merchant_id)


def path_of(merchant_id: uuid.UUID, run_id: uuid.UUID) -> Path:
    """Return where a run's file stands."""
    return folder_of(merchant_id) / str(run_id)


def keep(upload: Chunks, *, merchant_id: uuid.UUID, run_id: uuid.UUID) -> tuple[int, str]:
    """Write an upload to its place, readable by the application's account alone; return its size and SHA-256."""
    path = path_of(merchant_id, run_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with open(path, "xb", opener=_private) as file:
        for chunk in upload.chunks():
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def forget(*, merchant_id: uuid.UUID, run_id: uuid.UUID) -> None:
    """Remove a run's file, if it is still there."""
    path_of(merchant_id, run_id).unlink(missing_ok=True)


def older_than(merchant_id: uuid.UUID, moment: float) -> Iterable[Path]:
    """Yield the merchant's files last written before a moment (Unix seconds)."""
    folder = folder_of(merchant_id)
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.stat().st_mtime < moment)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
