"""What the buttons of destinations are pressed on."""

from collections.abc import Callable
from typing import Any

from exports.destinations import services
from exports.models import Destination
from tenancy.models import User
from tests.claims_center.factories import NOW

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFo3mj3X90HlnCHzPNeVy642XuS9fN4xmgYG+JlwNLAh"
FACTS = {"host": "files.example.com", "port": 22, "username": "brew", "folder": "/in", "host_key": ""}
FORM: dict[str, Any] = FACTS | {"name": "Warehouse", "password": "correct horse"}

CHANGED: dict[str, Any] = FACTS | {"name": "Store"}


def a_destination(**values: Any) -> Destination:
    """A file server whose key nobody has confirmed."""
    user = User.objects.create_user("keeper@brew-bloom.example", name="Kim Keeper")
    found: dict[str, Any] = {"settings": FACTS, "secret": {"password": "correct horse"}} | values
    return services.create(kind="sftp", name="Warehouse", user=user, now=NOW, **found)


def new() -> tuple[list[Any], dict[str, Any]]:
    """The form of a new file server."""
    return ["sftp"], FORM


def on_destination(**body: Any) -> Callable[[], tuple[list[Any], dict[str, Any]]]:
    """A destination."""
    return lambda: ([a_destination().id], body)


def with_a_key() -> tuple[list[Any], dict[str, Any]]:
    """A destination whose last test was shown a key."""
    return [a_destination(settings=FACTS | {services.OFFERED: KEY}).id], {"key": KEY}
