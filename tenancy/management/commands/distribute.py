"""`manage.py distribute`: whether, and how, the schema is spread over several machines."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.module_loading import import_string

from tenancy.distribution import citus
from tenancy.distribution.lint import lint
from tenancy.distribution.tables import tables_of

NO_CITUS = (
    "This database has no Citus extension, so there is nothing to distribute to. The schema is ready for it: "
    "see docs/scaling.md for when and how."
)


class Command(BaseCommand):
    """Lint, then print the plan; act only with --apply."""

    help = "Check that the schema can be spread over several machines by merchant; print the plan; carry it out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--lint", action="store_true", help="only check the schema (works on any PostgreSQL)")
        parser.add_argument("--apply", action="store_true", help="carry the plan out (on a Citus coordinator)")
        parser.add_argument("--shards", type=int, default=32, help="pieces that the merchants are dealt to")
        parser.add_argument("--database", default=None, help="connection to use (owner, where it is given)")
        parser.add_argument("--smoke-test", default="", help="dotted path of a function to call afterwards")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command; raise CommandError where the schema has faults, or there is no Citus to apply to."""
        alias = options["database"] or ("owner" if "owner" in connections.settings else "default")
        connection = connections[alias]
        tables = tables_of(connection)
        faults = lint(connection, tables)
        for fault in faults:
            self.stdout.write(f"LINT {fault}")
        if faults:
            raise CommandError(f"{len(faults)} faults to mend before this schema can be distributed.")
        self.stdout.write(f"Lint: clean ({len(tables.merchants)} tables of merchants).")
        if options["lint"]:
            return
        wanted = citus.plan(connection, tables)
        for line in wanted.lines():
            self.stdout.write(line)
        if not options["apply"]:
            return
        if not citus.has_citus(connection):
            raise CommandError(NO_CITUS)
        if not wanted.is_empty:
            citus.apply(connection, tables, wanted, shards=options["shards"], say=self.stdout.write)
        if options["smoke_test"]:
            import_string(options["smoke_test"])()
        self.stdout.write("Done.")
