"""Indexes by which imports and runs of exports are sorted as their lists show them; built while both go on."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Case, F, Value, When

STATES = ("queued", "running", "delivering", "done", "failed", "cancelled")
RANK = Case(
    *(When(state=state, then=Value(place)) for place, state in enumerate(STATES)),
    default=Value(len(STATES)),
    output_field=models.IntegerField(),
)


def of_file(column: str) -> Case:
    """A figure of a run's finished file."""
    return Case(When(sha256="", then=Value(-1)), default=F(column), output_field=models.BigIntegerField())


def of_import(column: str) -> AddIndexConcurrently:
    """An index of imports by one column."""
    index = models.Index(fields=["merchant", column, "id"], name=f"import_run_by_{column}")
    return AddIndexConcurrently("importrun", index)


def of_run(part: Case, name: str) -> AddIndexConcurrently:
    """An index of runs by one part."""
    return AddIndexConcurrently("exportrun", models.Index(F("merchant"), part, F("id"), name=name))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("exports", "0005_whose_numbers")]

    operations = [
        *(of_import(column) for column in ("added", "changed", "skipped", "refused")),
        of_run(of_file("rows"), "export_run_sort_rows"),
        of_run(of_file("size"), "export_run_sort_size"),
        of_run(RANK, "export_run_sort_state"),
        RemoveIndexConcurrently("exportrun", "export_run_by_rows"),
        RemoveIndexConcurrently("exportrun", "export_run_by_size"),
    ]
