"""What stands beside the map of renderers (settings.MESSAGE_RENDERERS): names of kinds and documents, correctors."""

import uuid
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from ui.addresses import row_address


def beside(name: str) -> dict[str, Any]:
    """Return the map of this name in the module that holds the renderers, or an empty one."""
    module = settings.MESSAGE_RENDERERS.rpartition(".")[0]
    try:
        found: dict[str, Any] = import_string(f"{module}.{name}")
    except ImportError:
        return {}
    return found


def kind_label(kind: str) -> str:
    """Return a kind of message in words."""
    return str(beside("KINDS").get(kind, kind.replace(".", ": ").replace("_", " ")))


def kinds() -> list[tuple[str, str]]:
    """Return every kind that has a renderer, with its words."""
    return [(kind, kind_label(kind)) for kind in import_string(settings.MESSAGE_RENDERERS)]


def origins() -> dict[str, str]:
    """Return by origin what people call such a document."""
    return {origin: str(label) for origin, (label, _address) in beside("ORIGINS").items()}


def document(origin: str, origin_id: uuid.UUID, merchant_slug: str) -> tuple[str, str]:
    """Return a document's name in words and the address of its page ("" where it has none)."""
    label, address = beside("ORIGINS").get(origin, (origin.replace("_", " ").capitalize(), ""))
    return str(label), row_address(address, merchant_slug, origin_id) if address else ""
