"""Members, keys, their calls and the audit log in the order of what their cells show, and found by a piece of it."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from tenancy.models import ApiCall, ApiKey, AuditEvent, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.tables import AuditTable
from tenancy.views.settings.audit import Audit
from tests.support.counting import queries_of
from tests.support.shown import NOTHING, in_order, shown

MakeUser = Callable[..., User]
pytestmark = pytest.mark.django_db(databases=["default", "aside"])
BASE = "/m/brew-bloom/settings/"
MEMBERS, KEYS, AUDIT = f"{BASE}members/", f"{BASE}api-keys/", f"{BASE}audit/"
TARGET = uuid.UUID("019a0000-0000-7000-8000-0000deadbeef")


@pytest.fixture
def people(person: MakeUser, relaxed: Merchant, other_merchant: Merchant) -> dict[str, User]:
    """Colleagues; one has no name, one has signed in, one is another merchant's."""
    made = {name: person(name, relaxed, Role.AGENT) for name in ("zoe", "bert", "ann")}
    User.objects.filter(pk=made["bert"].pk).update(name="", email="karl@brew-bloom.example")
    User.objects.filter(pk=made["ann"].pk).update(last_login=timezone.now() - timedelta(days=2))
    made["fred"] = person("fred", other_merchant, Role.AGENT)
    return made


@pytest.mark.usefixtures("people")
def test_sort_and_find_members(owner: Client) -> None:
    names = [text.lower() for text in in_order(owner, MEMBERS, "person")]
    assert [name[:3] for name in names] == ["ann", "kar", "own", "zoe"]
    assert in_order(owner, MEMBERS, "last_seen")[:2] == ["", ""]
    for q, found in (("kar", ["karl@brew-bloom.example"]), ("ANN brew", ["Annann@brew-bloom.example"]), ("fred", [])):
        assert shown(owner, MEMBERS, "person", q=q) == found
    assert len(queries_of(owner, MEMBERS, q="a", sort="last_seen")) == len(queries_of(owner, MEMBERS)) <= 12


@pytest.fixture
def keys(people: dict[str, User], relaxed: Merchant, other_merchant: Merchant) -> dict[str, ApiKey]:
    """Keys in use, expired and revoked."""
    now = timezone.now()
    told: dict[str, dict[str, Any]] = {
        "Till": {"prefix": "cc_live_b", "scopes": ["write", "read"], "created_by": people["zoe"], "last_used_at": now},
        "shop": {"prefix": "cc_live_c", "scopes": ["fulfil"], "expires_at": now - timedelta(days=1)},
        "Old": {"prefix": "cc_live_a", "scopes": ["read"], "created_by": people["bert"], "revoked_at": now},
        "New": {"prefix": "cc_live_d", "scopes": [], "expires_at": now + timedelta(days=9)},
    }
    with merchant_scope(other_merchant):
        ApiKey.objects.create(name="Theirs", prefix="cc_live_z", key_hash="their")
    with merchant_scope(relaxed):
        return {name: ApiKey.objects.create(name=name, key_hash=name, **facts) for name, facts in told.items()}


@pytest.mark.parametrize("column", ["name", "prefix", "scopes", "by"])
def test_sort_keys_by_what_is_shown(keys: dict[str, ApiKey], owner: Client, column: str) -> None:
    texts = [text.lower() for text in in_order(owner, KEYS, column)]
    assert texts == sorted(texts)
    assert len(set(texts)) > 2


def test_sort_keys_by_state_and_moments(keys: dict[str, ApiKey], owner: Client) -> None:
    assert in_order(owner, KEYS, "state") == ["In use", "In use", "Expired", "Revoked"]
    assert [bool(text) for text in in_order(owner, KEYS, "used")] == [False, False, False, True]
    assert [bool(text) for text in in_order(owner, KEYS, "expires")] == [True, True, False, False]
    for q, found in (("til", ["Till"]), ("cc_live_c…", ["shop"]), ("theirs", [])):
        assert shown(owner, KEYS, "name", q=q) == found


@pytest.fixture
def log(keys: dict[str, ApiKey], relaxed: Merchant) -> str:
    """The address of a key's calls."""
    with merchant_scope(relaxed):
        for number, (method, route, status, code) in enumerate(
            [
                ("POST", "api/v1/members", 409, "member_exists"),
                ("GET", "api/v1/members", 200, ""),
                ("GET", "api/v1/rewards", 404, "not_found"),
            ]
        ):
            facts: dict[str, Any] = {"method": method, "route": route, "status": status, "code": code}
            more: dict[str, Any] = {"operation": f"{9 - number}abc" * 4, "request_id": f"{number}" * 32}
            ApiCall.objects.create(key=keys["Till"], at=timezone.now(), milliseconds=number, **facts, **more)
    return f"{KEYS}{keys['Till'].pk}/"


@pytest.mark.parametrize("column", ["call", "status", "code", "operation", "request"])
def test_sort_calls_by_what_is_shown(log: str, owner: Client, column: str) -> None:
    texts = in_order(owner, log, column)
    assert texts == sorted(texts)
    assert len(set(texts)) == 3


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("GET /api/v1/m", ["200"]),
        ("rewards", ["404"]),
        ("member_ex", ["409"]),
        ("7abc7abc", ["404"]),
        ("111111111111", ["200"]),
        ("nothing", []),
    ],
)
def test_find_calls(log: str, owner: Client, q: str, found: list[str]) -> None:
    assert shown(owner, log, "status", q=q) == found


@pytest.fixture
def events(people: dict[str, User], relaxed: Merchant, other_merchant: Merchant) -> None:
    """Events of everybody who may act."""
    told: list[dict[str, Any]] = [
        {"action": "merchant.changed", "actor": f"user:{people['zoe'].pk}", "before": {"name": "Kettle"}},
        {"action": "funnel.published", "actor": f"user:{people['bert'].pk}", "after": {"is_on": True, "a": ""}},
        {"action": "member.joined", "actor": f"customer:{uuid.uuid4()}", "reason": "asked for it", "after": {}},
        {"action": "api_key.created", "actor": "system", "before": {"b": None}, "after": {"b": "", "cc": ["x"]}},
        {"action": "code.burnt", "actor": f"user:{uuid.uuid4()}", "ip": "10.0.0.9", "reason": "Lost"},
        {"action": "code.burnt", "actor": f"api_key:{uuid.uuid4()}", "ip": "9.0.0.9", "target_id": TARGET},
    ]
    targets = ("merchant", "funnel", "member", "api_key", "code_pool", "code_pool")
    with merchant_scope(relaxed):
        for target, one in zip(targets, told, strict=True):
            AuditEvent.objects.create(target_type=target, at=timezone.now(), **one)
    with merchant_scope(other_merchant):
        AuditEvent.objects.create(action="theirs", actor="system", target_type="merchant", at=timezone.now())


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize("column", ["action", "actor", "target", "changes", "reason"])
def test_sort_events_by_what_is_shown(owner: Client, column: str) -> None:
    texts = [text.lower() for text in in_order(owner, AUDIT, column)]
    assert texts == sorted(texts)
    assert len(set(texts)) > 2


@pytest.mark.usefixtures("events")
def test_sort_events_by_address(owner: Client) -> None:
    assert in_order(owner, AUDIT, "ip") == ["", "", "", "", "9.0.0.9", "10.0.0.9"]
    counts = {len(queries_of(owner, AUDIT, sort=sort)) for sort in ("at", "actor", "changes")}
    counts.add(len(queries_of(owner, AUDIT, q="zoe")))
    assert len(counts) == 1
    assert max(counts) <= 12


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("settings ch", ["Settings changed"]),
        ("Funnel p", ["Funnel published"]),
        ("zoe", ["Settings changed"]),
        ("karl@", ["Funnel published"]),
        ("system", ["API key created"]),
        ("a custom", ["Member joined"]),
        ("asked for", ["Member joined"]),
        ("Kettle", ["Settings changed"]),
        ("code pool", ["Code burnt", "Code burnt"]),
        ("9.0", ["Code burnt"]),
        (str(TARGET), ["Code burnt"]),
        ("theirs", []),
        (str(TARGET)[:-1] + "0", []),
    ],
)
def test_find_events(owner: Client, q: str, found: list[str]) -> None:
    assert shown(owner, AUDIT, "action", sort="action", q=q) == found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, None),
        ({}, {"b": 0}),
        ({"name": "", "is_on": False}, {"name": "x", "is_on": True}),
        ({"name": "x"}, {"name": ""}),
        ({"a": None, "bb": [], "ccc": ""}, {"a": None, "bb": ["x"], "ccc": "y"}),
        ({"a": "", "low_mark": 3}, None),
        (None, {"a": [], "b": None, "c": ""}),
        ({"long_name": "x", "z": ""}, {"long_name": "y", "z": 1.5}),
        ({"a": {"b": 1}}, {"a": {}}),
    ],
)
def test_name_the_first_change_as_the_cell_does(
    relaxed: Merchant, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    with merchant_scope(relaxed):
        facts: dict[str, Any] = {"before": before, "after": after, "at": timezone.now()}
        event = AuditEvent.objects.create(action="x", actor="system", target_type="y", **facts)
        event.refresh_from_db()
    told = strip_tags(AuditTable([event], names={}).render_changes(event))
    assert event.first_change == ("" if told == NOTHING else told.partition(":")[0])


def test_show_the_second_page_of_long_reasons(
    owner: Client, relaxed: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reason is longer than an address may be."""
    monkeypatch.setattr(Audit, "page_sizes", (2,))
    with merchant_scope(relaxed):
        for number in range(3):
            common: dict[str, Any] = {"actor": "system", "target_type": "merchant", "at": timezone.now()}
            AuditEvent.objects.create(action="merchant.changed", reason=f"{number}" + "理" * 499, **common)
    first = owner.get(AUDIT, {"sort": "reason"})
    rest = shown(owner, AUDIT, "reason", sort="reason", after=first.context["page"].next_token)
    assert [text[0] for text in rest] == ["2"]
