"""A chain's history as files to import.

The history is a folder with `purchases.csv.gz` (basket_id, household_id, at, amount), `offers.csv` (campaign_id,
campaign_type, start_date, end_date), `assignments.csv` (campaign_id, household_id) and `redemptions.csv` (household_id,
coupon_upc, campaign_id, redemption_date). A household is a member with its number as card; a campaign is an offer; being
sent it is a response, which the first coupon that is used completes; each further coupon is a response of its own.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

SLICE = Path(__file__).parent / "slice"
NOT_AT_ALL = timedelta(0)
MEMBERS = ("card_number",)
PURCHASES = ("reference", "card_number", "amount", "currency", "occurred_at")
RESPONSES = ("offer", "card_number", "issued_at", "expires_at", "status", "completed_at", "reference", "key")


@dataclass(frozen=True, slots=True)
class Files:
    """The files to import, in this order."""

    members: Path
    purchases: Path
    responses: Path


@dataclass(frozen=True, slots=True)
class Campaign:
    """An offer of the history: its first and its last day."""

    number: str
    name: str
    first: date
    last: date


def campaigns(folder: Path, *, shift: timedelta = NOT_AT_ALL) -> list[Campaign]:
    """Return the history's offers, moved in time by whole days, in the order of their beginning."""
    found = [
        Campaign(
            row["campaign_id"],
            f"Campaign {row['campaign_id']} ({row['campaign_type']})",
            date.fromisoformat(row["start_date"]) + shift,
            date.fromisoformat(row["end_date"]) + shift,
        )
        for row in rows(folder / "offers.csv")
    ]
    return sorted(found, key=lambda one: (one.first, int(one.number)))


def write(
    folder: Path, out: Path, *, currency: str, today: date, shift: timedelta = NOT_AT_ALL, since: date = date.min
) -> Files:
    """Write the files into `out`, purchases `since` a day; see `campaigns` for `shift`.

    What has not ended by `today` is written as waiting.
    """
    files = Files(out / "members.csv", out / "purchases.csv", out / "responses.csv")
    cards: set[str] = set()
    with files.purchases.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(PURCHASES)
        for row in rows(folder / "purchases.csv.gz"):
            cards.add(row["household_id"])
            at = datetime.fromisoformat(row["at"]) + shift
            if at.date() >= since:
                lines.writerow((row["basket_id"], row["household_id"], row["amount"], currency, at.isoformat()))
    _write(files.members, MEMBERS, ((card,) for card in sorted(cards, key=int)))
    _write(files.responses, RESPONSES, _responses(folder, today, shift))
    return files


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of one of the history's files."""
    with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        yield from csv.DictReader(file)


def _write(path: Path, header: tuple[str, ...], lines: Iterator[tuple[str, ...]]) -> None:
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(header)
        out.writerows(lines)


def _responses(folder: Path, today: date, shift: timedelta) -> Iterator[tuple[str, ...]]:
    by_number = {one.number: one for one in campaigns(folder, shift=shift)}
    used: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in rows(folder / "redemptions.csv"):
        used_on = date.fromisoformat(row["redemption_date"]) + shift
        used[row["campaign_id"], row["household_id"]].append((used_on.isoformat(), row["coupon_upc"]))
    for row in rows(folder / "assignments.csv"):
        number, card = row["campaign_id"], row["household_id"]
        campaign, coupons = by_number[number], sorted(used[number, card])
        given = (campaign.name, card, campaign.first.isoformat(), campaign.last.isoformat())
        if not coupons:
            yield (*given, "expired" if campaign.last < today else "", "", "", f"sent:{number}:{card}")
        for place, (at, coupon) in enumerate(coupons):
            key = f"used:{number}:{card}:{place}" if place else f"sent:{number}:{card}"
            yield (*given, "completed", at, coupon, key)
