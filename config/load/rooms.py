"""What each room puts into a synthetic merchant, in this order; the names are those of the command's options."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from claims_center.models import Claim
from config.demo.base import Stage
from config.load.claims.load import load_claims
from config.load.fill import Loader
from config.load.people import load_people
from config.load.redeemed.catalogue import stock_rewards
from config.load.redeemed.load import load_redeemed
from config.load.responses.catalogue import stock_offers
from config.load.responses.load import load_responses
from customers.models import Customer
from loyalty.models import RedeemedReward
from offers.models import OfferResponse
from tenancy.base import MerchantModel

Load = Callable[[Loader], None]


@dataclass(frozen=True, slots=True)
class Room:
    """A room's loader, the rows that are counted, the tables of its own that it fills, and whether it fills the journal's.

    `stock` makes what is small beforehand, by the services, unless it is there.
    """

    load: Load
    rows: type[MerchantModel]
    tables: tuple[str, ...]
    about: str
    stock: Callable[[Stage, datetime], None] | None = None
    acts: bool = True


# What several rooms fill.
SHARED = ("codes_code", "ledger.accounts", "ledger.entries", "ledger.grants", "ledger.movements")


ROOMS: dict[str, Room] = {
    "customers": Room(
        load_people, Customer, ("customers_customer", "customers_customertoken"), "customers of each", acts=False
    ),
    "claims": Room(
        load_claims,
        Claim,
        (
            "claims_center_orderbatch",
            "claims_center_order",
            "claims_center_orderitem",
            "claims_center_claimednumber",
            "claims_center_journey",
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
        RedeemedReward,
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
    "responses": Room(
        load_responses,
        OfferResponse,
        ("offers_offerresponse", "offers_offerchange", "offers_offertoken", "offers_offertaken"),
        "offer responses of each, with vouchers, codes and ledger entries",
        stock_offers,
    ),
}


def tables_of(names: Iterable[str]) -> list[str]:
    """Return the tables that these rooms fill."""
    rooms = [ROOMS[name] for name in names]
    shared = SHARED if any(room.acts for room in rooms) else ()
    return [*shared, *(table for room in rooms for table in room.tables)]
