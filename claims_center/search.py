"""The words under which a claim is found."""

from claims_center.models import Claim, ClaimToken
from tenancy.search import words_of, write_tokens


def write_words(*, claim: Claim) -> None:
    """Make the claim found by name, e-mail, phone, order number (as typed and as compared) and code."""
    write_tokens(ClaimToken, claim.id, words_for(claim=claim))


def words_for(*, claim: Claim) -> set[str]:
    """Return the words of a claim; reads its customer."""
    customer = claim.customer
    return words_of(
        claim.customer_name,
        claim.customer_email,
        customer.email,
        customer.phone_norm,
        claim.order_number,
        claim.order_number_norm,
        claim.gift_code,
    )
