"""How long a merchant's records are kept: chosen by its owners."""

from collections.abc import Mapping
from datetime import datetime

from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.errors import ChangedMeanwhile
from tenancy.keeping import retention
from tenancy.models import Merchant, Retention
from tenancy.models.retention import PERIODS


def save_retention(
    *, merchant: Merchant, periods: Mapping[str, int], version: int, actor: Actor, now: datetime
) -> Retention:
    """Choose how long records are kept, in days by the names of PERIODS; the next clean-up goes by it.

    1. Locks the merchant, so that two people who choose at once come one after the other.
    2. Saves what is given, counts the version, audits what changed. Where nothing changes, nothing is written.

    Runs in the merchant's scope. ``version`` is the one that the person saw, 0 where nobody had chosen; raises
    ChangedMeanwhile where it is another one now, ValidationError for a period outside its bounds, TypeError for a name
    that is none of PERIODS.
    """
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    found = retention()
    if version != found.version:
        raise ChangedMeanwhile
    before = _values(found)
    for name, days in periods.items():
        if name not in PERIODS:
            raise TypeError(f"{name} is no period.")
        setattr(found, name, days)
    changed = sorted(name for name, days in _values(found).items() if before[name] != days)
    if not changed:
        return found
    found.version, found.changed_at = found.version + 1, now
    found.full_clean()
    found.save()
    audit(
        action="retention.changed",
        actor=actor,
        target=("retention", found.pk),
        before={name: before[name] for name in changed},
        after={name: getattr(found, name) for name in changed},
    )
    return found


def _values(found: Retention) -> dict[str, int]:
    return {name: getattr(found, name) for name in PERIODS}
