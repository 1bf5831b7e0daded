"""A file server in a thread, which fails where a test tells it to."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "brew", "correct horse"


@dataclass
class Faults:
    """What goes wrong. `drop` is where the connection is lost: an operation, its how-many-eth call, before or after."""

    drop: tuple[str, int, str] | None = None
    full_after: int | None = None
    loses_after: int | None = None
    stalls: bool = False
    renames: str = "posix"
    denies: bool = False
    calls: dict[str, int] = field(default_factory=dict)
    renamed: list[tuple[str, int]] = field(default_factory=list)

    def count(self, name: str) -> int:
        """Note a call of an operation and return which one it is, from 1."""
        self.calls[name] = self.calls.get(name, 0) + 1
        return self.calls[name]


class Server(asyncssh.SSHServer):
    """Lets one user in, by password or by key."""

    faults: Faults
    user_key: asyncssh.SSHKey | None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Greet, or not."""
        self.conn = conn
        if self.faults.drop == ("connect", 1, "before"):
            conn.abort()

    def begin_auth(self, username: str) -> bool:
        """Ask for a password or key."""
        if self.faults.drop == ("auth", 1, "before"):
            self.conn.abort()
        return True

    def password_auth_supported(self) -> bool:
        """Offer passwords."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Compare."""
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        """Offer keys."""
        return self.user_key is not None

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Compare."""
        return self.user_key is not None and key == self.user_key


class Files(asyncssh.SFTPServer):
    """Keeps files in a folder, with the faults."""

    faults: Faults

    def _around(self, name: str) -> "contextlib.AbstractContextManager[None]":
        return _Drop(self, name, self.faults.count(name))

    def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        """Open a file."""
        with self._around("open"):
            if self.faults.denies:
                raise asyncssh.SFTPPermissionDenied("no")
            return super().open(path, pflags, attrs)

    async def write(self, file_obj: Any, offset: int, data: bytes) -> Any:
        """Take a chunk."""
        with self._around("write"):
            if self.faults.stalls:
                await asyncio.sleep(5)
            if self.faults.full_after is not None and offset + len(data) > self.faults.full_after:
                raise asyncssh.SFTPFailure("no space left")
            if self.faults.loses_after is not None and offset + len(data) > self.faults.loses_after:
                return len(data)
            return super().write(file_obj, offset, data)

    def close(self, file_obj: Any) -> Any:
        """Close a file."""
        with self._around("close"):
            return super().close(file_obj)

    def stat(self, path: bytes) -> Any:
        """Say a file's size."""
        with self._around("stat"):
            return super().stat(path)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> Any:
        """Rename over what is there."""
        if self.faults.renames != "posix":
            raise asyncssh.SFTPOpUnsupported("unknown")
        with self._around("rename"):
            self._note(oldpath, newpath)
            return super().posix_rename(oldpath, newpath)

    def rename(self, oldpath: bytes, newpath: bytes) -> Any:
        """Rename where nothing is."""
        if self.faults.renames == "none":
            raise asyncssh.SFTPOpUnsupported("unknown")
        if Path(self.map_path(newpath).decode()).exists():
            raise asyncssh.SFTPFailure("exists")
        self._note(oldpath, newpath)
        return super().rename(oldpath, newpath)

    def _note(self, oldpath: bytes, newpath: bytes) -> None:
        size = Path(self.map_path(oldpath).decode()).stat().st_size
        self.faults.renamed.append((newpath.decode().rpartition("/")[2], size))


class _Drop:
    def __init__(self, files: Files, name: str, number: int) -> None:
        self.files = files
        self.point = (name, number)

    def __enter__(self) -> None:
        if self.files.faults.drop == (*self.point, "before"):
            self._drop()

    def __exit__(self, *_error: object) -> None:
        if self.files.faults.drop == (*self.point, "after"):
            self._drop()

    def _drop(self) -> None:
        self.files.connection.abort()
        raise asyncssh.SFTPConnectionLost("dropped")


@dataclass
class Running:
    """A server that runs: where, which key it shows, what it keeps, what goes wrong."""

    port: int
    host_key: str
    root: Path
    faults: Faults

    def files(self) -> dict[str, int]:
        """What stands there: names with sizes."""
        return {path.name: path.stat().st_size for path in self.root.iterdir()}


@contextlib.contextmanager
def serving(root: Path, user_key: asyncssh.SSHKey | None = None) -> Iterator[Running]:
    """Run a server over a folder."""
    key, faults = asyncssh.generate_private_key("ssh-ed25519"), Faults()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def server() -> Server:
        made = Server()
        made.faults, made.user_key = faults, user_key
        return made

    def files(channel: Any) -> Files:
        made = Files(channel, chroot=str(root).encode())
        made.faults = faults
        return made

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[key], server_factory=server, sftp_factory=files, allow_scp=False
        )

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield Running(acceptor.get_port(), key.export_public_key().decode().strip(), root, faults)
    finally:
        asyncio.run_coroutine_threadsafe(_close(acceptor), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _close(acceptor: asyncssh.SSHAcceptor) -> None:
    acceptor.close()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
