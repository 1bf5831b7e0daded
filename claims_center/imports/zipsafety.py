"""Archives that would fill memory or disk are told by what they say of themselves, before anything is unpacked.

Python's reader stops at the size that an entry declares, so an entry cannot grow beyond what is checked here.
"""

import zipfile

from django.utils.translation import gettext as _

from tenancy.imports.contract import FileRefused, Problem

MOST_ENTRIES = 1_000
MOST_BYTES = 400 * 1024 * 1024
# Shared texts and styles are held in memory while the sheets are read.
MOST_HELD = 64 * 1024 * 1024
HELD = ("xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")
# Sheets shrink to a tenth or a twentieth; what shrinks to less than a four-hundredth was made to burst.
MOST_GROWTH = 400
SMALL = 1024 * 1024


def check_archive(archive: zipfile.ZipFile) -> None:
    """Raise FileRefused for an archive with too many entries, too big ones, or ones that grow out of proportion."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _too_big()
    for entry in entries:
        if entry.filename in HELD and entry.file_size > MOST_HELD:
            raise _too_big()
        if entry.file_size > SMALL and entry.file_size > MOST_GROWTH * max(entry.compress_size, 1):
            raise _too_big()
        if entry.flag_bits & 0x1:
            raise FileRefused([Problem(0, _("The workbook is locked with a password. Save it without one."))])


def _too_big() -> FileRefused:
    return FileRefused([Problem(0, _("The workbook is too big when unpacked. Save the sheet as CSV and upload that."))])
