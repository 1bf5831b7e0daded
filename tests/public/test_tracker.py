"""The customer's private page."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from claims_center.models import Claim, Source
from claims_center.public.tracking import masked_email
from claims_center.services.gifts import send_gift
from claims_center.services.verdicts import ask_info, reject
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import make_funnel, make_promotion
from tests.public.walker import Walker

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def track(claim: Claim) -> Any:
    return Client().get(f"/track/{claim.tracker_token}/")


def test_show_a_new_claim(walker: Walker) -> None:
    walker.submit()
    response = track(walker.claims()[0])
    page = response.content.decode()
    assert "We are checking your claim" in page
    assert "We received your claim" in page
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("same-origin", "noindex, nofollow")
    assert "no-store" in response["Cache-Control"]


def test_name_the_zone_of_all_times(walker: Walker) -> None:
    walker.submit()
    Merchant.objects.filter(id=walker.merchant.id).update(time_zone="Asia/Kathmandu")
    assert "Times in Asia/Kathmandu" in track(walker.claims()[0]).content.decode()


@pytest.mark.parametrize(
    ("act", "headline"),
    [(ask_info, "We need something from you"), (reject, "Your claim was not accepted")],
)
def test_say_why(walker: Walker, act: Any, headline: str) -> None:
    walker.submit()
    (claim,) = walker.claims()
    with merchant_scope(walker.merchant):
        act(claim_id=claim.id, reason="The number is <b>not</b> ours.", actor=Actor.system(), now=NOW)
    page = track(claim).content.decode()
    assert headline in page
    assert "The number is &lt;b&gt;not&lt;/b&gt; ours." in page


def test_never_show_the_whole_code(walker: Walker) -> None:
    walker.submit()
    (claim,) = walker.claims()
    with merchant_scope(walker.merchant):
        send_gift(claim_id=claim.id, reason="checked by hand", actor=Actor.system(), now=NOW)
    page = track(claim).content.decode()
    assert "BARISTA-2026" not in page
    assert "••••2026" in page
    assert "Your gift is on its way" in page
    assert "checked by hand" not in page
    assert "ines@example.com" not in page


def test_find_no_page_for_a_strange_token(walker: Walker, other_merchant: Merchant) -> None:
    walker.submit()
    token = walker.claims()[0].tracker_token
    secret = token.partition(".")[2]
    strange = [f"{token}x", f"{other_merchant.public_id}.{secret}", secret, "nobody.nothing", "x"]
    assert [Client().get(f"/track/{one}/").status_code for one in strange] == [404] * 5


def test_mask_addresses() -> None:
    assert masked_email("ines@example.com") == "i•••@example.com"


def test_give_the_file_only_once_it_is_given(merchant: Merchant) -> None:
    name = default_storage.save("gifts/test.pdf", ContentFile(b"%PDF-1.7 guide"))
    values: dict[str, Any] = {"source": Source.FILE, "file": name, "file_name": "Guide.pdf", "fixed_code": ""}
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel(promotion=make_promotion(**values)))
    walker.submit()
    (claim,) = walker.claims()
    address = f"/track/{claim.tracker_token}/gift/"
    assert Client().get(address).status_code == 404
    with merchant_scope(merchant):
        send_gift(claim_id=claim.id, reason="fine", actor=Actor.system(), now=NOW)
    response = Client().get(address)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 guide"  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == 'attachment; filename="Guide.pdf"'
    assert "sandbox" in response["Content-Security-Policy"]
