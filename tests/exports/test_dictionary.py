"""The data dictionary: every column of every export, for those who may export."""

import pytest
from django.test import Client

from exports.catalogue import datasets
from exports.formats.columns import KIND_WORDS, Kind
from tenancy.models import Merchant
from tenancy.roles import Role
from tests.claims_pages.factories import sign_in
from tests.support.counting import queries_of

pytestmark = pytest.mark.django_db
BASE = "/m/brew-bloom/exports/data/"


@pytest.mark.parametrize("name", list(datasets()))
def test_name_every_column_with_its_kind_and_meaning(admin: Client, name: str) -> None:
    page = admin.get(f"{BASE}{name}/")
    assert page.status_code == 200
    text = page.content.decode()
    for column in datasets()[name].columns:
        assert f'<span class="code">{column.key}</span>' in text
    assert len(queries_of(admin, f"{BASE}{name}/")) <= 4


def test_list_the_values_of_a_choice(admin: Client) -> None:
    text = admin.get(f"{BASE}offer_responses/").content.decode()
    assert '<span class="code">completed</span> Completed' in text


def test_lead_to_the_first_data_and_know_no_other(admin: Client) -> None:
    assert admin.get(BASE)["Location"] == f"{BASE}claims/"
    assert admin.get(f"{BASE}passwords/").status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_only_those_who_may_export_see_it(merchant: Merchant, role: Role) -> None:
    assert sign_in(merchant, role).get(f"{BASE}claims/").status_code == 403


def test_every_kind_has_words() -> None:
    assert set(KIND_WORDS) == set(Kind)
