"""Handing a file to the room that knows its rows; the map stands in `settings.IMPORTERS`."""

from importlib import import_module
from types import ModuleType
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from tenancy.imports.contract import FileRefused, Outcome, Preview, Problem, Progress

__all__ = ["FileRefused", "Outcome", "Preview", "Problem", "Progress", "can_undo", "datasets", "importer", "looks"]


def datasets() -> dict[str, Any]:
    """Return what can be imported: name -> words."""
    return _beside("LABELS")


def looks() -> dict[str, Any]:
    """Return what a file of each kind looks like: name -> words."""
    return _beside("LOOKS")


def can_undo(dataset: str) -> bool:
    """Say whether lines of this dataset can be taken back at all."""
    return hasattr(importer(dataset), "UNDO")


def importer(dataset: str) -> ModuleType:
    """Return the module that previews and applies files of this dataset; raise KeyError for an unknown one."""
    return import_module(import_string(settings.IMPORTERS)[dataset])


def _beside(name: str) -> dict[str, Any]:
    found: dict[str, Any] = import_string(f"{settings.IMPORTERS.rpartition('.')[0]}.{name}")
    return found
