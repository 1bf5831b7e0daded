"""One act, one effect, however often and however close together its request comes."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from customers.models import Customer
from tenancy.idempotency import InProgress, KeyReused, answer_once, digest_of
from tenancy.models import ApiKey, IdempotencyRecord, Merchant
from tenancy.retention import remove_old_records
from tenancy.scope import merchant_scope
from tenancy.views.base import posted

pytestmark = pytest.mark.django_db(databases=["default", "aside"])
real = pytest.mark.django_db(transaction=True, databases=["default", "aside"])

Together = Callable[..., list[Any]]
NEW = "/m/brew-bloom/settings/api-keys/new/"
FORM = {"name": "Till", "scopes": ["read"], "op_id": "b" * 32}


def ask(
    merchant: Merchant,
    *,
    key: str = "k",
    digest: str = "d",
    body: str = "first",
    status: int = 200,
    wait_ms: int = 3000,
    pause: float = 0,
    until: threading.Event | None = None,
    principal: str = "user:1",
) -> HttpResponse:
    def work() -> HttpResponse:
        Customer.objects.create(email="", created_at=timezone.now())
        time.sleep(pause)
        assert until is None or until.wait(60)
        return HttpResponse(body, status=status, content_type="text/x-test")

    with merchant_scope(merchant):
        return answer_once(
            principal=principal,
            key=key,
            digest=digest,
            work=work,
            keep=lambda found: found.status_code < 500,
            wait_ms=wait_ms,
        )


def acts(merchant: Merchant) -> int:
    with merchant_scope(merchant):
        return int(Customer.objects.count())


def test_replay_the_first_answer(merchant: Merchant) -> None:
    first, second = ask(merchant), ask(merchant, body="second")
    assert (first.content, first["Content-Type"], first.status_code) == (
        second.content,
        second["Content-Type"],
        second.status_code,
    )
    assert ("Idempotent-Replayed" in first, second["Idempotent-Replayed"]) == (False, "true")
    assert acts(merchant) == 1


def test_refuse_another_request_with_the_same_key(merchant: Merchant) -> None:
    ask(merchant)
    with pytest.raises(KeyReused):
        ask(merchant, digest="other")
    assert acts(merchant) == 1


def test_tell_principals_and_merchants_apart(merchant: Merchant, other_merchant: Merchant) -> None:
    ask(merchant)
    ask(merchant, principal="user:2")
    ask(other_merchant)
    assert (acts(merchant), acts(other_merchant)) == (2, 1)


def test_keep_no_failure(merchant: Merchant) -> None:
    ask(merchant, status=503)
    assert ask(merchant).content == b"first"
    with merchant_scope(merchant):
        assert IdempotencyRecord.objects.count() == 1


@real
def test_forget_an_act_that_was_rolled_back(merchant: Merchant) -> None:
    with pytest.raises(RuntimeError), merchant_scope(merchant):
        answer_once(principal="p", key="k", digest="d", work=_fail, keep=bool)
    assert ask(merchant, principal="p").content == b"first"


def _fail() -> HttpResponse:
    raise RuntimeError


@real
def test_act_once_at_the_same_moment(together: Together, merchant: Merchant) -> None:
    given: dict[str, Any] = {"pause": 0.1, "wait_ms": 30_000}
    outcomes = together(lambda number: ask(merchant, body=f"answer {number}", **given), [(n,) for n in range(10)])
    answers = {outcome.value.content for outcome in outcomes}
    assert (len(answers), acts(merchant)) == (1, 1)
    assert sum("Idempotent-Replayed" in outcome.value for outcome in outcomes) == 9


@real
def test_control_that_without_the_record_all_act(together: Together, merchant: Merchant) -> None:
    outcomes = together(lambda number: ask(merchant, key=f"k{number}", pause=0.1), [(n,) for n in range(10)])
    assert [outcome.error for outcome in outcomes] == [None] * 10
    assert acts(merchant) == 10


@real
def test_say_that_the_first_is_still_running(together: Together, merchant: Merchant) -> None:
    told = threading.Event()

    def press() -> HttpResponse:
        try:
            # The first one works until the other has been told.
            return ask(merchant, until=told, wait_ms=200)
        except InProgress:
            told.set()
            raise

    outcomes = together(press, [()] * 2)
    errors = [type(outcome.error) for outcome in outcomes if outcome.error]
    assert (errors, acts(merchant)) == ([InProgress], 1)


@real
def test_put_the_lock_time_out_back(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        answer_once(principal="p", key="k", digest="d", work=lambda: HttpResponse(_timeout()), keep=bool, wait_ms=77)
        assert _timeout() == "3s"
    with transaction.atomic():
        assert _timeout() == "3s"


def _timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


@real
def test_make_one_key_of_ten_parallel_posts(together: Together, owner: Client, merchant: Merchant) -> None:
    def press() -> tuple[int, str]:
        client = Client()
        client.cookies.load(owner.cookies.output(header=""))
        response = client.post(NEW, FORM)
        return response.status_code, response["Location"]

    outcomes = together(press, [()] * 10)
    assert {outcome.value for outcome in outcomes} == {(302, "/m/brew-bloom/settings/api-keys/")}
    with merchant_scope(merchant):
        assert ApiKey.objects.count() == 1
    page = owner.get("/m/brew-bloom/settings/api-keys/").content.decode()
    assert f"pk_{merchant.public_id}_" in page


def test_say_so_when_a_form_comes_back_with_other_values(owner: Client, relaxed: Merchant) -> None:
    owner.post(NEW, FORM)
    response = owner.post(NEW, {**FORM, "name": "Another"}, follow=True)
    assert "This form was sent already" in response.content.decode()
    with merchant_scope(relaxed):
        assert list(ApiKey.objects.values_list("name", flat=True)) == ["Till"]


def test_let_a_form_with_errors_be_sent_again(owner: Client, relaxed: Merchant) -> None:
    assert owner.post(NEW, {**FORM, "name": ""}).status_code == 422
    assert owner.post(NEW, FORM).status_code == 302


def test_tell_files_apart_by_their_contents() -> None:
    def digest(content: bytes) -> str:
        file = SimpleUploadedFile("orders.csv", content)
        request = RequestFactory().post("/", {"file": file, "csrfmiddlewaretoken": "x"})
        found = digest_of(posted(request))
        assert file.open().read() == content
        return found

    assert digest(b"a,b") == digest(b"a,b") != digest(b"a,c")
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})


def test_forget_records_after_a_day_and_keys_after_thirty(scope: Merchant) -> None:
    now = timezone.now()
    for age, principal in ((2, "user:1"), (0, "user:1"), (2, "api_key:1"), (31, "api_key:1")):
        record = IdempotencyRecord.objects.create(principal=principal, key=f"k{age}", digest="d")
        IdempotencyRecord.objects.filter(pk=record.pk).update(created_at=now - timedelta(days=age))
    assert remove_old_records(now=now, limit=10) == 2
    left = set(IdempotencyRecord.objects.values_list("principal", "key"))
    assert left == {("user:1", "k0"), ("api_key:1", "k2")}
    assert remove_old_records(now=now, limit=10) == 0


@pytest.mark.parametrize("key", ["", "with space", "line\n", "\x07bell", "żółw", "tail "])
def test_no_key_that_cannot_be_seen_is_kept(merchant: Merchant, key: str) -> None:
    with merchant_scope(merchant), pytest.raises(IntegrityError, match="idempotency_key_is_visible"):
        IdempotencyRecord.objects.create(principal="user:1", key=key, digest="d")


def test_every_character_that_can_be_seen_may_be_in_a_key(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        IdempotencyRecord.objects.create(principal="user:1", key="".join(map(chr, range(0x21, 0x7F))), digest="d")
        IdempotencyRecord.objects.create(principal="user:1", key="k" * 255, digest="d")
        assert IdempotencyRecord.objects.filter(principal="user:1").count() == 2
