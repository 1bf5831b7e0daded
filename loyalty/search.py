"""The words under which a redeemed reward is found."""

import uuid

from loyalty.models import RedeemedToken
from tenancy.search import words_of


def words_for(*, reward_name: str, code: str, first_name: str, last_name: str, email: str, phone_norm: str) -> set[str]:
    """Return the words of a redeemed reward: the reward's name, the code, who the customer is."""
    return words_of(reward_name, code, first_name, last_name, email, phone_norm)


def forget_words(*, redeemed_id: uuid.UUID) -> None:
    """Take all words away, so that new ones can be written."""
    RedeemedToken.objects.filter(row_id=redeemed_id).delete()
