"""The settings pages of webhooks: endpoints, their log, and what an owner does with them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jobs.runner import run_due
from messaging.webhooks import services
from messaging.webhooks.forms import EndpointForm
from messaging.webhooks.models import WebhookDelivery, WebhookEndpoint
from messaging.webhooks.states import Status
from tenancy.models import AuditEvent, Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.secrets import decrypt
from tests.messaging.hooking import BY, Receiver, at_once, endpoint, receiver
from tests.offers import factories as make
from tests.support.counting import queries_of
from tests.tenancy.conftest import PASSWORD, sign_in

__all__ = ["at_once", "receiver"]
pytestmark = pytest.mark.django_db(databases=["default", "aside"])
BASE = "/m/brew-bloom/settings/webhooks/"
FORM: dict[str, Any] = {
    "name": "Shop",
    "url": "https://hooks.example.com/claims",
    "responses": ["response.completed", "response.issued"],
    "rewards": ["reward.used"],
}
SignIn = Callable[[Role], Client]


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    """The owner's browser; she has just signed in."""
    Merchant.objects.filter(pk=merchant.pk).update(mfa_required=False)
    user = User.objects.create_user("olga@brew-bloom.example", PASSWORD, name="Olga")
    Membership.objects.create(merchant=merchant, user=user, role=Role.OWNER)
    client = Client()
    sign_in(client, user)
    return client


@pytest.fixture
def hook(merchant: Merchant) -> WebhookEndpoint:
    """An endpoint."""
    with merchant_scope(merchant):
        return endpoint()


def sent(merchant: Merchant, hook: WebhookEndpoint, **values: Any) -> WebhookDelivery:
    with merchant_scope(merchant):
        made = services.send_test(endpoint_id=hook.id, actor=BY, now=timezone.now())
        WebhookDelivery.objects.filter(id=made.id).update(**values)
    return made


def events(merchant: Merchant) -> list[str]:
    with merchant_scope(merchant):
        return list(AuditEvent.objects.order_by("at", "id").values_list("action", flat=True))


def test_make_an_endpoint_and_show_its_secret_once(owner: Client, merchant: Merchant) -> None:
    assert "No endpoints yet" in owner.get(BASE).content.decode()
    answer = owner.post(f"{BASE}new/", FORM)
    with merchant_scope(merchant):
        made = WebhookEndpoint.objects.get()
    assert answer["Location"] == f"{BASE}{made.id}/"
    assert made.events == ["response.issued", "response.completed", "reward.used"]
    secret = decrypt(made.secret)
    assert secret not in made.secret
    assert secret in owner.get(answer["Location"]).content.decode()
    assert secret not in owner.get(answer["Location"]).content.decode()
    assert events(merchant) == ["webhook.created"]
    assert "Shop" in owner.get(BASE).content.decode()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://hooks.example.com/", "begins with https://"),
        ("https://hooks.example.com:8443/", "names no port"),
        ("https://user:pw@hooks.example.com/", "not a web address"),
        ("https://10.0.0.1/", "private network"),
        ("https://[::1]/", "private network"),
        ("https://[::ffff:10.0.0.1]/", "private network"),
        ("https://169.254.169.254/latest/", "private network"),
        ("https://localhost/", "private network"),
        ("https://2130706433/", "private network"),
        ("https://127.1/", "private network"),
        ("https://0x7f000001/", "private network"),
        ("ftp://hooks.example.com/", "begins with https://"),
        ("not an address", "not a web address"),
        ("", "required"),
    ],
)
def test_refuse_addresses_that_nothing_is_sent_to(url: str, says: str) -> None:
    form = EndpointForm(FORM | {"url": url})
    assert not form.is_valid()
    assert says in str(form.errors["url"])


def test_ask_for_an_event(owner: Client) -> None:
    answer = owner.post(f"{BASE}new/", {"name": "Shop", "url": FORM["url"]})
    assert answer.status_code == 422
    assert "Choose at least one" in answer.content.decode()


def test_change_it(owner: Client, merchant: Merchant, hook: WebhookEndpoint) -> None:
    page = f"{BASE}{hook.id}/edit/"
    assert 'value="https://hooks.example.com/"' in owner.get(page).content.decode()
    assert owner.post(page, FORM | {"version": 1, "name": "Warehouse"})["Location"] == f"{BASE}{hook.id}/"
    assert owner.post(page, FORM | {"version": 1, "name": "Till"}).status_code == 422
    with merchant_scope(merchant):
        hook.refresh_from_db()
    assert (hook.name, hook.version) == ("Warehouse", 2)
    assert events(merchant) == ["webhook.created", "webhook.changed"]


def test_switch_rotate_reveal_and_remove(owner: Client, merchant: Merchant, hook: WebhookEndpoint) -> None:
    page = f"{BASE}{hook.id}/"
    for act in ("off", "on", "rotate", "secret", "test", "resend", "remove"):
        assert owner.get(f"{page}{act}/").status_code == 200
    old = decrypt(hook.secret)
    owner.post(f"{page}secret/")
    assert old in owner.get(page).content.decode()
    owner.post(f"{page}rotate/")
    shown = owner.get(page).content.decode()
    with merchant_scope(merchant):
        hook.refresh_from_db()
    assert decrypt(hook.secret) in shown
    assert old not in shown
    assert "The old secret signs too until" in shown
    owner.post(f"{page}off/")
    assert "Nothing is sent to this endpoint" in owner.get(page).content.decode()
    owner.post(f"{page}on/")
    assert "Nothing is sent to this endpoint" not in owner.get(page).content.decode()
    assert owner.post(f"{page}remove/")["Location"] == BASE
    assert owner.get(page).status_code == 404
    assert events(merchant)[1:] == [
        "webhook.secret_shown",
        "webhook.secret_changed",
        "webhook.switched_off",
        "webhook.switched_on",
        "webhook.removed",
    ]


def test_send_a_test_and_follow_it(owner: Client, merchant: Merchant, receiver: Receiver) -> None:
    with merchant_scope(merchant):
        hook = endpoint(receiver.url)
    answer = owner.post(f"{BASE}{hook.id}/test/")
    assert re.fullmatch(rf"{BASE}log/[0-9a-f-]+/", answer["Location"])
    page = owner.get(answer["Location"]).content.decode()
    assert "Waiting" in page
    assert 'hx-trigger="every 2s"' in page
    with merchant_scope(merchant):
        run_due()
    part = owner.get(f"{answer['Location']}?part=1").content.decode()
    assert "200 OK" in part
    assert "webhook-signature" in part
    assert "hx-trigger" not in part
    assert "<html" not in part
    assert "webhook.test" in owner.get(answer["Location"]).content.decode()


def test_send_again(owner: Client, merchant: Merchant, hook: WebhookEndpoint) -> None:
    made = sent(merchant, hook, status=Status.FAILED, ended_at=timezone.now(), next_at=None)
    page = f"{BASE}log/{made.id}/"
    assert "Send again" in owner.get(page).content.decode()
    assert owner.post(f"{page}resend/")["Location"] == page
    with merchant_scope(merchant):
        made.refresh_from_db()
        assert made.status == Status.WAITING
        services.switch(endpoint_id=hook.id, on=False, actor=BY, now=timezone.now())
    assert "Send again" not in owner.get(page).content.decode()
    assert "switched off or removed" in owner.post(f"{page}resend/", follow=True).content.decode()


def test_find_messages_in_the_log(owner: Client, merchant: Merchant, at_once: None) -> None:
    from messaging.webhooks.announcing import announce  # noqa: PLC0415

    with merchant_scope(merchant):
        hook = endpoint()
        held = make.give()
        announce(now=timezone.now())
        told = WebhookDelivery.objects.get()
    sent(merchant, hook)
    for query in (f"q={held.id}", f"q=msg_{told.id.hex}", f"q={told.id}", "event=response.issued"):
        page = owner.get(f"{BASE}log/?{query}").content.decode()
        assert "response.issued" in page, query
        assert f"/log/{told.id}/" in page
        assert page.count("/webhooks/log/") < 8
    assert "Nothing" in owner.get(f"{BASE}log/?q=nonsense").content.decode()
    assert f"/offer-responses/{held.id}/" in owner.get(f"{BASE}log/{told.id}/").content.decode()
    for query in ("status=waiting", f"endpoint={hook.id}", "created_from=2020-01-01", "sort=event", "sort=-attempts"):
        assert f"/log/{told.id}/" in owner.get(f"{BASE}log/?{query}").content.decode(), query


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT, Role.ADMIN])
def test_show_them_to_owners_only(signed_in: SignIn, merchant: Merchant, hook: WebhookEndpoint, role: Role) -> None:
    made = sent(merchant, hook)
    client = signed_in(role)
    pages = ["", "new/", "log/", f"log/{made.id}/", f"{hook.id}/", f"{hook.id}/edit/", f"{hook.id}/secret/"]
    assert [client.get(BASE + page).status_code for page in pages] == [403] * len(pages)
    acts = ["new/", f"{hook.id}/rotate/", f"{hook.id}/test/", f"{hook.id}/remove/", f"log/{made.id}/resend/"]
    assert [client.post(BASE + act, FORM).status_code for act in acts] == [403] * len(acts)


def test_ask_who_is_there_before_a_secret_is_shown(signed_in: SignIn, hook: WebhookEndpoint) -> None:
    client = signed_in(Role.OWNER)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0}]
    session.save()
    for act in ("secret", "rotate", "edit"):
        assert "reauthenticate" in client.get(f"{BASE}{hook.id}/{act}/")["Location"]


@pytest.mark.parametrize("rows", [1, 3])
def test_ask_the_database_as_often_for_many_rows(owner: Client, merchant: Merchant, rows: int) -> None:
    with merchant_scope(merchant):
        hooks = [endpoint() for _ in range(rows)]
    for _ in range(rows):
        sent(merchant, hooks[0])
    pages = {"list": "", "log": "log/", "endpoint": f"{hooks[0].id}/"}
    found = {name: len(queries_of(owner, BASE + page)) for name, page in pages.items()}
    assert found == {"list": 7, "log": 8, "endpoint": 9}


def test_keep_another_merchants_out(owner: Client, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        theirs = endpoint()
    made = sent(other_merchant, theirs)
    for page in (
        f"{theirs.id}/",
        f"{theirs.id}/edit/",
        f"{theirs.id}/test/",
        f"log/{made.id}/",
        f"log/{made.id}/resend/",
    ):
        assert owner.get(BASE + page).status_code == 404
    assert "hooks.example.com" not in owner.get(BASE).content.decode()
