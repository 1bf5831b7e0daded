"""What staff may do to funnels. Each change leaves an audit event with what was and what is."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from claims_center.errors import EditedMeanwhile, InUse
from claims_center.models import FormerAddress, Funnel, FunnelProduct, FunnelState, Listing
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
    "ask_rating",
    "ask_feedback",
    "max_order_age_days",
    "headline",
    "intro",
    "feedback_prompt",
    "thanks",
    "terms",
    "texts",
    "logo",
    "accent",
    "stop_when_sold_out",
    "remind_after_hours",
    "auto_verify",
    "auto_send",
)


@transaction.atomic
def create_funnel(
    *, values: Mapping[str, Any], product_ids: Sequence[uuid.UUID], actor: Actor, now: datetime
) -> Funnel:
    """Make a funnel that nobody sees yet: saves it and its products in the given order, writes an audit event.

    ``now`` and the period in ``values`` are aware. Raises IntegrityError where the address is taken, InUse where it is
    a former address of another funnel.
    """
    funnel: Funnel = Funnel.made_with(**values, created_at=now)
    funnel.save(force_insert=True)
    _check_address(funnel)
    _write_products(funnel, product_ids)
    after = _facts(funnel) | {"products": _products(funnel)}
    audit(action="funnel.created", actor=actor, target=("funnel", funnel.id), after=after)
    return funnel


@transaction.atomic
def update_funnel(
    *,
    funnel_id: uuid.UUID,
    values: Mapping[str, Any],
    product_ids: Sequence[uuid.UUID],
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Funnel:
    """Change a funnel: saves it and its products, carries a new name to its claims, writes an audit event.

    A published funnel that gets another address keeps the old one beside it, because that one is printed or mailed
    already. Where something changed, the funnel's version grows. Raises EditedMeanwhile where ``version`` is given and
    is not the present one; InUse for a published funnel that would be left without a product, and for the former
    address of another funnel; IntegrityError where the address is taken.
    """
    funnel = _locked(funnel_id)
    if version is not None and version != funnel.version:
        raise EditedMeanwhile(_("Somebody else saved this funnel meanwhile."))
    before = _facts(funnel) | {"products": _products(funnel)}
    if funnel.published_at and not funnel.closed_at:
        _check_products(product_ids)
    for name, value in values.items():
        setattr(funnel, name, value)
    _write_products(funnel, product_ids)
    after = _facts(funnel) | {"products": _products(funnel)}
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return funnel
    funnel.version += 1
    funnel.save()
    if "slug" in changed:
        _move(funnel, before["slug"], now=now)
    if "name" in changed:
        carry_name(source="funnel", source_id=funnel.id, now=now)
    audit(
        action="funnel.updated",
        actor=actor,
        target=("funnel", funnel.id),
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return funnel


@transaction.atomic
def clone_funnel(*, funnel_id: uuid.UUID, actor: Actor, now: datetime) -> Funnel:
    """Make a draft that is like a funnel, with a name, an address and a short address of its own, and no period.

    Its promotion and products are the same ones. Writes an audit event that names the original.
    """
    original: Funnel = Funnel.objects.get(pk=funnel_id)
    values = {name: getattr(original, name) for name in FIELDS}
    values |= {"slug": _free_slug(original.slug), "starts_at": None, "ends_at": None}
    values["name"] = (_("Copy of %(name)s") % {"name": original.name})[:120]
    copy: Funnel = Funnel.made_with(**values, created_at=now)
    copy.save(force_insert=True)
    product_ids = original.funnel_products.order_by("position", "id").values_list("product_id", flat=True)
    _write_products(copy, list(product_ids))
    after = _facts(copy) | {"products": _products(copy), "copied_from": str(original.id)}
    audit(action="funnel.created", actor=actor, target=("funnel", copy.id), after=after)
    return copy


@transaction.atomic
def publish_funnel(*, funnel_id: uuid.UUID, actor: Actor, now: datetime) -> Funnel:
    """Put a funnel's page on the web, or open a closed one again. One that is published stays as it is.

    Raises InUse where it has no product that can be chosen, or where it or its promotion was archived. ``now`` is UTC.
    """
    funnel = _locked(funnel_id)
    if funnel.published_at and not funnel.closed_at:
        return funnel
    if funnel.archived_at is not None:
        raise InUse(_("It was archived. Bring it back first."))
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


@transaction.atomic
def archive_funnel(*, funnel_id: uuid.UUID, actor: Actor, now: datetime) -> Funnel:
    """Put a funnel away that is a draft, closed or past its end; its page says that it is closed, claims keep it.

    One that ended is closed by it. One archived already stays as it is. Raises InUse while it takes claims, or will.
    ``now`` is UTC.
    """
    funnel = _locked(funnel_id)
    if funnel.archived_at is not None:
        return funnel
    if funnel.state(now) in (FunnelState.OPEN, FunnelState.SCHEDULED):
        raise InUse(_("It is published. Close it first."))
    if funnel.published_at is not None and funnel.closed_at is None:
        funnel.closed_at = now
    funnel.archived_at = now
    funnel.save(update_fields=["archived_at", "closed_at"])
    audit(action="funnel.archived", actor=actor, target=("funnel", funnel.id))
    return funnel


@transaction.atomic
def restore_funnel(*, funnel_id: uuid.UUID, actor: Actor) -> Funnel:
    """Bring an archived funnel back, as the draft or the closed funnel that it was. One in use stays as it is."""
    funnel = _locked(funnel_id)
    if funnel.archived_at is None:
        return funnel
    funnel.archived_at = None
    funnel.save(update_fields=["archived_at"])
    audit(action="funnel.restored", actor=actor, target=("funnel", funnel.id))
    return funnel


def _locked(funnel_id: uuid.UUID) -> Funnel:
    found: Funnel = Funnel.objects.select_for_update(no_key=True).get(pk=funnel_id)
    return found


def _move(funnel: Funnel, former: str, *, now: datetime) -> None:
    """Keep a published funnel's former address, unless it comes back to one that it had."""
    _check_address(funnel)
    FormerAddress.objects.filter(slug=funnel.slug).delete()
    if funnel.published_at is not None:
        FormerAddress.made_with(funnel=funnel, slug=former, created_at=now).save(force_insert=True)


def _check_address(funnel: Funnel) -> None:
    """Refuse another funnel's former address; looked at after the row is written, when nobody can come between."""
    if FormerAddress.objects.filter(slug=funnel.slug).exclude(funnel_id=funnel.id).exists():
        raise InUse(_("Another funnel had the address “%(slug)s”, and it still leads there."), slug=funnel.slug)


def _free_slug(slug: str) -> str:
    taken = set(Funnel.objects.filter(slug__startswith=slug[:40]).values_list("slug", flat=True))
    taken |= set(FormerAddress.objects.filter(slug__startswith=slug[:40]).values_list("slug", flat=True))
    names = (f"{slug[:50].rstrip('-')}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in names if name not in taken)


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
        found[name] = value if isinstance(value, str | int | bool | dict | None) else str(value)
    return found
