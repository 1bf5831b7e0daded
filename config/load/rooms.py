"""What each room puts into a synthetic merchant, in this order; the names are those of the command's options."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from config.demo.base import Stage
from config.load.claims.load import load_claims
from config.load.fill import Loader
from config.load.people import load_people
from config.load.redeemed.catalogue import stock_rewards
from config.load.redeemed.load import load_redeemed

Load = Callable[[Loader], None]


@dataclass(frozen=True, slots=True)
class Room:
    """A room's loader and the tables that it fills; `stock` makes what is small beforehand, by the services."""

    load: Load
    tables: tuple[str, ...]
    about: str
    stock: Callable[[Stage, datetime], None] | None = None


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
    "redeemed": Room(
        load_redeemed,
        (
            "loyalty_redeemedreward",
            "loyalty_redeemedchange",
            "loyalty_redeemedtoken",
            "loyalty_cashbackpayment",
            "loyalty_purchase",
            "loyalty_rewardtaken",
        ),
        "redeemed rewards of each, with purchases, lots, codes, payments and ledger entries",
        stock_rewards,
    ),
}
# Options of the command whose rooms are not there: nought of them can be made.
WITHOUT: dict[str, str] = {
    "responses": "offer responses of each",
}
