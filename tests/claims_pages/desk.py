"""A desk full of claims in every state, as a working day leaves it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from claims_center.models import Claim, Funnel
from claims_center.services import desk, gifts, processing, verdicts
from claims_center.states import Delivery
from tenancy.actors import Actor
from tenancy.models import User
from tests.claims_pages.factories import funnel_with, make_claim, make_order, pooled_funnel

PEOPLE = (
    ("Duncan", "Andrews"),
    ("Isaac", "Benoit"),
    ("Filip", "Gajownik"),
    ("Gilberto", "dos Santos"),
    ("Erica", "Moore"),
    ("Georges", "Millet"),
    ("Justyna", "Królikiewicz"),
    ("Philippine", "Delattre Le Rousseau"),
)


def fill(user: User, rounds: int = 3) -> list[Claim]:
    """Make claims of three campaigns and bring them along different ways; return them, the oldest first."""
    pooled = pooled_funnel(codes=40, name="Autumn warm-up", order_number="optional")
    mugs = funnel_with(physical=True, slug="mug", name="Mug for a photo")
    kit = funnel_with(slug="brew-kit", name="Brew kit guide", order_number="optional")
    make_order(pooled)
    claims = []
    for number in range(rounds * len(PEOPLE)):
        funnel = (pooled, mugs, kit)[number % 3]
        claims.append(_claim(funnel, number))
        _along(claims[-1], number, user)
    return claims


def _claim(funnel: Funnel, number: int) -> Claim:
    first, last = PEOPLE[number % len(PEOPLE)]
    typed = f"112-7391030-{number % 7 + 1:07}"
    return make_claim(
        funnel,
        now=timezone.now() - timedelta(hours=7 * number + 1),
        first_name=first,
        last_name=last,
        email=f"{first}.{last}@example.com".lower().replace(" ", "-").replace("ó", "o"),
        order_number="" if funnel.order_number == "optional" and number % 4 == 2 else typed,
        rating=number % 5 + 1,
        feedback="Brews beautifully, though the filter could be finer. " * (number % 3),
    )


def _along(claim: Claim, number: int, user: User) -> None:
    by: dict[str, Any] = {"actor": Actor.user(user), "now": timezone.now() - timedelta(hours=7 * number)}
    way = number % 8
    if way >= 5:
        desk.assign(claim_id=claim.id, user_id=user.id, **by)
    if way == 1:
        verdicts.ask_info(claim_id=claim.id, reason="Which colour did you buy?", **by)
    if way == 2:
        verdicts.reject(claim_id=claim.id, reason="The order was refunded.", **by)
    if way >= 3:
        verdicts.verify(claim_id=claim.id, reason="Receipt seen", **by)
    if way >= 4 and not claim.is_physical:
        gifts.send_gift(claim_id=claim.id, **by)
    if way > 5:
        processing.mark_processed(claim_id=claim.id, carrier="DHL", tracking_number="JD0146000", **by)
    fate = {4: Delivery.BOUNCED, 6: Delivery.OPENED, 7: Delivery.DELIVERED}.get(way)
    if fate and (not claim.is_physical or fate == Delivery.DELIVERED):
        Claim.objects.filter(id=claim.id).update(delivery_status=fate)
