"""A session with a file server: the right server, signed in, one folder, and words for everything that goes wrong."""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import paramiko
from django.utils.translation import gettext as _

from exports.destinations.contract import DeliveryRefused
from exports.destinations.network import connect
from exports.destinations.ssh_keys import BadKey, as_line, fingerprint, host_key, private_key, signatures

# What goes wrong is said in words by whoever asked; the library's own account of each lost connection is noise.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Access:
    """Where a file server is and what signs in there: a password, or a private key with its passphrase.

    `host_key` is the only key that the server may show, as one line; "" where nobody has confirmed one yet.
    """

    host: str
    port: int
    username: str
    folder: str
    host_key: str
    password: str = ""
    private_key: str = ""
    passphrase: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Patience in seconds: for connection and greeting, for each answer, and for a file as a whole."""

    connect: float = 10.0
    answer: float = 30.0
    whole: float = 3600.0


class UnknownHost(DeliveryRefused):
    """The server's key is not confirmed yet; `offered` is the one that it shows, as one line."""

    def __init__(self, offered: paramiko.PKey) -> None:
        self.offered = as_line(offered)
        words = _("The server shows the host key %(fingerprint)s (%(kind)s). Compare it with what its operator says.")
        super().__init__(words % {"fingerprint": fingerprint(offered), "kind": offered.get_name()}, again=False)


@dataclass(frozen=True, slots=True)
class Session:
    """An open session, in the destination's folder."""

    sftp: paramiko.SFTPClient
    transport: paramiko.Transport
    folder: str
    limits: Limits

    def at(self, name: str) -> str:
        """Return the path of a file of the folder."""
        return f"{self.folder.rstrip('/')}/{name}" if self.folder else name

    def remove(self, name: str) -> None:
        """Remove a file of the folder."""
        self.sftp.remove(self.at(name))

    def forget(self, name: str) -> None:
        """Remove a file of the folder, if it is there and the server still answers."""
        if self.transport.is_active():
            with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
                self.remove(name)


@contextlib.contextmanager
def opened(access: Access, limits: Limits) -> Iterator[Session]:
    """Open a session; whatever goes wrong in it is raised as DeliveryRefused, in words."""
    connection = connect(access.host, access.port, timeout=limits.connect)
    try:
        transport = paramiko.Transport(connection)
        try:
            with _in_words(access, transport):
                _greet(transport, access, limits)
                _sign_in(transport, access)
                yield _session(transport, access, limits)
        finally:
            transport.close()
    except paramiko.SSHException as error:
        raise DeliveryRefused(_broke_off(access), again=True) from error
    finally:
        connection.close()


def _greet(transport: paramiko.Transport, access: Access, limits: Limits) -> None:
    """Agree on keys with the one server that may be there; nothing of ours is told before that."""
    transport.banner_timeout = transport.handshake_timeout = limits.connect
    transport.auth_timeout = limits.answer
    pinned = host_key(access.host_key) if access.host_key else None
    if pinned is not None:
        transport.get_security_options().key_types = signatures(pinned)
    try:
        transport.start_client(timeout=limits.connect)
    except paramiko.ssh_exception.IncompatiblePeer as error:
        if pinned is None:
            raise
        raise DeliveryRefused(_another_key(access), again=False) from error
    shown = transport.get_remote_server_key()
    if pinned is None:
        raise UnknownHost(shown)
    if shown.asbytes() != pinned.asbytes():
        raise DeliveryRefused(_another_key(access), again=False)


def _sign_in(transport: paramiko.Transport, access: Access) -> None:
    if access.private_key:
        transport.auth_publickey(access.username, private_key(access.private_key, access.passphrase))
    else:
        transport.auth_password(access.username, access.password)


def _session(transport: paramiko.Transport, access: Access, limits: Limits) -> Session:
    sftp = paramiko.SFTPClient.from_transport(transport)
    if sftp is None:
        raise DeliveryRefused(_("%(host)s offers no file transfer.") % {"host": access.host}, again=False)
    channel = sftp.get_channel()
    if channel is not None:
        channel.settimeout(limits.answer)
    return Session(sftp, transport, access.folder, limits)


@contextlib.contextmanager
def _in_words(access: Access, transport: paramiko.Transport) -> Iterator[None]:
    where = {"host": access.host, "folder": access.folder or "/", "user": access.username}
    try:
        yield
    except BadKey as error:
        raise DeliveryRefused(str(error), again=False) from error
    except paramiko.AuthenticationException as error:
        # The library has one class for "no" and for a connection that is lost before the answer.
        if "EOF" in str(error):
            raise DeliveryRefused(_broke_off(access), again=True) from error
        raise DeliveryRefused(_("%(host)s refused to let %(user)s in.") % where, again=False) from error
    except TimeoutError as error:
        raise DeliveryRefused(_("%(host)s answers too slowly.") % where, again=True) from error
    except (paramiko.SSHException, EOFError) as error:
        raise DeliveryRefused(_broke_off(access), again=True) from error
    except OSError as error:
        # What was raised for a reason of its own is found by its class; the library has no class for a lost connection.
        if not transport.is_active():
            raise DeliveryRefused(_broke_off(access), again=True) from error
        if isinstance(error, FileNotFoundError):
            raise DeliveryRefused(_("%(host)s has no folder %(folder)s.") % where, again=False) from error
        if isinstance(error, PermissionError):
            words = _("%(user)s may not write into the folder %(folder)s of %(host)s.")
            raise DeliveryRefused(words % where, again=False) from error
        words = _("%(host)s refused to take the file. It may be full.")
        raise DeliveryRefused(words % where, again=True) from error


def _broke_off(access: Access) -> str:
    return _("The connection to %(host)s broke off.") % {"host": access.host}


def _another_key(access: Access) -> str:
    words = _("%(host)s shows another host key than the one that was confirmed. Nothing was sent.")
    return words % {"host": access.host}
