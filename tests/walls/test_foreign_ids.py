"""Every address with another merchant's ids answers as for an id that does not exist."""

import uuid
from typing import Any

from django.test import Client

from tenancy.ids import new_id
from tenancy.models import Merchant
from tests.walls.addresses import staff_addresses

METHODS = ("get", "post")
Foreign = tuple[Merchant, dict[str, uuid.UUID]]


def test_answer_404_for_a_foreign_id(owner: Client, ours: Merchant, foreign: Foreign, walls: str) -> None:
    _, rows = foreign
    addresses = [address for address in staff_addresses() if address.ids]
    assert len(addresses) > 20
    assert len(rows) > 15
    wrong = []
    for address in addresses:
        for method in METHODS:
            unknown = getattr(owner, method)(address.path(ours.slug, new_id()))
            if unknown.status_code not in {404, 405}:
                wrong.append(f"{method} {address.route} unknown id: {unknown.status_code}")
            for kind, row in rows.items():
                answer = getattr(owner, method)(address.path(ours.slug, row))
                if answer.status_code != unknown.status_code or str(row) in answer.content.decode():
                    wrong.append(f"{method} {address.route} {kind}: {answer.status_code}")
    assert wrong == []


def test_answer_404_at_another_merchants_door(owner: Client, foreign: Foreign) -> None:
    merchant, rows = foreign
    wrong = []
    for address in staff_addresses():
        for method in METHODS:
            answer = getattr(owner, method)(address.path(merchant.slug, rows["claims_center.Claim"]))
            nobody = getattr(owner, method)(address.path("no-such-merchant", rows["claims_center.Claim"]))
            if (answer.status_code, nobody.status_code) != (404, 404):
                wrong.append(f"{method} {address.route}: {answer.status_code}, {nobody.status_code}")
    assert wrong == []


def test_show_a_foreign_row_in_no_list(owner: Client, ours: Merchant, foreign: Foreign, walls: str) -> None:
    merchant, rows = foreign
    names = [merchant.name, "Pour-over kettle", "$10 gift card", "thank-you", *map(str, rows.values())]
    wrong = []
    for address in staff_addresses():
        if address.ids:
            continue
        text = owner.get(address.path(ours.slug)).content.decode()
        wrong += [f"{address.route}: {name}" for name in names if name in text]
    assert wrong == []


def test_find_the_foreign_row_once_both_walls_are_down(
    owner: Client, ours: Merchant, foreign: Foreign, settings: Any, no_row_security: None
) -> None:
    """The control: what the tests above look for shows as soon as nothing holds it back."""
    settings.TENANCY_FILTERS_OFF = True
    claim = foreign[1]["claims_center.Claim"]
    assert owner.get(f"/m/{ours.slug}/claims/{claim}/").status_code == 200


def test_show_no_markup_as_text(owner: Client, ours: Merchant) -> None:
    pages = [address.path(ours.slug) for address in staff_addresses() if not address.ids]
    shown = {page: owner.get(page).content.decode() for page in pages}
    assert [page for page, text in shown.items() if "&lt;a " in text or "&lt;span" in text] == []


def test_answer_strangers_by_the_door_alone(ours: Merchant, foreign: Foreign) -> None:
    _, rows = foreign
    nobody = Client(raise_request_exception=False)
    answers = {
        address.route: nobody.get(address.path(ours.slug, rows["claims_center.Claim"])).status_code
        for address in staff_addresses()
    }
    assert {route: status for route, status in answers.items() if status != 302} == {}
