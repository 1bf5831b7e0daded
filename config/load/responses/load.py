"""Offer responses of a synthetic merchant, one statement a table."""

from config.load.fill import OWNER, Loader
from config.load.responses import tables
from config.load.responses.acts import draft_acts
from config.load.responses.catalogue import draft_offers
from config.load.responses.draft import draft_responses
from ledger.loading import load, open_accounts
from tenancy.actors import Actor


def load_responses(loader: Loader) -> None:
    """Write responses to the merchant's offers with vouchers, codes, ledger entries, history and words.

    Needs `load_person` of the customers. What the same customers hold already is added to. Runs in the merchant's
    scope on the owner's connection.
    """
    loader.params["admin_actor"] = str(Actor.user(loader.staff["admin"]))
    draft_offers(loader)
    draft_responses(loader)
    draft_acts(loader)
    loader.say(f"{loader.merchant.slug}: {loader.wanted['responses']} responses drafted")
    open_accounts(using=OWNER, holders="load_holder")
    load(using=OWNER, acts="load_act", grants="load_grant", movements="load_move")
    # In the order in which foreign keys allow it.
    for write in (tables.codes, tables.responses, tables.changes, tables.words, tables.counters):
        write(loader)
