"""Every button of the staff: what it is pressed on, what it posts, and the one effect that it has."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver, get_resolver

from claims_center.states import Status
from jobs.states import State
from offers.states import Status as OfferStatus
from tenancy.models.retention import PERIODS
from tenancy.roles import Role
from tests.walls import destinations, exports, offers, prepared, rewards
from tests.walls.prepared import ORDERS, WHY, Target, nothing, on_claim
from triggers.switching import stamp

# They show something and change nothing; that somebody looked at a code is written down as often as somebody looked.
LOOKS = {
    "claims:code",
    "codes:reveal",
    "codes:export",
    "messaging:preview",
    "catalogue:funnel_preview",
    "catalogue:funnel_preview_new",
}
LISTING = {
    "marketplace": "amazon",
    "region": "us",
    "listing_id": "B0BREWKIT1",
    "url": "https://www.amazon.com/dp/B0BREWKIT1",
}
PRODUCT: dict[str, Any] = {
    "title": "Dripper",
    "sku": "DRIP-1",
    "listings-INITIAL_FORMS": "0",
    "listings-TOTAL_FORMS": "1",
}
PRODUCT |= {f"listings-0-{name}": value for name, value in LISTING.items()}
PROMOTION: dict[str, Any] = {
    "name": "Barista guide",
    "source": "fixed",
    "fixed_code": "BARISTA",
    "value": "12.50",
    "currency": "EUR",
}
GENERAL = {"name": "Brew", "time_zone": "Europe/Berlin", "locale": "en_IE", "currency": "EUR"}
ADDRESS = {"city": "Salem", "name": "Ann Lee", "street": "Kings Road", "postal_code": "97205", "country": "US"}
PARCEL = {"carrier": "UPS", "tracking_number": "1Z999"}
POOL: dict[str, Any] = {"name": "Autumn", "kind": "upload", "low_mark": 1, "low_days": 1}
KEY = {"name": "Till", "scopes": ["read"]}
RETENTION = {name: period.choices[-1] for name, period in PERIODS.items()} | {"version": 0}
# Seen while there were none.
TRIGGERS: dict[str, Any] = {"seen": stamp([]), "purchase": "on", "minimum": "20", "birthday": "on"}
CHANGE = {"ClaimChange": 1}
MEMO = CHANGE | {"Entry": 1}
MAIL = {"Message": 1, "MessageEvent": 1, "Job": 1}
GIFT = {"Grant": 1, "Movement": 1, "taken codes": 1}
GIFT_BACK = {"Movement": 1, "taken codes": -1}
AUDIT = {"AuditEvent": 1}
# The decision and the erasing; what the claim was compared by is gone.
ERASED = {"AuditEvent": 2, "ClaimTrait": -1}
# The claim hears of the address and of the mail; the customer's record follows.
CORRECTED = MAIL | {"ClaimChange": 2, "Entry": 1, "AuditEvent": 2, "Job": 2}


@dataclass(frozen=True)
class Button:
    """`prepare` makes what the button is pressed on; `effect` is by how many rows each table grows."""

    name: str
    prepare: Callable[[], Target]
    effect: dict[str, int]
    # Pressed ten times without an operation's id it still does one thing, since the row's state says so.
    by_state: bool = False


CLAIM = [
    Button("claims:verify", on_claim(Status.NEW), MEMO, by_state=True),
    Button("claims:unverify", on_claim(Status.VERIFIED), MEMO, by_state=True),
    Button("claims:info", on_claim(Status.NEW, **WHY, notify="on"), MEMO | MAIL, by_state=True),
    Button("claims:reject", on_claim(Status.NEW, **WHY, notify="on"), MEMO | MAIL, by_state=True),
    Button("claims:reopen", on_claim(Status.REJECTED, **WHY), MEMO | {"Job": 1}, by_state=True),
    Button("claims:send-gift", on_claim(Status.VERIFIED), MEMO | MAIL | GIFT, by_state=True),
    Button("claims:resend", on_claim(Status.PROCESSED, **WHY), MEMO | MAIL, by_state=True),
    Button("claims:change-gift", prepared.another_gift, MEMO | GIFT_BACK | AUDIT | {"MessageEvent": 1}, by_state=True),
    Button(
        "claims:process",
        on_claim(Status.VERIFIED, "item", **PARCEL),
        MEMO | MAIL | {"Grant": 1, "Movement": 2},
        by_state=True,
    ),
    Button("claims:unprocess", on_claim(Status.PROCESSED), MEMO | {"Movement": 1}, by_state=True),
    Button("claims:delivered", on_claim(Status.PROCESSED, "item"), MEMO, by_state=True),
    Button(
        "claims:correct-email",
        prepared.with_gift(email="anne@example.com"),
        MEMO | MAIL | AUDIT | {"Job": 2},
        by_state=True,
    ),
    # Without a house number nobody is recognised by this address any more.
    Button(
        "claims:address",
        on_claim(Status.VERIFIED, "item", **ADDRESS),
        CHANGE | {"ClaimTrait": -1, "Job": 1},
        by_state=True,
    ),
    Button("claims:shipping", on_claim(Status.VERIFIED, "item", **PARCEL), CHANGE, by_state=True),
    Button("claims:order-number", prepared.an_order_to_match, CHANGE | {"ClaimedNumber": 1, "Job": 1}, by_state=True),
    Button("claims:assign", prepared.to_a_colleague, CHANGE, by_state=True),
    Button("claims:note", on_claim(Status.NEW, text="Called them"), {"ClaimNote": 1}),
    Button("claims:wait", prepared.without_a_code(), CHANGE | {"Waiting": 1}, by_state=True),
    Button("claims:leave-line", prepared.without_a_code(waits=True), CHANGE | {"Waiting": -1}, by_state=True),
    Button("claims:dismiss", prepared.a_signal, {"SignalDismissal": 1} | AUDIT, by_state=True),
    Button("claims:signals", nothing(most_claims=5, days=14), {"SignalRules": 1, "Job": 1} | AUDIT),
    Button("claims:bulk", prepared.in_bulk, {"BulkAct": 1, "BulkSelection": 1}),
    Button("claims:bulk-preview", prepared.a_bulk_act("draft"), {"Job": 1} | AUDIT, by_state=True),
    Button("claims:bulk-stop", prepared.a_bulk_act("running"), {"Job": 1, "AuditEvent": 2}, by_state=True),
    Button("claims:bulk-undo", prepared.a_bulk_act("done"), {"BulkAct": 1, "BulkSelection": 1}, by_state=True),
]
CATALOGUE = [
    Button("catalogue:product_new", nothing(**PRODUCT), {"Product": 1, "Listing": 1} | AUDIT),
    Button("catalogue:product", prepared.a_product(**PRODUCT), {"Listing": 1} | AUDIT),
    Button("catalogue:product_archive", prepared.a_product(), AUDIT),
    Button("catalogue:product_restore", prepared.a_product(archived=True), AUDIT),
    Button("catalogue:promotion_new", nothing(**PROMOTION), {"Promotion": 1} | AUDIT),
    Button("catalogue:promotion", prepared.a_promotion(**PROMOTION), AUDIT),
    Button("catalogue:promotion_archive", prepared.a_promotion(), AUDIT),
    Button("catalogue:promotion_restore", prepared.a_promotion(archived=True), AUDIT),
    Button("catalogue:funnel_new", prepared.funnel_form(old=False), {"Funnel": 1, "FunnelProduct": 1} | AUDIT),
    Button("catalogue:funnel_edit", prepared.funnel_form(old=True), AUDIT),
    Button("catalogue:funnel_publish", prepared.a_funnel(published=False), AUDIT),
    Button("catalogue:funnel_close", prepared.a_funnel(), AUDIT),
    Button("catalogue:funnel_archive", prepared.a_funnel(published=False), AUDIT, by_state=True),
    Button("catalogue:funnel_restore", prepared.an_archived_funnel, AUDIT, by_state=True),
    Button("catalogue:funnel_clone", prepared.a_funnel(), {"Funnel": 1, "FunnelProduct": 1} | AUDIT),
]
STOCK = [
    Button("codes:new", nothing(**POOL), {"CodePool": 1} | AUDIT),
    Button("codes:edit", prepared.a_pool(**POOL), AUDIT),
    Button("codes:upload", prepared.a_pool(file=b"code\nB-0001\nB-0002\n"), {"Code": 2, "CodeUpload": 1} | AUDIT),
    Button("codes:generate", prepared.a_pool(pattern="BREW-####-????", count=5), {"Code": 5} | AUDIT),
    Button("codes:archive", prepared.a_pool(), AUDIT),
    Button("codes:restore", prepared.a_pool(archived=True), AUDIT),
    Button("codes:burn", prepared.a_code, AUDIT),
    Button("exports:new", nothing(dataset="orders", file=ORDERS), {"ImportRun": 1} | AUDIT),
    Button("exports:columns", prepared.an_upload, {"ImportColumn": 10} | AUDIT, by_state=True),
    Button("exports:apply", prepared.a_run, {"Job": 1} | AUDIT),
    Button("exports:undo", prepared.an_applied_run, {"Job": 1} | AUDIT, by_state=True),
    Button("exports:discard", prepared.a_run, AUDIT),
    Button("exports:destination_new", destinations.new, {"Destination": 1} | AUDIT),
    Button(
        "exports:destination_edit",
        destinations.on_destination(**destinations.CHANGED),
        AUDIT,
        by_state=True,
    ),
    Button("exports:destination_test", destinations.on_destination(), {"Job": 1} | AUDIT, by_state=True),
    Button("exports:destination_key", destinations.with_a_key, AUDIT, by_state=True),
    Button("exports:destination_archive", destinations.on_destination(), AUDIT, by_state=True),
    Button("exports:export_new", nothing(**exports.FORM), {"Export": 1} | AUDIT),
    Button("exports:export_edit", exports.on_export(**exports.FORM, version="1"), AUDIT, by_state=True),
    Button("exports:export_run", exports.on_export(), {"ExportRun": 1, "Job": 1} | AUDIT, by_state=True),
    Button("exports:export_archive", exports.on_export(), AUDIT, by_state=True),
    Button("exports:export_resume", exports.stopped, {"Job": 1} | AUDIT, by_state=True),
    Button("exports:run_cancel", exports.a_run(), AUDIT, by_state=True),
    Button("exports:run_again", exports.a_run(cancelled=True), {"Job": 1} | AUDIT, by_state=True),
]
WORK = [
    Button("messaging:resend", prepared.a_letter(**WHY), MEMO | MAIL | AUDIT, by_state=True),
    Button("messaging:correct", prepared.a_letter(**WHY, to_address="anne@example.com"), CORRECTED, by_state=True),
    Button("messaging:handle", prepared.a_letter(status="bounced", note="Phoned her"), AUDIT, by_state=True),
    Button(
        "messaging:suppression-add", nothing(email="a@example.com", **WHY), {"Suppression": 1} | AUDIT, by_state=True
    ),
    Button("messaging:suppression-remove", prepared.a_closed_address, {"Suppression": -1} | AUDIT),
    Button("messaging:text", prepared.a_text(**prepared.WORDS), {"MailText": 1} | AUDIT),
    Button("messaging:trial", prepared.a_text(**prepared.WORDS), MAIL),
    Button("messaging:reset", prepared.an_own_text, AUDIT, by_state=True),
    Button("messaging:switch", prepared.a_text(on="0"), {"MailText": 1} | AUDIT, by_state=True),
    Button("messaging:allow", prepared.a_letter(status="bounced", closed=True, **WHY), {"Suppression": -1} | AUDIT),
    Button("jobs:retry", prepared.a_job(State.DEAD), AUDIT),
    Button("jobs:cancel", prepared.a_job(State.DUE), AUDIT),
    Button("cockpit:customer_edit", prepared.a_customer, AUDIT),
    Button("cockpit:erasure_done", prepared.a_wish_to_be_forgotten(answer="It is done."), ERASED, by_state=True),
    Button("cockpit:erasure_decline", prepared.a_wish_to_be_forgotten(answer="By law."), AUDIT, by_state=True),
]
SETTINGS = [
    Button("tenancy:general", nothing(**GENERAL), AUDIT),
    Button("tenancy:branding", nothing(accent="#0a7f5a"), AUDIT),
    Button("tenancy:retention", nothing(**RETENTION), {"Retention": 1} | AUDIT),
    Button(
        "tenancy:invite",
        nothing(email="new@brew-bloom.example", role=Role.AGENT.value),
        {"Invitation": 1, "mails": 1} | AUDIT,
    ),
    Button("tenancy:invite_again", prepared.an_invitation, {"Invitation": 1, "mails": 1} | AUDIT),
    Button("tenancy:withdraw_invitation", prepared.an_invitation, AUDIT),
    Button("tenancy:change_role", prepared.a_member(role=Role.ADMIN.value), AUDIT),
    Button("tenancy:remove_member", prepared.a_member(), {"Membership": -1} | AUDIT),
    Button("tenancy:new_key", nothing(**KEY), {"ApiKey": 1} | AUDIT),
    Button("tenancy:revoke_key", prepared.a_key, AUDIT),
    # Its rows are another merchant's; that it is made once stands in tests/tenancy/test_sandboxes.py.
    Button("tenancy:sandbox", nothing(), {"Membership": 1} | AUDIT, by_state=True),
    Button("messaging:endpoint-new", nothing(**prepared.HOOK), {"WebhookEndpoint": 1} | AUDIT),
    Button("messaging:endpoint-edit", prepared.an_endpoint(**prepared.HOOK, version="1"), AUDIT, by_state=True),
    Button("messaging:endpoint-secret", prepared.an_endpoint(), AUDIT),
    Button("messaging:endpoint-rotate", prepared.an_endpoint(), AUDIT),
    Button("messaging:endpoint-on", prepared.an_endpoint(on=False), AUDIT, by_state=True),
    Button("messaging:endpoint-off", prepared.an_endpoint(), AUDIT, by_state=True),
    Button("messaging:endpoint-test", prepared.an_endpoint(), {"WebhookDelivery": 1, "Job": 1} | AUDIT),
    Button("messaging:endpoint-remove", prepared.an_endpoint(), AUDIT),
    Button("messaging:endpoint-resend", prepared.an_unsent_webhook, {"Job": 1} | AUDIT, by_state=True),
    Button("messaging:webhook-resend", prepared.a_webhook, {"Job": 1} | AUDIT),
    Button("guide:tour", lambda: (["claims"], {"answer": "left"}), {"UserPreference": 1}, by_state=True),
]
LISTS = [
    Button("tenancy:view_new", prepared.a_new_view, {"SavedView": 1}, by_state=True),
    Button("tenancy:view_edit", prepared.a_view(name="Other"), {}, by_state=True),
    Button("tenancy:view_update", prepared.a_view(state="status=verified"), {}, by_state=True),
    Button("tenancy:view_first", prepared.a_view(on="1"), {"UserPreference": 1}, by_state=True),
    Button("tenancy:view_move", prepared.a_view(to="right"), {"UserPreference": 1}),
    Button("tenancy:view_delete", prepared.a_view(), {"SavedView": -1}, by_state=True),
    Button("tenancy:list_display", prepared.a_list(density="compact"), {"UserPreference": 1}, by_state=True),
    Button("tenancy:shortcuts", nothing(off="1"), {"UserPreference": 1}, by_state=True),
]
REDEEMED = {"RedeemedChange": 1, "Entry": 1}
REWARDS = [
    Button("loyalty:use", rewards.unused(), REDEEMED | MAIL | {"Movement": 1}, by_state=True),
    Button("loyalty:unuse", rewards.used(), REDEEMED | {"Movement": 1}, by_state=True),
    Button("loyalty:delivery", rewards.used(status="shipped"), REDEEMED, by_state=True),
    Button("loyalty:cancel", rewards.unused(points="refund"), REDEEMED | {"Movement": 2}, by_state=True),
    Button("loyalty:reward_new", nothing(**rewards.REWARD), {"Reward": 1} | AUDIT),
    Button("loyalty:reward_edit", rewards.in_catalogue(**rewards.REWARD), AUDIT),
    Button("loyalty:reward_archive", rewards.in_catalogue(), AUDIT, by_state=True),
    Button("loyalty:reward_restore", rewards.in_catalogue(archived=True), AUDIT, by_state=True),
    Button("loyalty:reward_clone", rewards.in_catalogue(), {"Reward": 1} | AUDIT),
    Button(
        "loyalty:reward_triggers", rewards.in_catalogue(**TRIGGERS), {"RewardTrigger": 2, "TriggerState": 1} | AUDIT
    ),
    Button("loyalty:resend", rewards.used(), REDEEMED | MAIL),
    Button(
        "loyalty:redeem",
        rewards.for_a_customer,
        REDEEMED | {"RedeemedReward": 1, "Grant": 1, "Movement": 2},
        by_state=True,
    ),
    Button("loyalty:bulk", rewards.in_bulk, {"BulkAct": 1, "BulkSelection": 1}),
    Button("loyalty:bulk-preview", rewards.a_bulk_act("draft"), {"Job": 1} | AUDIT, by_state=True),
    Button("loyalty:bulk-stop", rewards.a_bulk_act("running"), {"Job": 1, "AuditEvent": 2}, by_state=True),
    Button("loyalty:bulk-undo", rewards.a_bulk_act("done"), {"BulkAct": 1, "BulkSelection": 1}, by_state=True),
    Button("loyalty:ask", rewards.open_cashback, AUDIT),
    Button("loyalty:cashback", nothing(**rewards.ACCOUNT), {"CashbackAccount": 1} | AUDIT),
    Button("loyalty:cashback_test", rewards.an_account, {"Job": 1} | AUDIT, by_state=True),
    Button("loyalty:pay_again", rewards.failed_cashback, REDEEMED | {"CashbackPayment": 1, "Job": 1}, by_state=True),
]
RESPONSE = {"OfferChange": 1, "Entry": 1}
ASSIGNED = {"Assignment": 1, "AssignmentSelection": 1}
OFFERS = [
    Button("offers:response_clip", offers.response(), RESPONSE, by_state=True),
    Button("offers:response_complete", offers.response(), RESPONSE | {"Movement": 1}, by_state=True),
    Button("offers:response_process", offers.response(), RESPONSE, by_state=True),
    Button("offers:response_ship", offers.response(OfferStatus.PROCESSING), RESPONSE, by_state=True),
    Button("offers:response_release", offers.reserved(), RESPONSE, by_state=True),
    Button("offers:response_cancel", offers.response(**WHY), RESPONSE | {"Movement": 1}, by_state=True),
    Button("offers:response_expire", offers.response(**WHY), RESPONSE | {"Movement": 1}, by_state=True),
    Button(
        "offers:response_reopen",
        offers.response(OfferStatus.CANCELED, **WHY),
        RESPONSE | {"Movement": 1},
        by_state=True,
    ),
    Button(
        "offers:response_reverse",
        offers.response(OfferStatus.COMPLETED, **WHY),
        RESPONSE | {"Movement": 1},
        by_state=True,
    ),
    Button(
        "offers:offer_give",
        offers.to_a_member(),
        RESPONSE | {"OfferResponse": 1, "Grant": 1, "Movement": 1},
    ),
    Button("offers:bulk", offers.in_bulk, {"BulkAct": 1, "BulkSelection": 1}),
    Button("offers:bulk-preview", offers.a_bulk_act("draft"), {"Job": 1} | AUDIT, by_state=True),
    Button("offers:bulk-stop", offers.a_bulk_act("running"), {"Job": 1, "AuditEvent": 2}, by_state=True),
    Button("offers:bulk-undo", offers.a_bulk_act("done"), {"BulkAct": 1, "BulkSelection": 1}, by_state=True),
    Button("offers:assign", offers.to_assign, ASSIGNED),
    Button("offers:assign_chosen", offers.to_the_chosen, ASSIGNED),
    Button("offers:assign-preview", offers.a_bulk_act("draft", assigns=True), {"Job": 1} | AUDIT, by_state=True),
    Button(
        "offers:assign-stop", offers.a_bulk_act("running", assigns=True), {"Job": 1, "AuditEvent": 2}, by_state=True
    ),
    Button("offers:assign-undo", offers.a_bulk_act("done", assigns=True), ASSIGNED, by_state=True),
    Button("offers:offer_new", nothing(**offers.OFFER), {"Offer": 1} | AUDIT),
    Button("offers:offer_edit", offers.in_catalogue(**offers.OFFER), AUDIT),
    Button("offers:offer_publish", offers.in_catalogue(published=False), AUDIT, by_state=True),
    Button("offers:offer_unpublish", offers.in_catalogue(), AUDIT, by_state=True),
    Button("offers:offer_archive", offers.in_catalogue(), AUDIT, by_state=True),
    Button("offers:offer_restore", offers.in_catalogue(archived=True), AUDIT, by_state=True),
    Button("offers:offer_triggers", offers.in_catalogue(**TRIGGERS), {"OfferTrigger": 2, "TriggerState": 1} | AUDIT),
    Button("offers:offer_clone", offers.in_catalogue(), {"Offer": 1} | AUDIT),
]
POINTS = [
    Button("loyalty:adjust", rewards.to_adjust, {"PointAdjustment": 1, "Entry": 1, "Grant": 1, "Movement": 1} | AUDIT),
    Button("loyalty:approve", rewards.waiting(), {"Entry": 1, "Grant": 1, "Movement": 1} | AUDIT, by_state=True),
    Button("loyalty:decline", rewards.waiting(reason="Too many"), AUDIT, by_state=True),
    Button("loyalty:return", rewards.bought, {"PurchaseReturn": 1, "Entry": 1, "Movement": 1}, by_state=True),
    Button("loyalty:settings", nothing(**rewards.RULES), {"LoyaltySettings": 1} | AUDIT),
]
BUTTONS = POINTS + OFFERS + REWARDS + LISTS + CLAIM + CATALOGUE + STOCK + WORK + SETTINGS


def posting_addresses() -> set[str]:
    """The names of all staff addresses that take a POST."""
    return set(_posting(get_resolver(), "", ""))


def _posting(resolver: URLResolver, route: str, room: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _posting(pattern, here, pattern.app_name or room)
        elif here.startswith("m/"):
            view: Any = pattern.callback
            if hasattr(view.view_class, "post"):
                yield f"{room}:{pattern.name}"
