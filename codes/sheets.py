"""Files for people: a pool's codes, and the lines of an upload that were refused."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify

from codes import words
from codes.models import Code, CodePool, CodeUpload

# What a spreadsheet would take for a formula gets a sign in front that makes it text; full-width signs are taken for the
# usual ones in East Asian locales, and blanks before them are not looked at.
RISKY = re.compile("[ \u00a0\u200b\u3000\ufeff]*[-=+@%|\uff1d\uff0b\uff0d\uff20\x00-\x1f\x7f]")


def codes_file(pool: CodePool) -> HttpResponse:
    """Return all codes of a pool in full, with their states, as a CSV that spreadsheets read as text."""
    rows = Code.objects.filter(pool=pool).order_by("id").iterator(chunk_size=5_000)
    zone = timezone.get_current_timezone()
    lines = (
        (
            code.value,
            code.state,
            words.holder(code),
            code.taken_at.astimezone(zone).isoformat(timespec="seconds") if code.taken_at else "",
            code.created_at.astimezone(zone).isoformat(timespec="seconds"),
        )
        for code in rows
    )
    return _file(f"{slugify(pool.name) or 'codes'}.csv", ("code", "state", "held_by", "taken_at", "added_at"), lines)


def problems_file(upload: CodeUpload) -> HttpResponse:
    """Return the lines of a refused upload with their reasons as a CSV."""
    name = slugify(upload.file_name.rpartition(".")[0] or upload.file_name) or "upload"
    return _file(f"{name}-problems.csv", ("line", "reason"), upload.problems)


def harmless(value: object) -> str:
    """Return a cell's text so that no spreadsheet takes it for a formula."""
    text = str(value)
    return f"'{text}" if RISKY.match(text) else text


def _file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    response = HttpResponse(b"\xef\xbb\xbf" + text.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
