"""The Claims Center in a browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Claim
from claims_center.states import Status
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.desk import fill
from tests.claims_pages.factories import path, sign_in
from tests.support.seeing import enter, look

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]


@pytest.fixture
def claims(merchant: Merchant, request: pytest.FixtureRequest) -> list[Claim]:
    client = sign_in(merchant, Role.ADMIN)
    request.node.client = client
    with merchant_scope(merchant):
        return fill(client.user)  # type: ignore[attr-defined]


def test_look_at_the_list(
    page: Page, live_server: LiveServer, merchant: Merchant, claims: list[Claim], request: pytest.FixtureRequest
) -> None:
    complaints = enter(page, live_server.url, request.node.client)
    page.goto(live_server.url + path(merchant, "claims"))
    assert look(page, "claims") == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.click(".overview-chart summary")
    assert look(page, "claims-chart") == []
    assert complaints == []


def test_look_at_a_claim_in_every_state(
    page: Page, live_server: LiveServer, merchant: Merchant, claims: list[Claim], request: pytest.FixtureRequest
) -> None:
    complaints = enter(page, live_server.url, request.node.client)
    with merchant_scope(merchant):
        wanted = {
            f"{status}-{kind}": Claim.objects.filter(status=status, promotion_kind=kind).first()
            for status in Status.values
            for kind in ("digital", "physical")
        }
    for name, claim in wanted.items():
        if claim is not None:
            page.goto(live_server.url + path(merchant, "claims", claim.id))
            assert look(page, f"claim-{name}") == [], name
    assert complaints == []
