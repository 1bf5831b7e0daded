"""The migrations of the tests' template, in a quarter of the time: `python -m tests.support.migrating`.

Django makes the models of its states anew whenever one changes, and with each all that hang together with it. Here
nearly every model points to the merchant, so that each change of one would make half of all models anew. That is not
needed for tables that are written from nothing: only what points to the changed model must know the new one. What
comes of it is the same, since the migrations are put on again as usual and compared (tests/tools).
"""

from typing import Any

from django.db.migrations.state import ProjectState

from config import prepare


def touched(state: Any, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:  # noqa: FBT002
    """Return the model that changes, and those that point to it."""
    try:
        options = state.apps.get_model(app_label, model_name)._meta
    except LookupError:
        return {(app_label, model_name)}
    pointing = [found.related_model for found in options.get_fields(include_hidden=True) if found.auto_created]
    known = {(one._meta.app_label, one._meta.model_name) for one in pointing if hasattr(one, "_meta")}
    return known | {(app_label, model_name)}


if __name__ == "__main__":
    ProjectState._find_reload_model = touched  # type: ignore[attr-defined]
    prepare.main(["migrate"])
