"""What a history comes to, counted from its own files by nothing but a CSV reader: what an import is held against."""

import csv
import gzip
import math
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path


@dataclass(slots=True)
class Figures:
    """Counts and sums; points at one for each whole unit of a purchase. `points_of` and `used_of` go by card number."""

    members: int = 0
    purchases: int = 0
    amount: Decimal = Decimal(0)
    points: int = 0
    responses: int = 0
    completed: int = 0
    points_of: Counter[str] = field(default_factory=Counter)
    used_of: Counter[str] = field(default_factory=Counter)


def count(folder: Path) -> Figures:
    """Return the figures of the history in this folder."""
    found, cards = Figures(), set()
    with gzip.open(folder / "purchases.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(file):
            amount, card = Decimal(row["amount"]), row["household_id"]
            cards.add(card)
            found.purchases += 1
            found.amount += amount
            found.points += math.floor(amount)
            found.points_of[card] += math.floor(amount)
    found.members = len(cards)
    with (folder / "redemptions.csv").open(newline="") as file:
        used = [(row["campaign_id"], row["household_id"]) for row in csv.DictReader(file)]
    with (folder / "assignments.csv").open(newline="") as file:
        sent = sum(1 for _row in csv.DictReader(file))
    found.completed = len(used)
    found.responses = sent + len(used) - len(set(used))
    found.used_of.update(card for _campaign, card in used)
    return found
