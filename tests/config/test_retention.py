"""The page about retention names everything that the clean-up removes, and says how long by the clean-up's own figures."""

from datetime import timedelta

from django.utils.module_loading import import_string

from config.jobs import CLEANERS
from config.retention import CHOSEN, FIXED, RECORDS
from tenancy.models.retention import PERIODS


def test_name_every_step_of_the_clean_up() -> None:
    named = {cleaner for record in RECORDS for cleaner in record.cleaners}
    assert named == set(CLEANERS), "Say in config/retention.py what this step removes, and when"
    assert all(callable(import_string(cleaner)) for cleaner in CLEANERS.values())


def test_let_each_period_be_chosen_once() -> None:
    assert [record.period for record in CHOSEN] == list(PERIODS)
    assert [record.label for record in FIXED if record.period or not str(record.kept)] == []


def test_offer_what_holds_until_somebody_chooses() -> None:
    for name, period in PERIODS.items():
        assert period.usual in period.choices, name
        assert list(period.choices) == sorted(set(period.choices)), name
        assert timedelta(days=period.bounds[0]) > timedelta(0)
