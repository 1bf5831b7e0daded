"""What staff may do to funnels. Each change leaves an audit event with what was and what is."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from claims_center.errors import InUse
from claims_center.models import Funnel, FunnelProduct, Listing
from claims_center.services.copies import carry_name
from tenancy.actors import Actor
from tenancy.audit import audit

FIELDS = (
    "slug",
    "name",
    "promotion_id",
    "starts_at",
    "ends_at",
    "order_number",
    "min_feedback",
    "max_order_age_days",
    "headline",
    "intro",
    "feedback_prompt",
    "thanks",
    "terms",
    "auto_verify",
    "auto_send",
)


@transaction.atomic
def create_funnel(
    *, values: Mapping[str, Any], product_ids: Sequence[uuid.UUID], actor: Actor, now: datetime
) -> Funnel:
    """Make a funnel that nobody sees yet: saves it and its products in the given order, writes an audit event.

    ``now`` and the period in ``values`` are aware. Raises IntegrityError where the address is taken.
    """
    funnel: Funnel = Funnel.made_with(**values, created_at=now)
    funnel.save(force_insert=True)
    _write_products(funnel, product_ids)
    after = _facts(funnel) | {"products": _products(funnel)}
    audit(action="funnel.created", actor=actor, target=("funnel", funnel.id), after=after)
    return funnel


@transaction.atomic
def update_funnel(
    *, funnel_id: uuid.UUID, values: Mapping[str, Any], product_ids: Sequence[uuid.UUID], actor: Actor, now: datetime
) -> Funnel:
    """Change a funnel: saves it and its products, carries a new name to its claims, writes an audit event.

    Raises InUse for another address once the funnel was published, because that address is printed on inserts, and
    for a published funnel that would be left without a product.
    """
    funnel = _locked(funnel_id)
    before = _facts(funnel) | {"products": _products(funnel)}
    if funnel.published_at and values.get("slug", funnel.slug) != funnel.slug:
        raise InUse(_("The address stays as it is: it may be printed already."))
    if funnel.published_at and not funnel.closed_at:
        _check_products(product_ids)
    for name, value in values.items():
        setattr(funnel, name, value)
    funnel.save()
    _write_products(funnel, product_ids)
    after = _facts(funnel) | {"products": _products(funnel)}
    if before["name"] != after["name"]:
        carry_name(source="funnel", source_id=funnel.id, now=now)
    changed = [name for name in after if before[name] != after[name]]
    if changed:
        audit(
            action="funnel.updated",
            actor=actor,
            target=("funnel", funnel.id),
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return funnel


@transaction.atomic
def publish_funnel(*, funnel_id: uuid.UUID, actor: Actor, now: datetime) -> Funnel:
    """Put a funnel's page on the web, or open a closed one again. One that is published stays as it is.

    Raises InUse where it has no product that can be chosen, or where its promotion was archived. ``now`` is UTC.
    """
    funnel = _locked(funnel_id)
    if funnel.published_at and not funnel.closed_at:
        return funnel
    _check_products(funnel.funnel_products.values_list("product_id", flat=True))
    if funnel.promotion.archived_at is not None:
        raise InUse(_("Its promotion was archived. Choose another one first."))
    was_closed = funnel.closed_at is not None
    funnel.published_at, funnel.closed_at = funnel.published_at or now, None
    funnel.save(update_fields=["published_at", "closed_at"])
    action = "funnel.reopened" if was_closed else "funnel.published"
    audit(action=action, actor=actor, target=("funnel", funnel.id))
    return funnel


@transaction.atomic
def close_funnel(*, funnel_id: uuid.UUID, actor: Actor, now: datetime) -> Funnel:
    """Take no more claims from this moment; claims that are in stay. One that is closed stays as it is.

    Raises InUse for a funnel that was never published. ``now`` is UTC.
    """
    funnel = _locked(funnel_id)
    if funnel.published_at is None:
        raise InUse(_("It was never published, so there is nothing to close."))
    if funnel.closed_at is not None:
        return funnel
    funnel.closed_at = now
    funnel.save(update_fields=["closed_at"])
    audit(action="funnel.closed", actor=actor, target=("funnel", funnel.id))
    return funnel


def _locked(funnel_id: uuid.UUID) -> Funnel:
    found: Funnel = Funnel.objects.select_for_update(no_key=True).get(pk=funnel_id)
    return found


def _check_products(product_ids: Iterable[uuid.UUID]) -> None:
    usable = Listing.objects.filter(
        product__in=list(product_ids), archived_at__isnull=True, product__archived_at__isnull=True
    )
    if not usable.exists():
        raise InUse(_("It needs at least one product with a listing that customers can choose."))


def _write_products(funnel: Funnel, product_ids: Sequence[uuid.UUID]) -> None:
    rows = FunnelProduct.objects.filter(funnel=funnel)
    known = {one.product_id: one for one in rows}
    rows.exclude(product_id__in=list(product_ids)).delete()
    for position, product_id in enumerate(product_ids):
        found = known.get(product_id)
        if found is None:
            FunnelProduct.made_with(funnel=funnel, product_id=product_id, position=position).save(force_insert=True)
        elif found.position != position:
            rows.filter(pk=found.pk).update(position=position)


def _products(funnel: Funnel) -> list[str]:
    ids = FunnelProduct.objects.filter(funnel=funnel).order_by("position", "id").values_list("product_id", flat=True)
    return [str(one) for one in ids]


def _facts(funnel: Funnel) -> dict[str, Any]:
    """Return columns as an audit event keeps them."""
    found = {}
    for name in FIELDS:
        value = getattr(funnel, name)
        found[name] = value if isinstance(value, str | int | bool | None) else str(value)
    return found
