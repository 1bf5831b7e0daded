"""The pages of points as staff see and use them: lists, acts, rules, report, statement; and who may do what."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, CustomerToken
from customers.services import search_words
from jobs.models import Job
from ledger.models import Grant
from ledger.selectors import usable_balance
from ledger.services import backdated
from ledger.units import Unit
from loyalty import point_report
from loyalty.models import LoyaltySettings, PointAdjustment, Purchase, PurchaseReturn
from loyalty.services.adjustments import adjust
from loyalty.states import AdjustmentState
from tenancy.actors import Actor
from tenancy.days import start_of_day
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.search import write_tokens
from tests.loyalty import factories as make
from tests.loyalty.test_grid import sign_in
from tests.loyalty.test_points import ask, buy, rules
from tests.support.counting import queries_of

pytestmark = pytest.mark.django_db
LISTS = ("purchases", "adjustments")
PAGES = ("points", "expiring", *LISTS)


@pytest.fixture
def admin(client: Client, merchant: Merchant) -> Client:
    return sign_in(client, merchant, Role.ADMIN)


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return sign_in(Client(), merchant, Role.OWNER)


def address(merchant: Merchant, name: str, *args: Any) -> str:
    return reverse(f"loyalty:{name}", args=[merchant.slug, *args])


def text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def bought(merchant: Merchant) -> Purchase:
    with merchant_scope(merchant):
        rules(approval_above=100)
        return buy(make.customer(first_name="Mara", last_name="Lind"), "80.00", reference="S-1001")


def test_empty_pages_say_what_to_do(admin: Client, merchant: Merchant) -> None:
    assert "No purchases yet" in text(admin, address(merchant, "purchases"))
    assert "No adjustments yet" in text(admin, address(merchant, "adjustments"))
    assert "No points have an end." in text(admin, address(merchant, "points"))
    assert "No points end by then." in text(admin, address(merchant, "expiring"))


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_few_queries(admin: Client, merchant: Merchant, rows: int) -> None:
    with merchant_scope(merchant):
        rules(approval_above=1)
        for _ in range(rows):
            who = make.customer()
            buy(who, "20.00")
            ask(who, 50)

    counts = {name: len(queries_of(admin, address(merchant, name))) for name in LISTS}

    assert counts == {"purchases": 7, "adjustments": 8}


def test_purchases_are_found_by_reference_and_by_customer(admin: Client, merchant: Merchant, bought: Purchase) -> None:
    with merchant_scope(merchant):
        buy(make.customer(first_name="Otto", last_name="Berg"), "20.00", reference="T-2002")
        for who in Customer.objects.all():
            write_tokens(CustomerToken, who.id, search_words(who))
    url = address(merchant, "purchases")

    for query, wanted in (("S-10", "S-1001"), ("lind", "S-1001"), ("T-2002", "T-2002"), ("otto", "T-2002")):
        page = text(admin, f"{url}?q={query}")
        assert wanted in page
        assert {"S-1001": "T-2002", "T-2002": "S-1001"}[wanted] not in page
    for sort in ("reference", "-amount", "points", "-returned", "purchased"):
        assert "S-1001" in text(admin, f"{url}?sort={sort}&returned=no")


def test_purchase_page_shows_its_lot_and_what_paid(admin: Client, merchant: Merchant, bought: Purchase) -> None:
    with merchant_scope(merchant):
        make.take(make.reward(cost_in_points=30), bought.customer)

    page = text(admin, address(merchant, "purchase", bought.id))

    assert "Its lot of points" in page
    assert "−30" in page  # noqa: RUF001 - the sign that is shown
    assert "Reward redeemed" in page
    assert "Record a return" in page


def test_return_by_hand_takes_its_share(admin: Client, merchant: Merchant, bought: Purchase) -> None:
    url = address(merchant, "return", bought.id)
    assert "At most $80.00 are left" in text(admin, url)

    answer = admin.post(url, {"reference": "R-1", "amount": "20.00"}, follow=True)

    assert "20 points were taken back" in answer.content.decode()
    with merchant_scope(merchant):
        assert PurchaseReturn.objects.get().points_returned == 20
        assert Grant.objects.get(id=bought.grant_id).remaining == 60
    too_much = admin.post(url, {"reference": "R-2", "amount": "60.01"})
    assert (too_much.status_code, "More would be returned" in too_much.content.decode()) == (409, True)
    assert admin.post(url, {"reference": "", "amount": "0"}).status_code == 422


def test_adjusting_from_the_customers_page(admin: Client, merchant: Merchant, bought: Purchase) -> None:
    customer_page = reverse("cockpit:customer", args=[merchant.slug, bought.customer_id])
    url = address(merchant, "adjust", bought.customer_id)
    assert url in text(admin, f"{customer_page}?tab=points")
    assert "More than 100 points wait" in text(admin, url)

    body = {"way": "take", "points": "30", "reason": "Keyed in twice", "op_id": str(uuid.uuid4())}
    for _ in range(2):
        answer = admin.post(url, body)
        assert (answer.status_code, answer["Location"]) == (302, f"{customer_page}?tab=points")

    with merchant_scope(merchant):
        row = PointAdjustment.objects.get()
        assert (row.points, row.state, row.reason) == (-30, AdjustmentState.DONE, "Keyed in twice")
        assert usable_balance(customer_id=bought.customer_id, unit=Unit.POINT, at=timezone.now()) == 50
    refused = admin.post(url, {"way": "take", "points": "51", "reason": "Too many"})
    assert refused.status_code == 409
    assert "The customer has 1 point less than that." in refused.content.decode()
    assert admin.post(url, {"way": "give", "points": "5", "reason": ""}).status_code == 422


def test_waiting_adjustment_is_decided_by_somebody_else(admin: Client, owner: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        rules(approval_above=100)
        who = make.customer()
    answer = admin.post(
        address(merchant, "adjust", who.id), {"way": "give", "points": "500", "reason": "Lost parcel"}, follow=True
    )
    assert "second person" in answer.content.decode()
    with merchant_scope(merchant):
        row = PointAdjustment.objects.get()
    approve, listed = address(merchant, "approve", row.id), address(merchant, "adjustments")

    assert "A second person decides" in text(admin, listed)
    assert approve not in text(admin, listed)
    assert approve in text(owner, listed)
    refused = admin.post(approve)
    assert (refused.status_code, "Somebody else has to agree" in refused.content.decode()) == (409, True)
    assert "+500" in text(owner, approve)
    assert "approved" in owner.post(approve, follow=True).content.decode()

    with merchant_scope(merchant):
        assert usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now()) == 500
    assert owner.post(address(merchant, "decline", row.id), {"reason": ""}).status_code == 409


def test_declined_adjustment_leaves_its_reason(owner: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        rules(approval_above=1)
        row = ask(make.customer(), 500)

    owner.post(address(merchant, "decline", row.id), {"reason": "Not theirs"})

    with merchant_scope(merchant):
        assert PointAdjustment.objects.get().state == AdjustmentState.DECLINED
        assert AuditEvent.objects.get(action="points.adjustment_declined").reason == "Not theirs"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_who_may_only_look_sees_no_buttons_and_is_refused(merchant: Merchant, bought: Purchase, role: Role) -> None:
    client = sign_in(Client(), merchant, role)
    with merchant_scope(merchant):
        row = ask(bought.customer, 500)
    acts = {
        "adjust": address(merchant, "adjust", bought.customer_id),
        "approve": address(merchant, "approve", row.id),
        "decline": address(merchant, "decline", row.id),
        "return": address(merchant, "return", bought.id),
    }
    pages = [address(merchant, name) for name in PAGES]
    pages += [
        address(merchant, "purchase", bought.id),
        address(merchant, "statement", bought.customer_id),
        f"{reverse('cockpit:customer', args=[merchant.slug, bought.customer_id])}?tab=points",
    ]

    shown = "".join(text(client, page) for page in pages)

    assert [name for name, url in acts.items() if url in shown] == []
    assert {client.post(url, {}).status_code for url in acts.values()} == {403}
    assert client.get(address(merchant, "settings")).status_code == 403


def test_admin_may_not_change_the_rules(admin: Client, merchant: Merchant) -> None:
    assert admin.get(address(merchant, "settings")).status_code == 403
    assert admin.post(address(merchant, "settings"), {}).status_code == 403


def test_owner_changes_the_rules_and_it_is_audited(owner: Client, merchant: Merchant) -> None:
    url = address(merchant, "settings")
    page = text(owner, url)
    assert "Points for each unit of currency" in page
    body = {
        "points_per_unit": "2.5",
        "minimum_amount": "10",
        "rounding": "up",
        "lock_days": "14",
        "expiry": "end_of_year",
        "expiry_days": "365",
        "expiry_months": "1",
        "reminds": "on",
        "reminder_days": "21",
        "approval_above": "1000",
        "point_value": "0.0125",
        "fulfilment_email": "",
    }

    assert owner.post(url, body).status_code == 302

    with merchant_scope(merchant):
        found = LoyaltySettings.objects.get()
        event = AuditEvent.objects.get(action="loyalty.settings_changed")
        assert (found.points_per_unit, found.reminds, found.point_value) == (Decimal("2.5"), True, Decimal("0.0125"))
        assert event.after is not None
        assert event.after["approval_above"] == 1000
    far = owner.post(url, body | {"expiry": "end_of_year", "expiry_months": "9000"})
    assert far.status_code == 422
    assert "At most 120." in far.content.decode()
    wrong = owner.post(url, body | {"points_per_unit": "-1", "expiry_days": "0"})
    assert wrong.status_code == 422
    assert 'value="0.0125"' in text(owner, url)


def test_report_counts_what_moved_and_what_is_owed(admin: Client, merchant: Merchant) -> None:
    now = timezone.now()
    with merchant_scope(merchant):
        rules(point_value=Decimal("0.01"))
        who = make.customer()
        long_ago = now - timedelta(days=70)
        with backdated(at=long_ago):
            make.points(who, 400, expires_at=now - timedelta(days=30))
        buy(who, "1200.00")
        make.points(who, 300, expires_at=now + timedelta(days=40))
        make.points(who, 50, valid_from=now + timedelta(days=3))
        make.take(make.reward(cost_in_points=100), who)
        call_command("sweep_expiry", "--merchant", merchant.slug)
        found = point_report.report(at=timezone.now(), zone=timezone.get_current_timezone())

    assert (found.total("issued"), found.total("spent"), found.total("expired")) == (1950, 100, 400)
    assert (found.owed.outstanding, found.owed.pending, found.owed.overdue) == (1450, 50, 0)
    assert found.breakage == pytest.approx(400 / 1950)
    assert (sum(one.amount for one in found.ending), found.never_ending) == (200, 1250)
    assert found.worth(1450) == Decimal("14.50")
    page = text(admin, address(merchant, "points"))
    assert "1,450" in page
    assert "$14.50" in page
    assert page.count("Show as table") == 1
    assert '<table class="bars">' in page


def test_preview_says_what_the_next_sweep_expires_and_the_sweep_does_it(
    admin: Client, merchant: Merchant, capsys: pytest.CaptureFixture[str]
) -> None:
    now = timezone.now()
    with merchant_scope(merchant):
        rich, poor = make.customer(first_name="Rich", last_name="Reed"), make.customer(first_name="Poor")
        for who, points in ((rich, 700), (rich, 70), (poor, 7)):
            with backdated(at=now - timedelta(days=9)):
                make.points(who, points, expires_at=now - timedelta(hours=1))
        make.points(poor, 1, expires_at=now + timedelta(days=400))

    page = text(admin, address(merchant, "expiring"))
    assert page.index("Rich Reed") < page.index("Poor Lind")
    assert "777" in page
    assert page.count("Due now") == 3
    later = (now + timedelta(days=401)).date().isoformat()
    assert "778" in text(admin, f"{address(merchant, 'expiring')}?on={later}")
    assert "Enter a valid date" in text(admin, f"{address(merchant, 'expiring')}?on=tomorrow")
    assert text(admin, f"{address(merchant, 'expiring')}?on=9999-12-31")

    call_command("sweep_expiry", "--dry-run")
    call_command("sweep_expiry")
    call_command("sweep_expiry", "--merchant", merchant.slug)
    assert capsys.readouterr().out == (
        "brew-bloom: 777 points in 3 lots of 2 customers would expire\n"
        "brew-bloom: expired 777 points in 3 lots, 0 coupons and vouchers, 0 offer responses\n"
        "brew-bloom: expired 0 points in 0 lots, 0 coupons and vouchers, 0 offer responses\n"
    )
    with pytest.raises(CommandError, match="no merchant"):
        call_command("sweep_expiry", "--merchant", "nobody")


def test_statement_page_walks_back_and_knows_the_balance_of_a_day(admin: Client, merchant: Merchant) -> None:
    now = timezone.now()
    with merchant_scope(merchant):
        who = make.customer()
        for days in range(60, 0, -1):
            with backdated(at=now - timedelta(days=days)):
                make.points(who, 10)
    url = address(merchant, "statement", who.id)

    first = text(admin, url)
    assert "600" in first
    assert first.count("Points imported") == 50
    older = first.split('rel="next" href="')[1].split('"')[0]
    assert text(admin, older).count("Points imported") == 10
    day = (now - timedelta(days=31)).date()
    past = text(admin, f"{url}?on={day.isoformat()}")
    with merchant_scope(merchant):
        end = start_of_day(day + timedelta(days=1), timezone.get_default_timezone())
        expected = Grant.objects.filter(earned_at__lt=end).count() * 10
    assert f'<dd class="overview-value">{expected}</dd>' in past
    assert text(admin, f"{url}?before=nonsense&on=x")
    assert text(admin, f"{url}?on=1990-01-01").count("No points had moved by then") == 1


def test_points_tab_names_the_lots_and_their_sources(admin: Client, merchant: Merchant, bought: Purchase) -> None:
    with merchant_scope(merchant):
        make.take(make.reward(cost_in_points=30), bought.customer)

    page = text(admin, f"{reverse('cockpit:customer', args=[merchant.slug, bought.customer_id])}?tab=points")

    assert address(merchant, "purchase", bought.id) in page
    assert "30 of" in page
    assert "never ends" in page


def test_foreign_rows_are_nobodys(admin: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        LoyaltySettings.made_with(approval_above=1).save()
        who = make.customer(first_name="Stranger")
        theirs = buy(who, "70.00", reference="THEIRS-1")
        row = adjust(
            customer_id=who.id, points=9, reason="x", op_key="k", actor=Actor("user", uuid.uuid4()), now=timezone.now()
        )
    for name, one in (
        ("purchase", theirs.id),
        ("return", theirs.id),
        ("statement", who.id),
        ("adjust", who.id),
        ("approve", row.id),
        ("decline", row.id),
    ):
        assert admin.get(address(merchant, name, one)).status_code == 404
    shown = "".join(text(admin, address(merchant, name)) for name in PAGES)
    assert "THEIRS-1" not in shown
    assert "Stranger" not in shown


def test_imports_screen_takes_purchases_and_members(
    admin: Client, merchant: Merchant, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with merchant_scope(merchant):
        rules()
        make.customer(card_number="C-1")
    files = {
        "purchases": b"reference,card_number,amount,occurred_at\nA-1,C-1,12.00,2026-01-05\n",
        "members": b"card_number,first_name\nC-2,Ann\n",
    }
    for dataset, content in files.items():
        answer = admin.post(
            reverse("exports:new", args=[merchant.slug]),
            {"dataset": dataset, "file": SimpleUploadedFile(f"{dataset}.csv", content)},
            follow=True,
        )
        named = answer.context["form"].initial
        answer = admin.post(answer.request["PATH_INFO"], named, follow=True)
        page = answer.content.decode()
        assert "What would happen" in page
        assert {"purchases": "A-1", "members": "C-2"}[dataset] in page
    with merchant_scope(merchant):
        assert not Job.objects.filter(kind="import.apply").exists()
