"""A connection to a server of a merchant's choosing that is not a web server."""

import socket
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from exports.destinations.contract import DeliveryRefused
from tenancy.outbound import is_public

# Where file servers listen; anything else on a stranger's word would make us knock at every door of the internet.
PORTS = frozenset({22, 2222})


def check_port(port: int) -> None:
    """Raise DeliveryRefused for a port that no connection is made to."""
    if port not in PORTS and not settings.OUTBOUND_ALLOW_PRIVATE:
        raise DeliveryRefused(_("Only the ports 22 and 2222 are used for file transfer."), again=False)


def connect(host: str, port: int, *, timeout: float) -> socket.socket:
    """Return a connection to one of the addresses that a name stands for; `timeout` in seconds, for each of them.

    The name is resolved once, every address is checked, and the connection goes to the very address that was checked.
    Raises DeliveryRefused, in words; for a single private address among them too, unless OUTBOUND_ALLOW_PRIVATE.
    """
    check_port(port)
    error: OSError | None = None
    for family, address in _addresses(host, port):
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            connection.connect(address)
        except OSError as refusal:
            connection.close()
            error = refusal
        else:
            return connection
    raise DeliveryRefused(_("The server %(host)s could not be reached.") % {"host": host}, again=True) from error


def _addresses(host: str, port: int) -> list[tuple[Any, Any]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DeliveryRefused(_("There is no server named %(host)s.") % {"host": host}, again=True) from error
    addresses = [(family, address) for family, _kind, _protocol, _name, address in found]
    if not settings.OUTBOUND_ALLOW_PRIVATE and not all(is_public(str(address[0])) for _family, address in addresses):
        raise DeliveryRefused(_("The server %(host)s leads into a private network.") % {"host": host}, again=False)
    return addresses
