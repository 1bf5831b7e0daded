"""The formats of files that go out."""

from importlib.util import find_spec

from django.db import models
from django.utils.translation import gettext_lazy as _


class Format(models.TextChoices):
    """How a file is written; the value is the ending of its name."""

    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel workbook (XLSX)")
    JSONL = "jsonl", _("JSON Lines")
    PARQUET = "parquet", _("Parquet")


MEDIA_TYPES: dict[str, str] = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSONL: "application/jsonl",
    Format.PARQUET: "application/vnd.apache.parquet",
}


def formats() -> list[Format]:
    """Return the formats that can be written here: Parquet where its library is installed."""
    return [one for one in Format if one is not Format.PARQUET or find_spec("pyarrow") is not None]
