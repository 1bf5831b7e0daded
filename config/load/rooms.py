"""What each room puts into a synthetic merchant, in this order; the names are those of the command's options."""

from collections.abc import Callable
from dataclasses import dataclass

from config.load.claims.load import load_claims
from config.load.fill import Loader
from config.load.people import load_people

Load = Callable[[Loader], None]


@dataclass(frozen=True, slots=True)
class Room:
    """A room's loader and the tables that it fills."""

    load: Load
    tables: tuple[str, ...]
    about: str


ROOMS: dict[str, Room] = {
    "customers": Room(load_people, ("customers_customer", "customers_customertoken"), "customers of each"),
    "claims": Room(
        load_claims,
        (
            "claims_center_orderbatch",
            "claims_center_order",
            "claims_center_orderitem",
            "claims_center_claimednumber",
            "claims_center_journey",
            "codes_code",
            "ledger.accounts",
            "ledger.entries",
            "ledger.grants",
            "ledger.movements",
            "claims_center_claim",
            "claims_center_claimchange",
            "claims_center_claimtoken",
            "claims_center_claimtrait",
            "messaging_message",
        ),
        "claims of each, with orders, visits, codes, mails and ledger entries",
    ),
}
# Options of the command whose rooms are not there: nought of them can be made.
WITHOUT: dict[str, str] = {
    "redeemed": "redeemed rewards of each",
    "responses": "offer responses of each",
}
