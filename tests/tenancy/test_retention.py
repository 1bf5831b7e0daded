"""How long records are kept: what owners choose, what the database holds, and what the clean-up then removes."""

import re
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from tenancy import calls, retention
from tenancy.actors import Actor
from tenancy.audit import security_event
from tenancy.errors import ChangedMeanwhile
from tenancy.ids import new_id
from tenancy.keeping import in_words, kept_for
from tenancy.models import (
    ApiCall,
    ApiKey,
    AuditEvent,
    IdempotencyRecord,
    Invitation,
    Merchant,
    Retention,
    SecurityEvent,
)
from tenancy.models.retention import PERIODS
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.services.retention import save_retention
from tests.support.counting import queries_of

pytestmark = pytest.mark.django_db(databases=["default", "aside"])
PAGE = "/m/brew-bloom/settings/retention/"
USUAL = {name: period.usual for name, period in PERIODS.items()}
ANSWERS: dict[str, Any] = {"version": 0, **USUAL}
DAY = timedelta(days=1)
MakeClient = Callable[[Role], Client]


def choose(merchant: Merchant, version: int = 0, **periods: int) -> Retention:
    with merchant_scope(merchant):
        return save_retention(
            merchant=merchant, periods=periods, version=version, actor=Actor.system(), now=timezone.now()
        )


def kept(merchant: Merchant) -> Retention | None:
    with merchant_scope(merchant):
        found: Retention | None = Retention.objects.first()
        return found


def event(days: float, action: str = "merchant.changed") -> AuditEvent:
    """An event of so many days ago, in the scope that is open."""
    at = timezone.now() - timedelta(days=days)
    made: AuditEvent = AuditEvent.objects.create(action=action, actor="system", target_type="merchant", at=at)
    return made


def clean(merchant: Merchant, limit: int = 100) -> int:
    with merchant_scope(merchant):
        return retention.remove_old_audit_events(now=timezone.now(), limit=limit)


def actions(merchant: Merchant) -> list[str]:
    with merchant_scope(merchant):
        return list(AuditEvent.objects.order_by("at", "id").values_list("action", flat=True))


# The page


def test_show_every_kind_with_how_long_it_is_kept(owner: Client) -> None:
    page = owner.get(PAGE).content.decode()
    for words in ("Audit log", "Answers given to tills", "Half-filled claim forms", "Ledger", "Usually 2 years."):
        assert words in page
    assert re.search(r'<option value="730" selected>\s*2 years', page)
    assert "The clean-up has not run yet" in page
    assert 'name="export_days"' in page


def test_ask_the_database_little(owner: Client) -> None:
    sent = queries_of(owner, PAGE)
    assert sum("tenancy_retention" in sql for sql in sent) == 1
    assert sum("jobs_job" in sql for sql in sent) == 1


def test_save_and_record_what_changed(owner: Client, relaxed: Merchant) -> None:
    assert owner.post(PAGE, {**ANSWERS, "audit_days": 1095, "call_days": 1})["Location"] == PAGE
    found = kept(relaxed)
    assert found
    assert (found.audit_days, found.call_days, found.webhook_days, found.version) == (1095, 1, 30, 1)
    with merchant_scope(relaxed):
        changed = AuditEvent.objects.get(action="retention.changed")
        assert kept_for("audit_days") == 1095 * DAY
    assert (changed.before, changed.after) == (
        {"audit_days": 730, "call_days": 7},
        {"audit_days": 1095, "call_days": 1},
    )
    page = owner.get(PAGE).content.decode()
    assert re.search(r'<option value="1095" selected>\s*3 years', page)
    assert "Retention changed" in owner.get("/m/brew-bloom/settings/audit/").content.decode()


def test_write_nothing_where_nothing_changes(owner: Client, relaxed: Merchant) -> None:
    assert owner.post(PAGE, ANSWERS).status_code == 302
    assert kept(relaxed) is None
    assert actions(relaxed) == []


def test_tell_the_second_of_two_who_change_it(owner: Client, relaxed: Merchant) -> None:
    owner.post(PAGE, {**ANSWERS, "call_days": 1})
    response = owner.post(PAGE, {**ANSWERS, "call_days": 30})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Somebody else has changed these settings meanwhile." in page
    assert re.search(r'<option value="30" selected', page)
    found = kept(relaxed)
    assert found
    assert (found.call_days, found.version) == (1, 1)


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_let_one_of_two_at_the_same_moment_choose(relaxed: Merchant) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def one(days: int) -> None:
        start.wait()
        try:
            choose(relaxed, call_days=days)
            outcomes.append("saved")
        except ChangedMeanwhile:
            outcomes.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[days]) for days in (1, 14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]
    assert actions(relaxed) == ["retention.changed"]


@pytest.mark.parametrize("name", PERIODS)
def test_refuse_what_is_outside_the_bounds(owner: Client, relaxed: Merchant, name: str) -> None:
    shortest, longest = PERIODS[name].bounds
    for days in (shortest - 1, longest + 1, 0, -1, "x", ""):
        response = owner.post(PAGE, {**ANSWERS, name: days})
        assert response.status_code == 422
        assert name in response.context["form"].errors
    assert kept(relaxed) is None


@pytest.mark.parametrize("name", PERIODS)
def test_hold_the_bounds_in_the_database_too(relaxed: Merchant, name: str) -> None:
    choose(relaxed, **{name: next(days for days in PERIODS[name].choices if days != PERIODS[name].usual)})
    shortest, longest = PERIODS[name].bounds
    for days in (shortest - 1, longest + 1):
        with pytest.raises(IntegrityError, match=f"retention_{name}"), transaction.atomic(), merchant_scope(relaxed):
            Retention.objects.update(**{name: days})


def test_hold_one_row_for_each_merchant(relaxed: Merchant) -> None:
    choose(relaxed, call_days=1)
    with pytest.raises(IntegrityError, match="retention_once"), transaction.atomic(), merchant_scope(relaxed):
        Retention.objects.create(changed_at=timezone.now())


def test_keep_merchants_apart(relaxed: Merchant, other_merchant: Merchant) -> None:
    choose(relaxed, call_days=1)
    assert kept(other_merchant) is None
    with merchant_scope(other_merchant):
        assert kept_for("call_days") == 7 * DAY


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT, Role.ADMIN])
def test_be_for_owners_alone(signed_in: MakeClient, relaxed: Merchant, role: Role) -> None:
    client = signed_in(role)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {**ANSWERS, "call_days": 1}).status_code == 403
    assert kept(relaxed) is None
    assert PAGE not in client.get("/m/brew-bloom/customers/").content.decode()


def test_say_periods_in_words() -> None:
    assert [in_words(days) for days in (1, 90, 365, 730)] == ["1 day", "90 days", "1 year", "2 years"]


# The audit log


def test_remove_events_past_the_period_and_say_so(relaxed: Merchant) -> None:
    with merchant_scope(relaxed):
        for days in (731, 800, 2000):
            event(days)
        younger = [event(days).pk for days in (729.9, 400, 0)]

    assert clean(relaxed) == 3

    with merchant_scope(relaxed):
        said = AuditEvent.objects.get(action="audit.cleaned")
        assert set(AuditEvent.objects.exclude(pk=said.pk).values_list("pk", flat=True)) == set(younger)
    assert (said.actor, said.target_type, said.before) == ("system", "audit_event", None)
    assert said.after
    assert (said.after["events"], said.after["kept_days"]) == (3, 730)
    assert abs(timezone.now() - said.at) < timedelta(minutes=1)


def test_go_by_the_period_that_was_chosen(relaxed: Merchant) -> None:
    with merchant_scope(relaxed):
        event(366)
        event(1000)
    choose(relaxed, audit_days=1095)
    assert clean(relaxed) == 0
    choose(relaxed, version=1, audit_days=365)
    assert clean(relaxed) == 2
    assert actions(relaxed) == ["retention.changed", "retention.changed", "audit.cleaned"]


def test_remove_no_more_than_a_piece(relaxed: Merchant) -> None:
    with merchant_scope(relaxed):
        oldest = [event(800 - number).pk for number in range(5)]
    assert clean(relaxed, limit=2) == 2
    with merchant_scope(relaxed):
        assert not AuditEvent.objects.filter(pk__in=oldest[:2]).exists()
        assert AuditEvent.objects.filter(pk__in=oldest[2:]).count() == 3
    assert [clean(relaxed, limit=2) for _ in range(3)] == [2, 1, 0]


def test_not_remove_its_own_traces_night_after_night(relaxed: Merchant) -> None:
    with merchant_scope(relaxed):
        event(740, "audit.cleaned")
    assert clean(relaxed) == 0
    with merchant_scope(relaxed):
        event(735)
    assert clean(relaxed) == 2
    assert actions(relaxed) == ["audit.cleaned"]


def test_leave_other_merchants_alone(relaxed: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        event(2000)
    assert clean(relaxed) == 0
    with merchant_scope(relaxed), connection.cursor() as cursor:
        cursor.execute("SELECT remove_old_audit_events(%s, 100)", [other_merchant.pk])
        assert cursor.fetchone() == (0,)
    assert actions(other_merchant) == ["merchant.changed"]


def test_take_the_trace_back_with_the_removal(relaxed: Merchant) -> None:
    with merchant_scope(relaxed):
        event(2000)
    with merchant_scope(relaxed), transaction.atomic():
        assert retention.remove_old_audit_events(now=timezone.now(), limit=100) == 1
        transaction.set_rollback(True)
    assert actions(relaxed) == ["merchant.changed"]


def test_open_no_other_way_to_remove_events(relaxed: Merchant) -> None:
    """The application's role may not delete, old or young, nor shorten the period below a year."""
    choose(relaxed, audit_days=365)
    with merchant_scope(relaxed):
        young, old = event(364), event(2000)
    for wanted in (young, old):
        with pytest.raises(ProgrammingError, match="permission denied"), merchant_scope(relaxed):
            wanted.delete()
    with pytest.raises(ProgrammingError, match="permission denied"), merchant_scope(relaxed):
        AuditEvent.objects.update(at=timezone.now() - 2000 * DAY)
    for days in (0, -1, 364):
        with pytest.raises(IntegrityError, match="retention_audit_days"), merchant_scope(relaxed):
            Retention.objects.update(audit_days=days)
    for text in ("SET LOCAL ROLE app_owner", "SET LOCAL ROLE app_ledger"):
        with pytest.raises(ProgrammingError, match="permission denied"), merchant_scope(relaxed):
            connection.cursor().execute(text)
    clean(relaxed)
    with merchant_scope(relaxed):
        assert AuditEvent.objects.filter(pk=young.pk).exists()
        assert not AuditEvent.objects.filter(pk=old.pk).exists()


def test_not_be_led_astray_by_tables_of_the_same_name(relaxed: Merchant) -> None:
    """Whoever calls the function cannot put a table of their own before ours."""
    with merchant_scope(relaxed), connection.cursor() as cursor:
        young = event(10)
        cursor.execute("CREATE TEMPORARY TABLE tenancy_retention (merchant_id uuid, audit_days int) ON COMMIT DROP")
        cursor.execute("INSERT INTO pg_temp.tenancy_retention VALUES (%s, 0)", [relaxed.pk])
        cursor.execute("SELECT public.remove_old_audit_events(%s, 100)", [relaxed.pk])
        assert cursor.fetchone() == (0,)
        assert AuditEvent.objects.filter(pk=young.pk).exists()
        cursor.execute("DROP TABLE pg_temp.tenancy_retention")


def test_let_the_application_alone_call_it(superuser_connection: Any) -> None:
    found = superuser_connection.execute(
        "SELECT p.proname::text, r.rolname::text, p.prosecdef, has_function_privilege('app_rw', p.oid, 'EXECUTE'),"
        " has_function_privilege('app_poller', p.oid, 'EXECUTE')"
        " FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE p.proname LIKE 'remove_old_%%' ORDER BY 1"
    ).fetchall()
    names = ("remove_old_audit_events", "remove_old_security_events")
    assert found == [(name, "app_owner", True, True, False) for name in names]


# What belongs to this room besides


def test_remove_old_events_at_the_gates(relaxed: Merchant) -> None:
    old = [SecurityEvent.objects.create(kind="sign_in", merchant_id=merchant_id) for merchant_id in (None, relaxed.pk)]
    security_event(kind="sign_in")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(using="aside"):
        SecurityEvent.objects.update(at=timezone.now())
    assert retention.remove_old_security_events(now=timezone.now() + 5000 * DAY, limit=100) == 0
    assert SecurityEvent.objects.filter(pk__in=[row.pk for row in old]).count() == 2


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_remove_them_after_two_years(relaxed: Merchant, superuser_connection: Any) -> None:
    for days in (729, 731, 1000):
        superuser_connection.execute(
            "INSERT INTO tenancy_securityevent (id, kind, request_id, detail, at)"
            " VALUES (%s, 'sign_in', '', %s, now() - %s * interval '1 day')",
            [uuid.uuid4(), str(days), days],
        )
    superuser_connection.commit()
    assert [retention.remove_old_security_events(now=timezone.now(), limit=1) for _ in range(3)] == [1, 1, 0]
    assert list(SecurityEvent.objects.values_list("detail", flat=True)) == ["729"]
    assert retention.SECURITY_KEPT == 730 * DAY


def test_remove_calls_by_the_period(relaxed: Merchant) -> None:
    now = timezone.now()
    with merchant_scope(relaxed):
        key = ApiKey.objects.create(name="Till", prefix="pk_x", key_hash="x" * 64, scopes=["read"])
        for days in (0.5, 2, 8):
            ApiCall.objects.create(
                key=key, at=now - days * DAY, method="GET", route="/x", status=200, milliseconds=1, request_id="x"
            )
        assert calls.remove_old_calls(now=now, limit=100) == 1
    choose(relaxed, call_days=1)
    with merchant_scope(relaxed):
        assert calls.remove_old_calls(now=now, limit=100) == 1
        assert ApiCall.objects.count() == 1


def test_keep_answers_to_tills_as_long_as_chosen(relaxed: Merchant) -> None:
    now = timezone.now()
    choose(relaxed, answer_days=60)
    with merchant_scope(relaxed):
        for principal in ("api_key:x", "user:x"):
            made = IdempotencyRecord.objects.create(principal=principal, key="k", digest="d" * 64, status=200)
            IdempotencyRecord.objects.filter(pk=made.pk).update(created_at=now - 59 * DAY)
        assert retention.remove_old_records(now=now, limit=100) == 1
        assert IdempotencyRecord.objects.get().principal == "api_key:x"
        assert retention.remove_old_records(now=now + 2 * DAY, limit=100) == 1


def test_forget_invitations_that_ended_long_ago(relaxed: Merchant) -> None:
    now = timezone.now()
    with merchant_scope(relaxed):
        for days, used in ((98, None), (98, now - 97 * DAY), (96, None), (1, None)):
            Invitation.objects.create(
                email=f"{days}-{int(bool(used))}@brew-bloom.example",
                role=Role.AGENT,
                token_hash=new_id().hex,
                created_at=now - days * DAY,
                expires_at=now - days * DAY + 7 * DAY,
                accepted_at=used,
            )
        assert retention.remove_old_invitations(now=now, limit=100) == 2
        assert {row.email.partition("-")[0] for row in Invitation.objects.all()} == {"96", "1"}


def test_forget_devices_of_sessions_that_are_over(owner: Client) -> None:
    here = UserSession.objects.get()
    gone = UserSession.objects.create(user=here.user, session_key="gone", ip="192.0.2.1", user_agent="Old")
    later = timezone.now() + 2 * DAY
    assert retention.remove_ended_devices(now=timezone.now(), limit=100) == 0
    assert retention.remove_ended_devices(now=later, limit=100) == 1
    assert list(UserSession.objects.values_list("pk", flat=True)) == [here.pk]
    assert gone.pk != here.pk
    Session.objects.all().delete()
    assert retention.remove_ended_devices(now=later, limit=100) == 1
