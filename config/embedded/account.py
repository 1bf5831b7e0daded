"""Which system user a server runs as.

PostgreSQL refuses to run as root. Where we are root, it runs as `nobody`, who owns the folder of the
database and nothing else. Should `nobody` not be able to reach that folder or the programs (a clone below
a home that only root may enter), no permission of a foreign folder is touched: the server keeps one
capability instead, the one to pass through folders that are closed to it.
"""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import CannotStart

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
# Needed to keep another one.
CAP_SETPCAP = 8


@dataclass(frozen=True, kw_only=True)
class Account:
    """A system user to drop to, and the capability to keep, if one is needed."""

    uid: int
    gid: int
    capability: int | None = None

    def options(self) -> list[str]:
        """The options of launch.py that say so."""
        chosen = ["--uid", str(self.uid), "--gid", str(self.gid)]
        if self.capability is not None:
            chosen += ["--keep-capability", str(self.capability)]
        return chosen


def account_for(*paths: Path) -> Account | None:
    """The user who runs a server that needs these paths; None: we ourselves, being no root."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        message = "PostgreSQL cannot run as root, and there is no user 'nobody' here to run it as."
        raise CannotStart(message) from None
    closed = [folder for path in paths for folder in closed_folders(path, nobody.pw_uid)]
    if not closed:
        return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid, capability=capability_for(closed[0]))


def closed_folders(path: Path, uid: int) -> list[Path]:
    """The folders above `path` that this user cannot pass through; those not made yet will be open."""

    def is_closed(folder: Path) -> bool:
        found = folder.stat()
        return not found.st_mode & (stat.S_IXUSR if found.st_uid == uid else stat.S_IXOTH)

    return [folder for folder in path.resolve().parents if folder.exists() and is_closed(folder)]


def capability_for(closed: Path) -> int:
    """The weakest capability in our hands that passes through closed folders."""
    held = held_capabilities()
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if held >> capability & held >> CAP_SETPCAP & 1:
            return capability
    message = (
        f"PostgreSQL cannot run as root, and the user it would run as cannot pass through {closed}. "
        "Choose another DATA_DIR, move the checkout, or run as an ordinary user."
    )
    raise CannotStart(message)


def held_capabilities() -> int:
    """The capabilities of this process as the kernel's bit field; 0 where there are none."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return int(lines.get("CapPrm", "0").strip(), 16)
