"""What every command that brings a file in is made of."""

import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tenancy.actors import Actor
from tenancy.imports.contract import FileRefused, Outcome, Preview, Problem
from tenancy.imports.naming import Naming
from tenancy.imports.table import plain_header
from tenancy.models import Merchant


class ImportCommand(BaseCommand):
    """`--merchant SLUG [--dry-run] [--map HEADER=COLUMN] FILE`; .gz too, `-` for standard input. `importer` is the module that does it.

    Prints `added N, changed N, skipped N, refused N`; ends with 1 and the reasons, line by line, where the file is
    refused, and then nothing of it was written.
    """

    importer: ModuleType

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--merchant", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done, and change nothing.")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="HEADER=COLUMN",
            help="The file's column HEADER is what we call COLUMN; without COLUMN it is left out. Any number of times.",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="COLUMN=VALUE",
            help="COLUMN has this value in all lines; the file has no such column. Any number of times.",
        )
        parser.add_argument("file", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, print the summary line, and end with 1 and the reasons where the file is refused."""
        merchant = Merchant.objects.filter(slug=options["merchant"]).first()
        if merchant is None:
            raise CommandError(f"There is no merchant “{options['merchant']}”.")
        naming = _naming(options["map"], options["set"])
        with tempfile.TemporaryDirectory() as folder:
            path = _path(options["file"], Path(folder))
            try:
                done = self._run(path, merchant, naming, dry_run=options["dry_run"])
            except FileRefused as refused:
                self._refuse(refused.problems, refused.refused)
        if isinstance(done, Preview) and done.refused:
            self._refuse(done.problems, done.refused)
        counts = f"added {done.added}, changed {done.changed}, skipped {done.skipped}, refused {done.refused}"
        self.stdout.write(counts)

    def _run(self, path: Path, merchant: Merchant, naming: Naming | None, *, dry_run: bool) -> Preview | Outcome:
        facts: dict[str, Any] = {"merchant_id": merchant.id, "now": timezone.now(), "naming": naming}
        # A file's name may hold bytes that are no letters, which no database keeps.
        name = path.name.encode(errors="replace").decode()
        found: Preview | Outcome
        if dry_run:
            found = self.importer.preview(path, **facts)
        else:
            found = self.importer.apply(path, actor=Actor.system(), file_name=name, **facts)
        return found

    def _refuse(self, problems: list[Problem], refused: int) -> None:
        for problem in problems:
            self.stderr.write(str(problem))
        if refused > len(problems):
            self.stderr.write(f"... and {refused - len(problems)} more lines")
        self.stdout.write(f"added 0, changed 0, skipped 0, refused {refused}")
        sys.exit(1)


def _naming(columns: list[str], fixed: list[str]) -> Naming | None:
    """Return what the columns mean, None where their headers say it."""
    if not columns and not fixed:
        return None
    by_header = dict(_pair(text) for text in columns)
    return Naming(
        by_header=dict(zip(plain_header(by_header), by_header.values(), strict=True)), fixed=dict(map(_pair, fixed))
    )


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise CommandError(f"“{text}” is not of the form NAME=VALUE.")
    if not _is_text(text):
        raise CommandError(f"{text!a} holds bytes that are no letters.")
    return name, value.strip()


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _path(name: str, folder: Path) -> Path:
    """Return where the file stands; standard input is kept in a file first, because it is read more than once."""
    if name != "-":
        path = Path(name)
        if not path.is_file():
            raise CommandError(f"There is no file “{name}”.")
        return path
    path = folder / "standard-input"
    with path.open("wb") as file:
        while chunk := sys.stdin.buffer.read(1024 * 1024):
            file.write(chunk)
    return path
