"""Exported files on disk: private, outside every address, named by run; a name without an ending is a whole file."""

import contextlib
import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

from django.conf import settings

FOLDER = "exports"
PIECE = 1024 * 1024


class Kept(NamedTuple):
    """A whole file: its size in bytes, and its SHA-256 in hex."""

    size: int
    sha256: str


def folder_of(merchant_id: uuid.UUID) -> Path:
    """Return where a merchant's exported files stand."""
    return Path(settings.MEDIA_ROOT) / FOLDER / str(merchant_id)


def path_of(merchant_id: uuid.UUID, run_id: uuid.UUID) -> Path:
    """Return where a run's whole file stands, or will."""
    return folder_of(merchant_id) / str(run_id)


@contextlib.contextmanager
def draft(merchant_id: uuid.UUID, run_id: uuid.UUID) -> Iterator[IO[bytes]]:
    """Open a new draft of a run's file, readable by the application's account alone; gone when anything is raised.

    What an attempt that was killed has left is removed first. Each attempt has a draft of its own, so that one that
    lost its job without noticing writes into nobody's file.
    """
    folder = folder_of(merchant_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.glob(f"{run_id}.part-*"):
        left.unlink(missing_ok=True)
    path = folder / f"{run_id}.part-{uuid.uuid4().hex}"
    try:
        with open(path, "x+b", buffering=PIECE, opener=_private) as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def keep(file: IO[bytes], *, merchant_id: uuid.UUID, run_id: uuid.UUID) -> Kept:
    """Make an open draft the run's file, in one step and for good; return its size and SHA-256 as they are on disk."""
    file.flush()
    os.fsync(file.fileno())
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # a file that was opened to read
    path = path_of(merchant_id, run_id)
    Path(file.name).replace(path)
    _settle(path.parent)
    return Kept(path.stat().st_size, digest)


def is_whole(merchant_id: uuid.UUID, run_id: uuid.UUID, size: int) -> bool:
    """Say whether a run's file is there with this size."""
    path = path_of(merchant_id, run_id)
    return path.is_file() and path.stat().st_size == size


def forget(*, merchant_id: uuid.UUID, run_id: uuid.UUID) -> None:
    """Remove a run's file and its drafts, if they are still there."""
    for path in folder_of(merchant_id).glob(f"{run_id}*"):
        path.unlink(missing_ok=True)


def older_than(merchant_id: uuid.UUID, moment: float) -> Iterable[Path]:
    """Yield the merchant's files and drafts last written before a moment (Unix seconds)."""
    folder = folder_of(merchant_id)
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.stat().st_mtime < moment)


def _settle(folder: Path) -> None:
    # The new name is on disk as well once its folder is.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
