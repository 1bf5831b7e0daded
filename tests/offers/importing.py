"""Files of responses for tests, and bringing them in."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from ledger.models import Entry
from offers.checks import check_responses
from offers.imports import responses
from offers.models import Offer, OfferResponse
from tenancy.imports.contract import FileRefused, Outcome
from tenancy.models import Merchant
from tests.offers import factories as make

NEW = "offer,card_number,email,issued_at,expires_at,status,completed_at,reference,key"
KNOWN = "id,version,status"
Writer = Callable[..., Path]


def writer(folder: Path) -> Writer:
    def written(*lines: str, name: str = "rows.csv") -> Path:
        path = folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return written


def bring(path: Path, scope: Merchant, **more: Any) -> Outcome:
    return responses.apply(path, merchant_id=scope.id, **{"actor": make.STAFF, "now": timezone.now(), **more})


def refused(path: Path, scope: Merchant) -> list[str]:
    """Return why a file is refused, by the preview and by the import alike; nothing of it may be written."""
    before = (OfferResponse.objects.count(), Entry.objects.count())
    looked = responses.preview(path, merchant_id=scope.id, now=timezone.now())
    with pytest.raises(FileRefused) as refusal:
        bring(path, scope)
    assert [str(one) for one in looked.problems] == [str(one) for one in refusal.value.problems]
    assert before == (OfferResponse.objects.count(), Entry.objects.count())
    return [str(one) for one in refusal.value.problems]


def clean(scope: Merchant) -> bool:
    """Say whether offers, responses, ledger and codes agree."""
    return check_responses(scope.id) == []


def old_offer(**values: Any) -> Offer:
    """Return an offer that was out in 2025, in which the files of these tests play."""
    return make.offer(name="Ten off", **values)


def rows_of(lines: Sequence[OfferResponse]) -> list[str]:
    return [f"{one.id},{one.version},{one.status}" for one in lines]
