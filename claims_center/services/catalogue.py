"""What staff may do to products and promotions. Each change leaves an audit event with what was and what is."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from claims_center.errors import InUse
from claims_center.models import Claim, Funnel, Listing, Product, Promotion, Source
from claims_center.services.copies import carry_name
from claims_center.services.pictures import fetch_later
from claims_center.waiting import change_lines
from tenancy.actors import Actor
from tenancy.audit import audit

PRODUCT_FIELDS = ("title", "sku", "image", "image_url")
LISTING_FIELDS = ("marketplace", "region", "listing_id", "url")
PROMOTION_FIELDS = (
    "name",
    "kind",
    "source",
    "pool_id",
    "fixed_code",
    "file",
    "file_name",
    "item_name",
    "value",
    "currency",
    "message",
)


@transaction.atomic
def create_product(
    *, values: Mapping[str, Any], listings: Iterable[Mapping[str, Any]], actor: Actor, now: datetime
) -> Product:
    """Make a product with its listings: saves both, has the picture at ``image_url`` fetched, writes an audit event.

    ``values`` holds title, sku, image (a stored name or "") and image_url; each listing holds marketplace, region, listing_id and
    url. Raises ValidationError for a URL outside its marketplace, IntegrityError where SKU or listing is taken.
    ``now`` is UTC.
    """
    product: Product = Product.made_with(**values, created_at=now)
    product.save(force_insert=True)
    if product.image_url:
        fetch_later(product=product, now=now)
    kept = _write_listings(product, listings, now=now)
    audit(
        action="product.created",
        actor=actor,
        target=("product", product.id),
        after=_facts(product, PRODUCT_FIELDS) | {"listings": kept},
    )
    return product


@transaction.atomic
def update_product(
    *,
    product_id: uuid.UUID,
    values: Mapping[str, Any],
    listings: Iterable[Mapping[str, Any]],
    actor: Actor,
    now: datetime,
) -> Product:
    """Change a product and its listings; a listing that is not named any more is archived, because claims point to it.

    Locks the product, saves it and its listings, has the picture fetched that ``image_url`` newly names (or that could
    not be fetched last time), carries a new title to the claims that show it, writes an audit
    event where anything changed. Raises Product.DoesNotExist, ValidationError, IntegrityError.
    """
    product: Product = Product.objects.select_for_update(no_key=True).get(pk=product_id)
    before = _facts(product, PRODUCT_FIELDS) | {"listings": _listings(product)}
    for name, value in values.items():
        setattr(product, name, value)
    product.save()
    if product.image_url and (product.image_url != before["image_url"] or product.image_problem):
        fetch_later(product=product, now=now)
    after = _facts(product, PRODUCT_FIELDS) | {"listings": _write_listings(product, listings, now=now)}
    if before["title"] != after["title"]:
        carry_name(source="product", source_id=product.id, now=now)
    _audit_change("product", product.id, before, after, actor)
    return product


@transaction.atomic
def archive_product(*, product_id: uuid.UUID, actor: Actor, now: datetime) -> Product:
    """Take a product out of use: funnels stop offering it, claims keep it. One archived already stays as it is.

    Raises InUse where it is the only product of a funnel that is published and not closed.
    """
    product: Product = Product.objects.select_for_update(no_key=True).get(pk=product_id)
    if product.archived_at is not None:
        return product
    alone = _funnels_with_nothing_else(product)
    if alone:
        raise InUse(_("It is the only product of “%(funnel)s”. Close that funnel first."), funnel=alone[0].name)
    return _set_archived(product, "product", now, actor)  # type: ignore[return-value]


@transaction.atomic
def restore_product(*, product_id: uuid.UUID, actor: Actor) -> Product:
    """Bring an archived product back. One in use stays as it is."""
    product: Product = Product.objects.select_for_update(no_key=True).get(pk=product_id)
    return _set_archived(product, "product", None, actor)  # type: ignore[return-value]


@transaction.atomic
def create_promotion(*, values: Mapping[str, Any], actor: Actor, now: datetime) -> Promotion:
    """Make a promotion: saves it, then writes an audit event. ``now`` is UTC; the database checks that the parts fit."""
    promotion: Promotion = Promotion.made_with(**values, created_at=now)
    promotion.save(force_insert=True)
    audit(
        action="promotion.created",
        actor=actor,
        target=("promotion", promotion.id),
        after=_facts(promotion, PROMOTION_FIELDS),
    )
    return promotion


@transaction.atomic
def update_promotion(*, promotion_id: uuid.UUID, values: Mapping[str, Any], actor: Actor, now: datetime) -> Promotion:
    """Change a promotion: saves it, carries a new name to the claims that show it, writes an audit event.

    Claims that wait for a code of its former pool wait for one of the new pool, as long as before (`change_lines`).

    Raises InUse where a digital gift would become a shipped one, or the other way round, or a file something else, after
    claims were made: what has been sent cannot be turned into something else, and the link to a file leads to this row.
    """
    promotion: Promotion = Promotion.objects.select_for_update(no_key=True).get(pk=promotion_id)
    before = _facts(promotion, PROMOTION_FIELDS)
    kind, source = values.get("kind", promotion.kind), values.get("source", promotion.source)
    if becomes_another(promotion=promotion, kind=kind, source=source) and has_claims(promotion_id=promotion.id):
        raise InUse(_("Claims were made with it, so it stays what it is. Make a new promotion instead."))
    for name, value in values.items():
        setattr(promotion, name, value)
    promotion.save()
    after = _facts(promotion, PROMOTION_FIELDS)
    if before["name"] != after["name"]:
        carry_name(source="promotion", source_id=promotion.id, now=now)
    if before["pool_id"] != after["pool_id"]:
        change_lines(promotion=promotion, actor=actor, now=now)
    _audit_change("promotion", promotion.id, before, after, actor)
    return promotion


def becomes_another(*, promotion: Promotion, kind: str, source: str) -> bool:
    """Say whether what customers hold of a promotion would not be theirs any more with this kind and source."""
    return kind != promotion.kind or (promotion.source == Source.FILE and source != Source.FILE)


def has_claims(*, promotion_id: uuid.UUID) -> bool:
    """Say whether any claim was made with a promotion."""
    return bool(Claim.objects.filter(promotion_id=promotion_id).exists())


@transaction.atomic
def archive_promotion(*, promotion_id: uuid.UUID, actor: Actor, now: datetime) -> Promotion:
    """Withdraw a promotion: no gift of it is given any more. One archived already stays as it is.

    Raises InUse where a funnel that is published and not closed gives it.
    """
    promotion: Promotion = Promotion.objects.select_for_update(no_key=True).get(pk=promotion_id)
    if promotion.archived_at is not None:
        return promotion
    running = Funnel.objects.filter(promotion=promotion, published_at__isnull=False, closed_at__isnull=True).first()
    if running is not None:
        raise InUse(_("The funnel “%(funnel)s” gives it. Close that funnel first."), funnel=running.name)
    return _set_archived(promotion, "promotion", now, actor)  # type: ignore[return-value]


@transaction.atomic
def restore_promotion(*, promotion_id: uuid.UUID, actor: Actor) -> Promotion:
    """Bring an archived promotion back. One in use stays as it is."""
    promotion: Promotion = Promotion.objects.select_for_update(no_key=True).get(pk=promotion_id)
    return _set_archived(promotion, "promotion", None, actor)  # type: ignore[return-value]


def _set_archived(row: Product | Promotion, kind: str, when: datetime | None, actor: Actor) -> Product | Promotion:
    if (row.archived_at is None) == (when is None):
        return row
    row.archived_at = when
    row.save(update_fields=["archived_at"])
    audit(action=f"{kind}.archived" if when else f"{kind}.restored", actor=actor, target=(kind, row.id))
    return row


def _funnels_with_nothing_else(product: Product) -> list[Funnel]:
    running = Funnel.objects.filter(
        funnel_products__product=product, published_at__isnull=False, closed_at__isnull=True
    )
    others = Product.objects.exclude(pk=product.pk).filter(archived_at__isnull=True)
    return [one for one in running if not one.funnel_products.filter(product__in=others).exists()]


def _write_listings(product: Product, listings: Iterable[Mapping[str, Any]], *, now: datetime) -> list[dict[str, Any]]:
    known = {_key(one): one for one in product.listings.all()}
    wanted = set()
    for values in listings:
        key = (values["marketplace"], values["region"], values["listing_id"])
        wanted.add(key)
        listing = known.get(key) or Listing.made_with(product=product)
        for name in LISTING_FIELDS:
            setattr(listing, name, values[name])
        listing.archived_at = None
        listing.save()
    gone = [one.pk for key, one in known.items() if key not in wanted and one.archived_at is None]
    product.listings.filter(pk__in=gone).update(archived_at=now)
    return _listings(product)


def _key(listing: Listing) -> tuple[str, str, str]:
    return listing.marketplace, listing.region, listing.listing_id


def _listings(product: Product) -> list[dict[str, Any]]:
    rows = product.listings.filter(archived_at__isnull=True).order_by(*LISTING_FIELDS)
    return [_facts(one, LISTING_FIELDS) for one in rows]


def _facts(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return columns as an audit event keeps them."""
    found = {}
    for name in names:
        value = getattr(row, name)
        found[name] = value if isinstance(value, str | int | bool | None) else str(value)
    return found


def _audit_change(kind: str, row_id: uuid.UUID, before: dict[str, Any], after: dict[str, Any], actor: Actor) -> None:
    changed = sorted(name for name in after if before.get(name) != after[name])
    if changed:
        audit(
            action=f"{kind}.updated",
            actor=actor,
            target=(kind, row_id),
            before={name: before.get(name) for name in changed},
            after={name: after[name] for name in changed},
        )
