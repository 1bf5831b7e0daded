"""What keeps machines from asking for links, trying links and taking things in a row."""

from django.http import HttpRequest

from claims_center.public.guard import sender
from customers.normalise import email_norm
from tenancy.throttle import Limit, allowed

LINKS_OF_SENDER = Limit("client-link-sender", 20, 3600)
LINKS_OF_ADDRESS = Limit("client-link-address", 5, 900)
TRIES = Limit("client-link-try", 30, 600)
# Of one customer.
ACTS = Limit("client-act", 60, 60)
FILES = Limit("client-file", 6, 3600)


def refusal(request: HttpRequest, merchant_id: object, address: str) -> int:
    """Return 0 where a link may be asked for, else after how many seconds to try again.

    Counted for the sender and for the address that was typed, whether or not anybody has it.
    """
    for limit, subject in (
        (LINKS_OF_SENDER, sender(request)),
        (LINKS_OF_ADDRESS, f"{merchant_id}:{email_norm(address)}"),
    ):
        if not allowed(limit, subject):
            return limit.retry_after
    return 0


def may(limit: Limit, subject: object) -> bool:
    """Count one more of something; False where it is too much."""
    return allowed(limit, str(subject))
