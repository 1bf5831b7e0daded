"""The customers' tracker links: random secrets, which only Python can seal."""

from tenancy.models import Merchant
from tenancy.secrets import encrypt
from tenancy.tokens import new_token

COLUMNS = "n integer, tracker_hash text, tracker_sealed text"


def links(merchant: Merchant, first: int, end: int) -> list[tuple[int, str, str]]:
    """Return number, hash and sealed secret of a tracker link for each of these claims. Touches no database."""
    found = []
    for number in range(first, end):
        token, token_hash = new_token(merchant)
        found.append((number, token_hash, encrypt(token)))
    return found
