"""Redeemed rewards in a browser: every label of the grid, every value of the four dimensions, and what staff do with them.

Web server, worker, database, queue and browser are the real ones.
"""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from customers.models import Customer
from customers.services import find_or_create
from ledger import checks
from loyalty.cashback.provider import Answer, Verdict
from loyalty.checks import check_rewards
from loyalty.models import CashbackPayment, RedeemedReward
from loyalty.services.cashback import settle
from loyalty.states import RewardType
from messaging.models import Message
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import sign_in
from tests.loyalty import factories as make
from tests.loyalty.bulking import Shelf, by
from tests.support.seeing import enter, look
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
HOME = "/m/brew-bloom/redeemed-rewards/"
LABELS = (
    "Redeem date and time",
    "Usage date and time",
    "Cost in points",
    "Tax value",
    "Customer e-mail",
    "Phone",
    "Reward",
    "Reward type",
    "Customer's first name",
    "Customer's surname",
    "Customer active points amount",
    "Delivery status",
    "Cashback status",
    "Unused / Used",
    "Actions",
)
ADDRESS = (
    "First name",
    "Surname",
    "Street",
    "House number",
    "Building number",
    "Province",
    "City",
    "Postal code",
    "Country",
)
ANSWERS = {
    "paid": (Answer(Verdict.SUCCESS, "DE_001", "Paid", "PTM42"), "1: SUCCESS: PTM42"),
    "failed": (Answer(Verdict.FAILURE, "DE_602", "Wallet is blocked"), "2: DE_602: Wallet is blocked"),
    "pending": (Answer(Verdict.PENDING, "DE_101", "Waiting for the bank"), "3: DE_101: Waiting for the bank"),
}


@pytest.fixture
def shelf(merchant: Merchant) -> Shelf:
    with merchant_scope(merchant):
        return Shelf()


@pytest.fixture
def desk(page: Page, live: str, merchant: Merchant) -> Page:
    """A browser in which an administrator is signed in."""
    enter(page, live, sign_in(merchant, Role.ADMIN))
    return page


def line_of(page: Page, row: RedeemedReward) -> Locator:
    """The row of the grid."""
    return page.locator("tbody tr", has=page.locator(f'a[href*="{row.id}"]'))


def cell(page: Page, row: RedeemedReward, label: str) -> Locator:
    return line_of(page, row).locator("th, td").nth(1 + LABELS.index(label))


def box(page: Page, row: RedeemedReward) -> Locator:
    return line_of(page, row).locator(".use-box")


def test_read_every_label_and_every_value(desk: Page, live: str, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        states = ("", "used", "shipped", "delivered", "stopped", "canceled")
        gifts = {state: shelf.row("gift", state) for state in states}
        coupons = {
            "Active": gifts[""],
            "Canceled": gifts["canceled"],
            "Expired": shelf.row("short"),
            "Inactive": shelf.row("later"),
        }
        payments = {name: shelf.row("cashback") for name in ("open", *ANSWERS)}
        for name, (answer, _words) in ANSWERS.items():
            settle(payment_id=CashbackPayment.objects.get(redeemed=payments[name]).id, answer=answer, now=by()["now"])
        coded = shelf.row("code", "used")
    desk.goto(f"{live}{HOME}?page_size=50")

    heads = desk.locator("thead th")
    assert until(lambda: [head.strip() for head in heads.all_inner_texts() if head.strip() in LABELS] == list(LABELS))
    # Every column but the last one sorts.
    for label in LABELS[:-1]:
        expect(
            desk.locator("thead th", has_text=re.compile(rf"^\s*{re.escape(label)}\s*$")).locator("a")
        ).to_be_visible()
    # Used: an empty box that says Delivered, a marked one that says Used; a dash for a cashback.
    expect(box(desk, gifts[""])).to_have_attribute("aria-checked", "false")
    expect(box(desk, gifts[""])).to_contain_text("Delivered")
    expect(box(desk, gifts["used"])).to_have_attribute("aria-checked", "true")
    expect(box(desk, gifts["used"])).to_contain_text("Used")
    expect(cell(desk, payments["open"], "Unused / Used")).to_contain_text("—")
    # Delivery: none while unused, Ordered once used, then what happens to the gift.
    for state, words in {
        "": "—",
        "used": "Ordered",
        "shipped": "Shipped",
        "delivered": "Delivered",
        "stopped": "Canceled",
    }.items():
        expect(cell(desk, gifts[state], "Delivery status")).to_contain_text(words)
    expect(cell(desk, coded, "Delivery status")).to_contain_text("Ordered")
    # Cashback: a dash for other types, else the provider's own words.
    expect(cell(desk, gifts["used"], "Cashback status")).to_contain_text("—")
    expect(cell(desk, payments["open"], "Cashback status")).to_contain_text("0: INIT: INIT")
    for name, (_answer, words) in ANSWERS.items():
        expect(cell(desk, payments[name], "Cashback status")).to_contain_text(words)
    # The reward with its code, the points right after, and dashes for what is empty.
    expect(cell(desk, coded, "Reward")).to_have_text(re.compile(rf"Ten off\s*\({re.escape(coded.code_value)}\)"))
    expect(cell(desk, coded, "Customer active points amount")).to_have_text("160")
    expect(cell(desk, gifts[""], "Usage date and time")).to_contain_text("—")
    # What has expired can be neither marked nor unmarked, and the box says why; so does a shipped gift.
    for row, why in ((coupons["Expired"], "The coupon has expired."), (gifts["shipped"], "The gift has been shipped.")):
        expect(box(desk, row)).to_have_attribute("aria-disabled", "true")
        expect(box(desk, row)).to_have_accessible_description(why)
    for status, row in coupons.items():
        desk.goto(f"{live}{HOME}?coupon_status={status.lower()}&page_size=50")
        expect(line_of(desk, row)).to_be_visible()
        desk.goto(f"{live}{HOME}{row.id}/")
        expect(desk.locator("h1 .badge")).to_have_text(status)


def test_open_the_address_for_every_type(desk: Page, live: str, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        rows = {}
        for kind in RewardType:
            who = make.customer(street="", house_number="") if kind == RewardType.CUSTOM_CAMPAIGN else make.customer()
            make.points(who, 500)
            rows[kind] = make.take(make.reward(name=str(kind.label), reward_type=kind, amount=Decimal(5)), who)
    desk.goto(f"{live}{HOME}")
    for kind, row in rows.items():
        expect(cell(desk, row, "Reward type")).to_have_text(str(kind.label))
        line_of(desk, row).get_by_role("link", name="View the delivery address").click()
        dialog = desk.get_by_role("dialog")
        expect(dialog.locator("dt")).to_have_text(list(ADDRESS))
        expect(dialog.locator("dd").nth(2)).to_contain_text("—" if kind == RewardType.CUSTOM_CAMPAIGN else "Long Lane")
        expect(dialog.locator("dd").nth(4)).to_contain_text("—")
        dialog.get_by_role("link", name="Close").click()
        expect(dialog).to_be_hidden()


def test_mark_take_back_ship_and_cancel(desk: Page, live: str, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        gift, coded = shelf.row("gift"), shelf.row("burnt")
    desk.goto(f"{live}{HOME}")
    # Marked, taken back by the notice, marked again.
    box(desk, gift).click()
    expect(box(desk, gift)).to_have_attribute("aria-checked", "true")
    desk.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(box(desk, gift)).to_have_attribute("aria-checked", "false")
    expect(cell(desk, gift, "Delivery status")).to_contain_text("—")
    box(desk, gift).click()
    expect(cell(desk, gift, "Delivery status")).to_contain_text("Ordered")
    with merchant_scope(merchant):
        assert Message.objects.filter(origin_id=gift.id, kind="reward.redeemed").count() == 2
    # On its page: shipped; then the mark cannot be taken away.
    desk.goto(f"{live}{HOME}{gift.id}/")
    desk.get_by_role("link", name="Change delivery status").click()
    desk.get_by_label("Delivery status", exact=True).select_option(label="Shipped")
    desk.get_by_role("dialog").get_by_role("button", name="Change delivery status").click()
    expect(desk.locator(".facts").first).to_contain_text("Shipped")
    expect(desk.locator("[aria-disabled=true]", has_text="Mark as Unused")).to_be_visible()
    token = until(desk.locator("[name=csrfmiddlewaretoken]").first.input_value)
    headers = {"X-CSRFToken": token, "Referer": live}
    answer = desk.request.post(f"{live}{HOME}{gift.id}/unuse/", headers=headers)
    assert answer.status == 409
    # Canceling shows first which lots get how many points back, and what becomes of the code.
    desk.goto(f"{live}{HOME}{coded.id}/")
    desk.get_by_role("link", name="Cancel reward").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("100 points go back to the lots they came from")
    expect(dialog).to_contain_text("The code is burnt.")
    expect(dialog.locator(".lots li")).to_have_text([re.compile(r"^\s*60\b"), re.compile(r"^\s*40\b")])
    dialog.get_by_role("button", name="Cancel reward").click()
    expect(desk.locator("h1 .badge")).to_have_text("Canceled")
    with merchant_scope(merchant):
        assert check_rewards(merchant.id) == []
    assert checks.run(merchant.id).findings == []


def test_grant_and_see_why(desk: Page, live: str, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        who = find_or_create(email="nora@example.com", first_name="Nora", last_name="Quill", **by())
        make.points(who, 70)
    desk.goto(f"{live}/m/brew-bloom/customers/{who.id}/?tab=rewards")
    desk.get_by_role("link", name="Redeem a reward").click()
    desk.get_by_role("link", name="Why? Mug").click()
    expect(desk.get_by_role("dialog")).to_contain_text("30 more points are needed.")
    assert look(desk, "why") == []
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.get_by_role("dialog").get_by_role("link", name="Close").click()
    desk.get_by_role("link", name="Choose Mug").click()
    expect(desk.get_by_role("button", name="Redeem reward")).to_be_visible()
    assert look(desk, "redeem") == []
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.get_by_role("button", name="Redeem reward").click()
    expect(desk.get_by_role("alert")).to_contain_text("The customer needs 30 more points.")
    desk.get_by_label("gets it free").check()
    desk.get_by_label("Reason").fill("Won the raffle")
    desk.get_by_role("button", name="Redeem reward").click()
    expect(desk.get_by_text("Won the raffle")).to_be_visible()
    expect(desk.get_by_text("It was free: no points were taken.")).to_be_visible()
    # The other way round: from the reward, with a search.
    desk.goto(f"{live}/m/brew-bloom/rewards/{shelf.rewards['free'].id}/")
    desk.get_by_role("link", name="Redeem for a customer").click()
    desk.get_by_label("Search customers").fill("quill")
    desk.get_by_role("button", name="Search", exact=True).click()
    desk.get_by_role("link", name="Choose Nora Quill").click()
    desk.get_by_role("button", name="Redeem reward").click()
    expect(desk).to_have_url(re.compile(rf"{HOME}[0-9a-f-]{{36}}/"))
    expect(desk.locator("h1")).to_contain_text("Smile")
    with merchant_scope(merchant):
        assert RedeemedReward.objects.filter(customer=Customer.objects.get(email="nora@example.com")).count() == 2


def test_ship_a_days_gifts_in_bulk_and_undo(
    desk: Page, live: str, merchant: Merchant, shelf: Shelf, worker: object
) -> None:
    with merchant_scope(merchant):
        gifts = [shelf.row("gift", "used") for _number in range(3)]
        shelf.row("gift", "delivered")
        shelf.row("limited", "used")
    desk.goto(f"{live}{HOME}?used=yes")
    desk.locator("[data-all]").check()
    bar = desk.get_by_role("form", name="Actions for selected rows")
    bar.get_by_role("button", name="Mark as Shipped", exact=True).click()
    tally(desk, "Will be done", 3)
    tally(desk, "Will be skipped", 2)
    expect(desk.get_by_text("Only gifts are shipped").first).to_be_visible()
    assert look(desk, "reward-bulk") == []
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.get_by_role("button", name="Mark as Shipped: 3 redeemed rewards").click()
    tally(desk, "Done", 3)
    desk.get_by_role("button", name="Undo …").click()
    desk.get_by_role("button", name=re.compile("Undo: Mark as Shipped")).click()
    desk.get_by_role("link", name="This was undone").click()
    tally(desk, "Put back", 3)
    with merchant_scope(merchant):
        assert {RedeemedReward.objects.get(id=row.id).delivery_status for row in gifts} == {"ordered"}


def tally(page: Page, label: str, number: int) -> None:
    line = page.locator(":is(.tally, .counts) > div", has=page.locator("dt", has_text=re.compile(rf"\s*{label}\s*$")))
    expect(line.locator("dd").first).to_have_text(str(number), timeout=60_000)
