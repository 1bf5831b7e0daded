"""What the staff's buttons are pressed on: each function makes a row and returns the address's blanks and the body.

They run in the merchant's scope, with one member of staff signed in. Bytes in a body are posted as a file.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from claims_center.bulk import services as bulk_services
from claims_center.models import Claim
from claims_center.services.catalogue import archive_product, archive_promotion
from claims_center.services.funnels import archive_funnel, close_funnel
from claims_center.services.gifts import send_gift
from claims_center.services.verdicts import verify
from claims_center.states import Delivery, Status
from claims_center.waiting import join_line
from cockpit.client.privacy import ask_erasure
from codes.models import Code
from codes.services import archive
from customers.models import Customer
from exports import services as imports
from exports.naming import choose
from jobs.models import Job
from jobs.runner import run_one
from jobs.services import enqueue
from jobs.states import State
from messaging.models import Message, Suppression
from messaging.webhooks import services as webhooks
from messaging.webhooks.models import WebhookDelivery
from messaging.wording import change_text
from tenancy.actors import Actor
from tenancy.lists.services import save_view
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import current_merchant_id
from tenancy.scopes import KeyScope
from tenancy.services import keys, members
from tests.claims_center.factories import (
    NOW,
    STAFF,
    claim_in,
    make_claim,
    make_funnel,
    make_order,
    make_pool,
    make_product,
    make_promotion,
)
from ui.bulk import Selection

Target = tuple[list[Any], dict[str, Any]]
ORDERS = (
    b"order_number,marketplace,ordered_at,sku,listing_id,quantity,amount,currency,status,buyer_name\n"
    b"112-0000001-0000001,amazon,2026-11-01,SKU-1,B0A,1,10.00,USD,shipped,Ada\n"
)
WHY: dict[str, Any] = {"reason": "The customer asked for it"}
BY: dict[str, Any] = {"actor": STAFF, "now": NOW}


def merchant() -> Merchant:
    """The merchant in scope."""
    return Merchant.objects.get(id=current_merchant_id())


def on_claim(status: Status, kind: str = "pool", **body: Any) -> Callable[[], Target]:
    """A claim in this state; mail that was sent for it has arrived."""

    def prepare() -> Target:
        claim = claim_in(status, kind=kind)
        Claim.objects.filter(delivery_status=Delivery.QUEUED).update(delivery_status=Delivery.DELIVERED)
        return [claim.id], body

    return prepare


def with_gift(**body: Any) -> Callable[[], Target]:
    """A verified claim whose gift has arrived."""

    def prepare() -> Target:
        claim = claim_in(Status.VERIFIED)
        send_gift(claim_id=claim.id, **BY)
        Claim.objects.update(delivery_status=Delivery.DELIVERED)
        return [claim.id], WHY | body

    return prepare


def another_gift() -> Target:
    args, body = with_gift()()
    return args, body | {"promotion": make_promotion("item").id}


def a_colleague() -> Membership:
    user = User.objects.create_user("colleague@brew-bloom.example", name="Ada Agent")
    found: Membership = Membership.objects.create(merchant=merchant(), user=user, role=Role.AGENT)
    return found


def to_a_colleague() -> Target:
    return [claim_in(Status.NEW).id], {"assignee": a_colleague().user_id}


def in_bulk() -> Target:
    return ["verify"], {"id": [str(claim_in(Status.NEW).id)], "query": ""}


def a_bulk_act(state: str) -> Callable[[], Target]:
    """A draft to verify a claim, the same begun, or done."""

    def prepare() -> Target:
        chosen = Selection((str(claim_in(Status.NEW).id),), everything=False, query="")
        bulk = bulk_services.draft(act="verify", selection=chosen, actor=STAFF, now=timezone.now())
        if state != "draft":
            bulk = bulk_services.start(bulk_id=bulk.id, given={}, actor=STAFF, now=timezone.now())
        if state == "done" and bulk.job_id is not None:
            run_one(current_merchant_id(), bulk.job_id)
        return [bulk.id], {"confirm": "1"} if state == "draft" else {}

    return prepare


def an_upload() -> Target:
    """A file whose columns are still to be named, and what is said of them."""
    user = User.objects.get()
    run = imports.upload(dataset="orders", file=SimpleUploadedFile("orders.csv", ORDERS), user=user, now=timezone.now())
    names = ORDERS.decode().splitlines()[0].split(",")
    return [run.id], {f"column_{place}": name for place, name in enumerate(names)}


def a_run(**body: Any) -> Target:
    (run_id,), said = an_upload()
    choose(run_id=run_id, meanings=list(said.values()), fixed={}, **BY)
    return [run_id], body


def an_applied_run() -> Target:
    """An import that is done, with the one order that it brought."""
    args, body = a_run()
    run: Any = imports.start(run_id=args[0], **BY)
    run_one(run.merchant_id, run.job_id)
    return args, body


def a_pool(*, archived: bool = False, **body: Any) -> Callable[[], Target]:
    def prepare() -> Target:
        pool = make_pool("A-0001")
        if archived:
            archive(pool_id=pool.id, archived=True, **BY)
        return [pool.id], body

    return prepare


def a_code() -> Target:
    pool = make_pool("A-0001")
    return [pool.id, Code.objects.get().id], {}


def without_a_code(*, waits: bool = False) -> Callable[[], Target]:
    """A verified claim whose pool is empty."""

    def prepare() -> Target:
        claim = make_claim(make_funnel(make_promotion(pool=make_pool())))
        verify(claim_id=claim.id, reason="Known customer", **BY)
        if waits:
            join_line(claim_id=claim.id, **BY)
        return [claim.id], {}

    return prepare


def a_signal() -> Target:
    """A claim with the phone number of another customer's."""
    funnel = make_funnel()
    claim = make_claim(funnel, phone="5551234567")
    make_claim(funnel, email="bob@example.com", phone="5551234567")
    return [claim.id, "same_phone"], {"note": "A family"}


def a_letter(*, status: str = "sent", closed: bool = False, **body: Any) -> Callable[[], Target]:
    """A message that has gone out."""

    def prepare() -> Target:
        claim = claim_in(Status.PROCESSED)
        Message.objects.update(status=status, sent_at=NOW)
        Job.objects.update(state=State.DONE, finished_at=NOW)
        if closed:
            Suppression.objects.create(email_norm=claim.customer_email, reason="bounced", created_at=NOW)
        return [Message.objects.get().id], body

    return prepare


def a_job(state: State) -> Callable[[], Target]:
    def prepare() -> Target:
        job = enqueue(kind="ledger.check", payload={}, now=timezone.now())
        if state == State.DEAD:
            Job.objects.update(state=state, finished_at=NOW)
        else:
            Job.objects.update(next_at=timezone.now() + timedelta(hours=1))
        return [job.id], {}

    return prepare


def a_product(*, archived: bool = False, **body: Any) -> Callable[[], Target]:
    def prepare() -> Target:
        product = make_product()
        if archived:
            archive_product(product_id=product.id, **BY)
        return [product.id], body

    return prepare


def a_promotion(*, archived: bool = False, **body: Any) -> Callable[[], Target]:
    def prepare() -> Target:
        promotion = make_promotion("fixed")
        if archived:
            archive_promotion(promotion_id=promotion.id, **BY)
        return [promotion.id], body

    return prepare


def a_funnel(*, published: bool = True, closed: bool = False) -> Callable[[], Target]:
    def prepare() -> Target:
        funnel = make_funnel(make_promotion("fixed"), **({} if published else {"published_at": None}))
        if closed:
            close_funnel(funnel_id=funnel.id, **BY)
        return [funnel.id], {}

    return prepare


def an_archived_funnel() -> Target:
    funnel = make_funnel(make_promotion("fixed"), published_at=None)
    archive_funnel(funnel_id=funnel.id, **BY)
    return [funnel.id], {}


def funnel_form(*, old: bool) -> Callable[[], Target]:
    def prepare() -> Target:
        promotion, product = make_promotion("fixed"), make_product()
        body = {"name": "Summer Gift", "slug": "summer-gift", "promotion": promotion.id, "order_number": "required"}
        args = [make_funnel(promotion, product, published_at=None).id] if old else []
        return args, body | {"min_feedback": "0", "products": [str(product.id)]}

    return prepare


def a_customer() -> Target:
    make_claim(make_funnel(make_promotion("fixed")))
    return [Customer.objects.get().id], {"first_name": "Anne", "last_name": "Lee", "email": "anne@example.com"}


def a_wish_to_be_forgotten(**body: Any) -> Callable[[], Target]:
    """A customer who asked to be forgotten."""

    def prepare() -> Target:
        make_claim(make_funnel(make_promotion("fixed")))
        return [ask_erasure(customer=Customer.objects.get(), note="", now=timezone.now()).id], body

    return prepare


def a_member(**body: Any) -> Callable[[], Target]:
    return lambda: ([a_colleague().id], body)


def an_invitation() -> Target:
    facts: dict[str, Any] = {"merchant": merchant(), "email": "new@brew-bloom.example", "role": Role.AGENT}
    invitation, _token = members.invite(**facts, actor=Actor.system(), now=timezone.now())
    return [invitation.id], {}


def a_key() -> Target:
    key, _text = keys.create_key(
        merchant=merchant(),
        name="Till",
        scopes=[KeyScope.READ],
        expires_at=None,
        actor=Actor.system(),
        now=timezone.now(),
    )
    return [key.id], {}


HOOK: dict[str, Any] = {"name": "Shop", "url": "https://hooks.example.com/", "responses": "response.completed"}


def an_endpoint(*, on: bool = True, **body: Any) -> Callable[[], Target]:
    """An endpoint of webhooks."""

    def prepare() -> Target:
        facts: dict[str, Any] = {"name": "Till", "url": HOOK["url"], "events": ["reward.used"]}
        endpoint, _secret = webhooks.create_endpoint(**facts, **BY)
        if not on:
            webhooks.switch(endpoint_id=endpoint.id, on=False, **BY)
        return [endpoint.id], body

    return prepare


def a_webhook() -> Target:
    """A message that was delivered."""
    (endpoint_id,), _body = an_endpoint()()
    made = webhooks.send_test(endpoint_id=endpoint_id, **BY)
    WebhookDelivery.objects.filter(id=made.id).update(status="delivered", ended_at=NOW, next_at=None)
    return [made.id], {}


def an_unsent_webhook() -> Target:
    """An endpoint, and a message that it did not get."""
    (endpoint_id,), _body = an_endpoint()()
    now = timezone.now()
    made = webhooks.send_test(endpoint_id=endpoint_id, actor=STAFF, now=now)
    WebhookDelivery.objects.filter(id=made.id).update(status="failed", ended_at=now, next_at=None)
    return [endpoint_id], {}


def an_order_to_match() -> Target:
    make_order("111-0000000-0000009")
    return [claim_in(Status.NEW).id], WHY | {"order_number": "111-0000000-0000008"}


def nothing(**body: Any) -> Callable[[], Target]:
    """A form that makes something new."""
    return lambda: ([], body)


def a_new_view() -> Target:
    """A list whose filters are to be kept under a name."""
    return [], {"at": f"/m/{merchant().slug}/claims/", "state": "status=new", "name": "To verify"}


def a_list(**body: Any) -> Callable[[], Target]:
    """A list that is to be drawn otherwise."""
    return lambda: ([], {"next": f"/m/{merchant().slug}/claims/", **body})


def a_view(**body: Any) -> Callable[[], Target]:
    """A saved view of the member of staff who is signed in."""

    def prepare() -> Target:
        user = User.objects.get(memberships__merchant=current_merchant_id())
        view = save_view(
            list_name="claims:list",
            name="To verify",
            query="status=new",
            display={},
            shared=False,
            user_id=user.pk,
            role=Role.OWNER,
            now=NOW,
        )
        return [view.pk], {"next": f"/m/{merchant().slug}/claims/", **body}

    return prepare


WORDS: dict[str, Any] = {"subject": "No", "heading": "", "body": "Sorry: {reason}", "button": "Look", "version": "0"}


def a_closed_address() -> Target:
    """An address that is written to no more."""
    row = Suppression.objects.create(email_norm="jane@example.com", reason="bounced", created_at=NOW)
    return [row.id], dict(WHY)


def a_text(**body: Any) -> Callable[[], Target]:
    """A mail whose words can be changed."""
    return lambda: (["claim.rejected"], body)


def an_own_text() -> Target:
    """A mail with the merchant's own words."""
    words = {name: WORDS[name] for name in ("subject", "heading", "body", "button")}
    change_text(kind="claim.rejected", words=words, version=0, **BY)
    return ["claim.rejected"], {}
