"""The settings of destinations: made, changed, tested, confirmed, archived; secrets never shown."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from exports.destinations import DeliveryRefused, services
from exports.destinations import open as way_to
from exports.destinations.contract import Manifest
from exports.errors import NotPossible
from exports.models import Destination
from messaging.models import Message
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import AuditEvent, Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import NOW, sign_in
from tests.exports.destinations.sftp_server import PASSWORD, USER
from tests.support.counting import queries_of

pytestmark = pytest.mark.django_db
QUERIES = 8
LIST = "/m/brew-bloom/settings/destinations/"
SFTP = {"name": "Warehouse", "host": "files.example.com", "port": "22", "username": USER, "folder": "/in"}
S3 = {
    "name": "Lake",
    "endpoint": "https://s3.example.com",
    "region": "eu-central-1",
    "bucket": "brew-exports",
    "folder": "daily",
    "access_key": "AKBREW",
    "secret_key": "a secret of many words",
}


def just_signed_in(client: Client) -> Client:
    """The same, by a password a moment ago."""
    session = client.session
    session["account_authentication_methods_user"] = str(client.user.pk)  # type: ignore[attr-defined]
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return just_signed_in(sign_in(merchant, Role.OWNER))


def made(kind: str = "sftp", **values: Any) -> Destination:
    user = User.objects.create_user(f"{kind}-{Destination.objects.count()}@brew-bloom.example", name="Ada")
    settings = {"host": "files.example.com", "port": 22, "username": USER, "folder": "/in", "host_key": ""}
    found: dict[str, Any] = {"name": "Warehouse", "settings": settings, "secret": {"password": PASSWORD}} | values
    return services.create(kind=kind, user=user, now=NOW, **found)


def page(destination: Destination) -> str:
    return f"{LIST}{destination.id}/"


def test_make_one_with_its_secret_encrypted_and_never_shown(owner: Client, merchant: Merchant) -> None:
    answer = owner.post(f"{LIST}new/sftp/", SFTP | {"password": PASSWORD})
    with merchant_scope(merchant):
        found = Destination.objects.get()
        events = list(AuditEvent.objects.filter(action__startswith="destination."))
    assert answer["Location"] == page(found)
    assert found.secret == {"password": PASSWORD}
    assert PASSWORD not in found.secret_sealed
    for address in (page(found), f"{page(found)}edit/", LIST):
        assert PASSWORD not in owner.get(address).content.decode()
    assert [event.action for event in events] == ["destination.created"]
    assert PASSWORD not in str([event.after for event in events])


@pytest.mark.parametrize("kind", ["sftp", "s3", "email"])
def test_ask_for_what_each_kind_needs(owner: Client, kind: str) -> None:
    form = owner.get(f"{LIST}new/{kind}/").content.decode()
    assert "New destination" in form
    assert owner.post(f"{LIST}new/{kind}/", {"name": "Anywhere"}).status_code == 422


def test_there_is_no_other_kind(owner: Client) -> None:
    assert owner.get(f"{LIST}new/pigeon/").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("host", "10.0.0.5", "private network"),
        ("host", "localhost", "private network"),
        ("host", "https://files.example.com/", "server&#x27;s name alone"),
        ("port", "25", "Only the ports 22 and 2222"),
        ("folder", "/in/../../etc", "no .. on its way"),
        ("folder", "in;rm", "A folder has letters"),
        ("host_key", "not a key", "host key as one line"),
        ("private_key", "-----BEGIN", "This is no private key"),
        ("password", "", "Give the password or a private key"),
    ],
)
def test_refuse_what_cannot_be_a_file_server(owner: Client, field: str, value: str, words: str) -> None:
    given = SFTP | {"password": "" if field == "private_key" else PASSWORD, field: value}
    answer = owner.post(f"{LIST}new/sftp/", given)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("endpoint", "http://s3.example.com", "https://"),
        ("endpoint", "https://user:pw@s3.example.com", "not a web address"),
        ("bucket", "No Bucket", "small letters"),
        ("secret_key", "", "go together"),
    ],
)
def test_refuse_what_cannot_be_a_storage(owner: Client, field: str, value: str, words: str) -> None:
    answer = owner.post(f"{LIST}new/s3/", S3 | {field: value})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_a_name_is_taken_once(owner: Client, scope: Merchant) -> None:
    made()
    answer = owner.post(f"{LIST}new/sftp/", SFTP | {"password": PASSWORD})
    assert (answer.status_code, "Another destination has this name" in answer.content.decode()) == (422, True)


def test_keep_the_secret_unless_it_would_go_elsewhere(owner: Client, scope: Merchant) -> None:
    found = made()
    assert owner.post(f"{page(found)}edit/", SFTP | {"name": "Store", "folder": "/other"}).status_code == 302
    found.refresh_from_db()
    assert (found.name, found.secret) == ("Store", {"password": PASSWORD})
    answer = owner.post(f"{page(found)}edit/", SFTP | {"host": "files.stranger.example"})
    assert (answer.status_code, "Give the password or a private key" in answer.content.decode()) == (422, True)


def test_the_service_sends_no_secret_elsewhere_either(scope: Merchant) -> None:
    found = made()
    elsewhere = found.settings | {"host": "files.stranger.example"}
    with pytest.raises(NotPossible):
        services.change(destination_id=found.id, name="x", settings=elsewhere, secret={}, actor=Actor.system(), now=NOW)


def test_archiving_forgets_the_secret_and_stops_deliveries(owner: Client, scope: Merchant) -> None:
    found = made()
    assert owner.post(f"{page(found)}archive/").status_code == 302
    found.refresh_from_db()
    assert PASSWORD not in str(found.secret)
    with pytest.raises(DeliveryRefused, match="is archived"):
        way_to(found)
    assert owner.get(f"{page(found)}edit/").status_code == 404
    assert owner.get(page(found)).status_code == 200
    assert "Warehouse" not in owner.get(f"{LIST}?archived=no").content.decode()
    made()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT, Role.ADMIN])
def test_only_owners_decide_where_files_go(merchant: Merchant, role: Role) -> None:
    assert sign_in(merchant, role).get(LIST).status_code == 403


def test_ask_who_is_there_before_files_go_elsewhere(merchant: Merchant, scope: Merchant) -> None:
    client, found = sign_in(merchant, Role.OWNER), made()
    for address in (f"{LIST}new/sftp/", f"{page(found)}edit/"):
        assert client.get(address)["Location"].startswith("/accounts/")
    assert client.post(f"{page(found)}key/", {"key": "x"})["Location"].startswith("/accounts/")


def test_another_merchants_destination_is_not_there(owner: Client, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        found = made()
    for address in ("", "edit/", "archive/"):
        assert owner.get(f"{page(found)}{address}").status_code == 404
    assert owner.post(f"{page(found)}test/").status_code == 404
    assert owner.post(f"{page(found)}key/", {"key": "x"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_few_questions(owner: Client, scope: Merchant, rows: int) -> None:
    for number in range(rows):
        made(name=f"Place {number}")
    assert len(queries_of(owner, LIST)) == QUERIES


def test_mail_goes_to_those_who_may_fetch_exports_now(scope: Merchant) -> None:
    users = {role: User.objects.create_user(f"{role.name}@brew-bloom.example", name=role.name) for role in Role}
    for role, user in users.items():
        Membership.objects.create(merchant=scope, user=user, role=role)
    away = User.objects.create_user("away@brew-bloom.example", name="Away", is_active=False)
    Membership.objects.create(merchant=scope, user=away, role=Role.OWNER)
    recipients = [user.email.upper() for user in (*users.values(), away)] + ["stranger@example.com"]
    found = made("email", settings={"recipients": recipients}, secret={})
    manifest = Manifest(rows=3, sha256="0" * 64, size=1, made_at=NOW, run_id=new_id(), title="Daily", link="https://x/")
    for attempt in (1, 2):
        way_to(found).deliver(Path("/none"), name="daily.csv", manifest=manifest, attempt=attempt)
    told = sorted(Message.objects.values_list("to_address", flat=True))
    assert told == sorted(users[role].email for role in (Role.ADMIN, Role.OWNER))
    Membership.objects.all().delete()
    with pytest.raises(DeliveryRefused, match="None of the recipients"):
        way_to(found).deliver(Path("/none"), name="daily.csv", manifest=manifest, attempt=3)
