"""A destination's settings in words."""

from django.utils.translation import gettext as _

from exports.destinations.services import OFFERED
from exports.destinations.ssh_keys import BadKey, fingerprint, host_key
from exports.models import Destination, DestinationKind
from ui.timeline import Fact


def facts_of(destination: Destination) -> list[Fact]:
    """Return what may be shown of a destination."""
    known = destination.settings
    kind = Fact(_("Kind"), destination.get_kind_display())
    match destination.kind:
        case DestinationKind.SFTP:
            return [
                kind,
                Fact(_("Server"), f"{known['host']}:{known['port']}"),
                Fact(_("Folder"), known["folder"]),
                Fact(_("User"), known["username"]),
                Fact(_("Signs in with"), _("Private key") if "private_key" in destination.secret else _("Password")),
                Fact(_("Host key"), _shown(known["host_key"]) or _("Not confirmed yet")),
            ]
        case DestinationKind.S3:
            return [
                kind,
                Fact(_("Address"), known["endpoint"]),
                Fact(_("Region"), known["region"]),
                Fact(_("Bucket"), known["bucket"]),
                Fact(_("Folder"), known["folder"]),
            ]
        case _kind:
            return [kind, Fact(_("Recipients"), ", ".join(known["recipients"]))]


def offered_key(destination: Destination) -> dict[str, str]:
    """Return the host key that waits to be confirmed, with its fingerprint; nothing where none does."""
    line = destination.settings.get(OFFERED, "")
    if not line or destination.settings.get("host_key"):
        return {}
    return {"line": line, "fingerprint": _shown(line)}


def _shown(line: str) -> str:
    try:
        key = host_key(line) if line else None
    except BadKey:
        return line
    return f"{key.get_name()} {fingerprint(key)}" if key is not None else ""
