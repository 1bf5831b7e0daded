"""What this room keeps: files that were brought in, and files that go out."""

from exports.models.destination import Destination, DestinationKind
from exports.models.export import Export
from exports.models.imports import ImportColumn, ImportRow, ImportRun
from exports.models.run import ExportRun

__all__ = ["Destination", "DestinationKind", "Export", "ExportRun", "ImportColumn", "ImportRow", "ImportRun"]
