"""What can be exported, by name: the rows, filters, sorts and columns of each list."""

from functools import cache

from exports.datasets.claims import CLAIMS, FUNNELS, ORDERS
from exports.datasets.fields import Dataset
from exports.datasets.ledger import entries
from exports.datasets.offers import OFFERS, RESPONSES
from exports.datasets.people import CUSTOMERS
from exports.datasets.rewards import REDEEMED, REWARDS


@cache
def datasets() -> dict[str, Dataset]:
    """Return every dataset by its name, in the order in which they are offered."""
    found = (CLAIMS, REDEEMED, RESPONSES, OFFERS, REWARDS, FUNNELS, ORDERS, CUSTOMERS, entries())
    return {one.name: one for one in found}


def dataset(name: str) -> Dataset:
    """Return a dataset; raise KeyError for a name that there is not."""
    return datasets()[name]
