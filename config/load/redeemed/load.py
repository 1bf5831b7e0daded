"""Redeemed rewards of a synthetic merchant, one statement a table."""

from config.load.fill import OWNER, Loader
from config.load.redeemed import tables
from config.load.redeemed.acts import draft_acts
from config.load.redeemed.catalogue import draft_rewards
from config.load.redeemed.draft import draft_redeemed
from ledger.loading import load, open_accounts
from tenancy.actors import Actor


def load_redeemed(loader: Loader) -> None:
    """Write redeemed rewards with purchases, lots, ledger entries, vouchers, codes, payments, history and words.

    Needs `load_person` of the customers. What the same customers hold already is added to. Runs in the merchant's
    scope on the owner's connection.
    """
    loader.params["admin_actor"] = str(Actor.user(loader.staff["admin"]))
    draft_rewards(loader)
    draft_redeemed(loader)
    draft_acts(loader)
    loader.say(f"{loader.merchant.slug}: {loader.wanted['redeemed']} redeemed rewards drafted")
    open_accounts(using=OWNER, holders="load_holder")
    load(using=OWNER, acts="load_act", grants="load_grant", movements="load_move")
    # In the order in which foreign keys allow it.
    for write in (tables.purchases, tables.codes, tables.redeemed, tables.changes, tables.words, tables.payments):
        write(loader)
    tables.counters(loader)
