"""Pictures of products that are fetched from an address: once, by a job, and then served from our own side."""

import io
import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import InMemoryUploadedFile

from claims_center.models import Product
from jobs.services import enqueue
from tenancy import pictures as images
from tenancy.outbound import OutboundError, fetch

ACCEPT = "image/webp,image/png,image/jpeg"


def fetch_later(*, product: Product, now: datetime) -> None:
    """Have the picture at the product's address fetched; inside the transaction that saves the product.

    Forgets what the last try said and puts down a job. ``now`` is UTC.
    """
    Product.objects.filter(pk=product.pk).update(image_fetched_at=None, image_problem="")
    enqueue(kind="claims.fetch_picture", payload={"product": str(product.pk)}, now=now, max_attempts=5)


def wanted_address(*, product_id: uuid.UUID) -> str:
    """Return the address whose picture a product waits for, "" where it waits for none."""
    product = Product.objects.filter(pk=product_id, image_fetched_at__isnull=True, image_problem="").first()
    return product.image_url if product else ""


def picture_at(*, url: str) -> bytes:
    """Fetch a picture and make it anew; no transaction may be open. Raises OutboundError, fit to show."""
    found = fetch(url, most_bytes=images.MAX_BYTES, accept=ACCEPT)
    file = InMemoryUploadedFile(io.BytesIO(found.content), None, "picture", "", len(found.content), None)
    try:
        return images.encode(file)
    except ValidationError as error:
        raise OutboundError(error.messages[0]) from error


def keep_picture(*, product_id: uuid.UUID, url: str, data: bytes, now: datetime) -> None:
    """Give the product the picture that was fetched, unless its address is another one by now. ``now`` is UTC."""
    rows: Any = Product.objects.filter(pk=product_id, image_url=url)
    for product in rows.select_for_update(no_key=True):
        product.image = images.store(product.merchant_id, data)
        product.image_fetched_at, product.image_problem = now, ""
        product.save(update_fields=["image", "image_fetched_at", "image_problem"])


def note_problem(*, product_id: uuid.UUID, url: str, sentence: str) -> None:
    """Say on the product why its picture could not be fetched; the picture that it has stays."""
    Product.objects.filter(pk=product_id, image_url=url).update(image_problem=sentence[:200])
