"""Keeping what claims are compared by: fingerprints of address, phone and mailbox, rewritten with each correction."""

import uuid
from collections.abc import Mapping

from claims_center.models import Claim, ClaimTrait, SignalKind
from claims_center.signals.normal import address_of, mailbox_of, phone_of, token_of


def write_traits(*, claim: Claim, phone: str | None = None) -> None:
    """Make the claim comparable by what it holds now; what it no longer holds is forgotten.

    ``phone`` is the one that was given with the claim; left out, the customer's is taken.
    """
    wanted = tokens_of(
        ship_to=claim.ship_to, phone=claim.customer.phone if phone is None else phone, email=claim.customer_email
    )
    ClaimTrait.objects.filter(claim_id=claim.id).exclude(kind__in=wanted).delete()
    rows = [
        ClaimTrait.made_with(claim_id=claim.id, customer_id=claim.customer_id, kind=kind, token=token)
        for kind, token in wanted.items()
    ]
    ClaimTrait.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["merchant", "claim", "kind"], update_fields=["token"]
    )


def tokens_of(*, ship_to: Mapping[str, str], phone: str, email: str) -> dict[str, str]:
    """Return the fingerprints by kind; what is too little to compare by is left out."""
    values = {
        SignalKind.SAME_ADDRESS: address_of(ship_to),
        SignalKind.SAME_PHONE: phone_of(phone),
        SignalKind.EMAIL_ALIAS: mailbox_of(email),
    }
    return {kind.value: token_of(kind.value, value) for kind, value in values.items() if value}


def forget_traits(*, customer_id: uuid.UUID) -> int:
    """Forget everything that a customer's claims are compared by; return how many traits there were."""
    return int(ClaimTrait.objects.filter(customer_id=customer_id).delete()[0])
