"""Reading text files of unknown origin line by line, in little memory, or saying plainly why not."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from tenancy.imports.contract import FileRefused, Problem

MOST_BYTES = 200 * 1024 * 1024
LONGEST_LINE = 64 * 1024
CHUNK = 1024 * 1024
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
PDF = b"%PDF"
# What stands in Amazon's older Japanese reports, whose letters are in Shift-JIS.
JAPANESE = (b"Amazon.co.jp", b"\tJPY\t")


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """Open a file, gzipped or not. Raises FileRefused for a damaged archive and for what is no text at all."""
    with path.open("rb") as raw:
        start = raw.read(4)
        raw.seek(0)
        if start.startswith((PDF, ZIP)):
            raise _refused(_("This is not a text file. Download the report as text or CSV."))
        if not start.startswith(GZIP):
            yield raw
            return
        try:
            with gzip.GzipFile(fileobj=raw) as file:
                yield file  # type: ignore[misc]
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise _refused(_("The gzip archive is damaged.")) from error


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file: UTF-8, else Shift-JIS where the report is Japanese, else Windows-1252.

    Reads the whole file once. Raises FileRefused for an empty or too big file, for NUL bytes, and for bytes that no
    such text holds, with the line.
    """
    seen, size, is_japanese, overlap = "utf-8-sig", 0, False, b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with unpacked(path) as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            _check_bytes(chunk, size, file)
            is_japanese = is_japanese or any(mark in overlap + chunk for mark in JAPANESE)
            overlap = chunk[-16:]
            if seen == "utf-8-sig" and not _decodes(decoder, chunk):
                seen = ""
    if size == 0:
        raise _refused(_("The file is empty."))
    if seen and _decodes(decoder, b"", final=True):
        return seen
    encoding = "cp932" if is_japanese else "cp1252"
    _check_decodes(path, encoding)
    return encoding


def lines_of(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a file whose encoding was found, with their ends."""
    with unpacked(path) as file:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        number = 0
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) >= LONGEST_LINE:
                raise FileRefused([Problem(number, _("The line is too long to be a row of a report."))])
            yield line
        text.detach()


def _check_bytes(chunk: bytes, size: int, file: BinaryIO) -> None:
    if size > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise _refused(_("The file is bigger than %(most)s MB. Split it by date.") % {"most": most})
    position = chunk.find(b"\x00")
    if position >= 0:
        if size <= CHUNK and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise _refused(_("The file is in UTF-16. Save it as UTF-8."))
        line = chunk.count(b"\n", 0, position) + 1 if size <= CHUNK else 0
        raise FileRefused([Problem(line, _("There is a NUL byte, which no text holds."))])


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _check_decodes(path: Path, encoding: str) -> None:
    with unpacked(path) as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError as error:
                text = _("The letters cannot be read: the file is neither UTF-8 nor %(other)s.")
                raise FileRefused([Problem(number, text % {"other": encoding})]) from error


def _refused(reason: str) -> FileRefused:
    return FileRefused([Problem(0, reason)])
