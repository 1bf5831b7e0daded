"""Claims in portions: drafted at once, written some hundred thousand at a time."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from config.load.claims import acts, tables
from config.load.claims.draft import draft_claims
from config.load.claims.offers import draft_offers
from config.load.claims.trackers import COLUMNS, links
from config.load.claims.traits import draft_traits
from config.load.fill import OWNER, Loader
from config.load.story import story_of
from ledger.loading import load, open_accounts
from messaging.sender import sender_domain
from tenancy.actors import Actor
from tenancy.ids import new_id

PORTION = 200_000


def load_claims(loader: Loader) -> None:
    """Write the merchant's claims with orders, visits, codes, history, ledger entries, grants, mails and words.

    Needs `load_person` of the customers. Runs in the merchant's scope on the owner's connection.
    """
    loader.params |= _said(loader)
    tables.batch(loader)
    draft_traits(loader)
    draft_offers(loader)
    draft_claims(loader, len(loader.params["feedback"]))
    loader.draft("load_holder", acts.HOLDERS)
    open_accounts(using=OWNER, holders="load_holder")
    with ThreadPoolExecutor(1) as aside:
        # Sealing links is Python's work: the next portion's are made while the database writes this one.
        waiting: Future[Any] | None = None
        for first, end in _portions(loader.wanted["claims"]):
            made = waiting or aside.submit(links, loader.merchant, first, end)
            waiting = aside.submit(links, loader.merchant, end, min(end + PORTION, loader.wanted["claims"]))
            loader.params |= {"first_n": first, "end_n": end}
            _write(loader, made.result())
            loader.say(f"{loader.merchant.slug}: {end} of {loader.wanted['claims']} claims")


def _portions(count: int) -> Iterator[tuple[int, int]]:
    for first in range(0, count, PORTION):
        yield first, min(first + PORTION, count)


def _write(loader: Loader, made: list[tuple[int, str, str]]) -> None:
    # In the order in which foreign keys allow it.
    loader.copy("load_tracker", COLUMNS, made)
    loader.draft("load_act", acts.ACTS)
    loader.draft("load_grant", acts.GRANTED)
    loader.draft("load_move", acts.MOVED)
    for write in (tables.orders, tables.journeys, tables.codes):
        write(loader)
    load(using=OWNER, acts="load_act", grants="load_grant", movements="load_move")
    for write in (tables.claims, tables.changes, tables.words, tables.traits, tables.messages):
        write(loader)


def _said(loader: Loader) -> dict[str, Any]:
    agent, admin = loader.staff["agent"], loader.staff["admin"]
    return {
        "batch": new_id(),
        "feedback": list(story_of(0).feedback),
        "asked": "Which order was it?",
        "refused": "This order was refunded.",
        "by_hand": "Checked by hand in the seller account.",
        "agent": str(agent.id),
        "admin": str(admin.id),
        "agent_name": str(agent),
        "admin_name": str(admin),
        "agent_actor": str(Actor.user(agent)),
        "admin_actor": str(Actor.user(admin)),
        "sender_domain": sender_domain(),
    }
