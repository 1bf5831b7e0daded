"""File transfer: a part under a name of its own, looked at, then renamed; the manifest after it.

Nothing but a rename ever makes the final name, so whoever watches the folder sees the whole file or none.
"""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from exports.destinations.contract import DeliveryRefused, Manifest, Progress, manifest_name, unheard
from exports.destinations.sftp_session import Access, Limits, Session, opened
from tenancy.ids import new_id

CHUNK = 32 * 1024
DEFAULT_LIMITS = Limits()
TEST = b"A test of the connection.\n"


@dataclass(frozen=True, slots=True)
class SftpDelivery:
    """File transfer to one folder of one server."""

    access: Access
    limits: Limits = DEFAULT_LIMITS

    def deliver(self, path: Path, *, name: str, manifest: Manifest, attempt: int, progress: Progress = unheard) -> str:
        """Bring a file there; see `contract.Delivery`."""
        with opened(self.access, self.limits) as session:
            for earlier in range(1, attempt):
                session.forget(_part(name, earlier))
                session.forget(_part(manifest_name(name), earlier))
            with path.open("rb") as file:
                _put(session, file, name=name, size=manifest.size, attempt=attempt, progress=progress)
            beside = manifest.as_json(name)
            _put(session, io.BytesIO(beside), name=manifest_name(name), size=len(beside), attempt=attempt)
            return f"sftp://{self.access.host}/{session.at(name).lstrip('/')}"

    def test(self) -> str:
        """Sign in, write a small file, rename it, remove it."""
        name = f"connection-test-{new_id()}.txt"
        with opened(self.access, self.limits) as session:
            _put(session, io.BytesIO(TEST), name=name, size=len(TEST), attempt=1)
            session.remove(name)
        return _("Signed in at %(host)s; wrote, renamed and removed a small file.") % {"host": self.access.host}


def _part(name: str, attempt: int) -> str:
    """Return the name of an attempt's part: one that hangs and comes back does not write into another's."""
    return f"{name}.{attempt}.part"


def _put(session: Session, file: BinaryIO, *, name: str, size: int, attempt: int, progress: Progress = unheard) -> None:
    part = _part(name, attempt)
    try:
        _write(session, file, part=part, progress=progress)
        _check_size(session, part, size)
        _rename(session, part, name)
    except BaseException:
        session.forget(part)
        raise


def _write(session: Session, file: BinaryIO, *, part: str, progress: Progress) -> None:
    until = time.monotonic() + session.limits.whole
    sent = 0
    with session.sftp.open(session.at(part), "wb") as target:
        # Without waiting for each chunk's answer: on a long way that is many times as fast.
        target.set_pipelined(True)
        while chunk := file.read(CHUNK):
            target.write(chunk)
            sent += len(chunk)
            progress(sent)
            if time.monotonic() > until:
                raise DeliveryRefused(_("The server takes the file too slowly."), again=True)


def _check_size(session: Session, part: str, size: int) -> None:
    arrived = session.sftp.stat(session.at(part)).st_size
    if arrived != size:
        words = _("Of %(size)s bytes %(arrived)s have arrived. The server may be full.")
        raise DeliveryRefused(words % {"size": size, "arrived": arrived}, again=True)


def _rename(session: Session, part: str, name: str) -> None:
    """Give the part its final name, in the place of what an earlier attempt left there."""
    old, new = session.at(part), session.at(name)
    if _done(session, session.sftp.posix_rename, old, new) or _done(session, session.sftp.rename, old, new):
        return
    # A server of the old kind does not rename over a file that is there: one of an earlier attempt of this very run.
    session.forget(name)
    if not _done(session, session.sftp.rename, old, new):
        words = _("The server does not let files be renamed, so nobody could tell a half file from a whole one.")
        raise DeliveryRefused(words, again=False)


def _done(session: Session, rename: Callable[[str, str], None], old: str, new: str) -> bool:
    """Try a way of renaming; say whether the server did it. A connection that is lost is no refusal."""
    try:
        rename(old, new)
    except TimeoutError:
        raise
    except OSError:
        if not session.transport.is_active():
            raise
        return False
    return True
