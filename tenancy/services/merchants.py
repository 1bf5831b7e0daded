"""Merchants: made, and set up."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.errors import ChangedMeanwhile
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.seen import mark

SETTINGS = (
    "name",
    "time_zone",
    "language",
    "locale",
    "currency",
    "sender_name",
    "reply_to",
    "mfa_required",
)


def create_merchant(*, name: str, slug: str, actor: Actor, **values: Any) -> Merchant:
    """Make a merchant with its settings (those of SETTINGS), then write the audit event in its scope.

    Raises ValidationError with a message per field, among them a slug that is taken.
    """
    merchant = Merchant(name=name, slug=slug, **values)
    merchant.full_clean()
    with merchant_scope(merchant):
        merchant.save(force_insert=True)
        audit(action="merchant.created", actor=actor, target=("merchant", merchant.pk), after=_values(merchant))
    return merchant


def change_settings(*, merchant: Merchant, values: dict[str, Any], actor: Actor, seen: str = "") -> Merchant:
    """Lock the merchant, set those values of SETTINGS and `accent` that are given, write before and after.

    `seen` is the mark (`mark_of`) of the settings that the person was shown; raises ChangedMeanwhile for another one.

    Where the zone changes, the rooms that plan by the merchant's clock (`settings.CLOCKS`) plan anew with it. Runs in
    the merchant's scope. Nothing is written where nothing changes. Raises ValidationError.
    """
    found = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    if seen and seen != mark_of(merchant=found):
        raise ChangedMeanwhile
    before = _values(found)
    for name, value in values.items():
        if name not in (*SETTINGS, "accent"):
            raise TypeError(f"{name} is no setting of a merchant.")
        setattr(found, name, value)
    found.full_clean()
    after = _values(found)
    changed = {name for name in after if before[name] != after[name]}
    if changed:
        found.save(update_fields=sorted(changed))
        audit(
            action="merchant.changed",
            actor=actor,
            target=("merchant", found.pk),
            before={name: before[name] for name in sorted(changed)},
            after={name: after[name] for name in sorted(changed)},
        )
    if "time_zone" in changed:
        for planned in import_string(settings.CLOCKS).values():
            import_string(planned)(now=timezone.now())
    return found


def mark_of(*, merchant: Merchant) -> str:
    """Return by what a page tells the settings that it shows from later ones."""
    return mark(getattr(merchant, name) for name in SETTINGS)


def _values(merchant: Merchant) -> dict[str, Any]:
    return {name: getattr(merchant, name) for name in (*SETTINGS, "accent")}
