"""Acts on many redeemed rewards: each comes out as the single act would have it, and the preview said so before."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from codes.models import Code
from jobs.bulk import choosing
from jobs.bulk.outcomes import CHANGED, DONE, OUTSIDE
from jobs.bulk.preview import preview
from ledger import checks
from loyalty.bulk.kit import REWARDS
from loyalty.checks import check_rewards
from loyalty.errors import Refused
from loyalty.models import BulkAct, BulkKind, RedeemedChange, RedeemedReward, RewardStock, RewardTaken
from loyalty.services import notices
from loyalty.services.canceling import cancel
from loyalty.services.using import mark_unused, mark_used, set_delivery
from loyalty.states import DeliveryStatus
from messaging.models import Message
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty.bulking import STAFF, Shelf, begun, by, done, drafted, fresh, outcomes_of, run, written

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
STATES = {
    "gift": ("", "used", "shipped", "delivered", "stopped", "canceled"),
    "code": ("", "used", "canceled"),
    "burnt": ("",),
    "limited": ("", "used"),
    "short": ("", "used"),
    "later": ("",),
    "cashback": ("",),
    "free": ("", "used"),
}
GIVEN: dict[str, dict[str, Any]] = {"cancel": {"points": "refund", "reason": "Sold by mistake"}}
DELIVERY = {
    "ship": DeliveryStatus.SHIPPED,
    "deliver": DeliveryStatus.DELIVERED,
    "stop_shipping": DeliveryStatus.CANCELED,
    "order_again": DeliveryStatus.ORDERED,
}


@pytest.fixture
def shelf(merchant: Merchant) -> Shelf:
    with merchant_scope(merchant):
        return Shelf()


def every_state(shelf: Shelf) -> dict[str, RedeemedReward]:
    return {f"{kind}-{state}": shelf.row(kind, state) for kind, states in STATES.items() for state in states}


def singly(act: str, row: RedeemedReward) -> None:
    """The act as a redeemed reward's own page does it."""
    acts: dict[str, Callable[[], Any]] = {
        "use": lambda: mark_used(redeemed_id=row.id, is_strict=True, **by()),
        "unuse": lambda: mark_unused(redeemed_id=row.id, is_strict=True, **by()),
        "resend": lambda: notices.tell_again(redeemed_id=row.id, **by()),
        "cancel": lambda: cancel(
            redeemed_id=row.id, refund=True, reason=GIVEN["cancel"]["reason"], is_strict=True, **by()
        ),
    }
    if act in DELIVERY:
        set_delivery(redeemed_id=row.id, status=DELIVERY[act], **by())
    else:
        acts[act]()


@pytest.mark.parametrize("act", BulkKind.values)
def test_come_out_as_the_single_act_would(merchant: Merchant, shelf: Shelf, act: str) -> None:
    with merchant_scope(merchant):
        one_by_one, together = every_state(shelf), every_state(shelf)
        foreseen = preview(kit=REWARDS, bulk=drafted(act, together.values()), given={}, now=timezone.now())
        for row in one_by_one.values():
            try:
                with transaction.atomic():
                    singly(act, row)
            except Refused:
                pass
        bulk = begun(act, together.values(), **GIVEN.get(act, {}))

    bulk = run(merchant, bulk)

    outcomes = outcomes_of(merchant, bulk)
    with merchant_scope(merchant):
        for name, row in together.items():
            found, wanted = written(row), written(one_by_one[name])
            is_forward = act not in DELIVERY or outcomes[row.id] == DONE
            assert not is_forward or found == wanted, name
    counted = Counter(outcomes.values())
    assert (bulk.state, bulk.done) == ("done", counted.pop(DONE))
    assert foreseen.will_do == bulk.done
    assert {group.outcome: group.number for group in foreseen.skips} == dict(counted)
    assert bulk.done > 0
    assert checks.run(merchant.id).findings == []
    with merchant_scope(merchant):
        assert check_rewards(merchant.id) == []


def test_keep_the_points_where_they_shall_be_kept(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        single, row = shelf.row("burnt"), shelf.row("burnt")
        cancel(redeemed_id=single.id, refund=False, reason="Broke the rules", **by())

    done(merchant, "cancel", [row], points="keep", reason="Broke the rules")

    with merchant_scope(merchant):
        assert written(row) == written(single)
        assert fresh(row).is_refunded is False


def test_give_places_in_the_limits_back(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row("limited") for _number in range(3)]
        assert RewardStock.objects.get(reward=shelf.rewards["limited"]).taken == 3

    done(merchant, "cancel", rows[:2], points="refund", reason="")

    with merchant_scope(merchant):
        assert RewardStock.objects.get(reward=shelf.rewards["limited"]).taken == 1
        assert sorted(RewardTaken.objects.values_list("taken", flat=True)) == [0, 0, 1]


def test_return_or_burn_codes_as_the_reward_says(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        free, burnt = shelf.row("code"), shelf.row("burnt")
        seen = preview(kit=REWARDS, bulk=drafted("cancel", [free, burnt]), given={}, now=timezone.now())

    done(merchant, "cancel", [free, burnt], points="refund", reason="")

    assert seen.sums == {"points": 200, "codes": 2, "burnt": 1}
    with merchant_scope(merchant):
        states = dict(Code.objects.filter(id__in=[free.code_id, burnt.code_id]).values_list("id", "state"))
    assert states == {free.code_id: "free", burnt.code_id: "burnt"}


def test_skip_and_name_what_somebody_changed_since(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row("gift", "used") for _number in range(3)]
        bulk = begun("ship", rows)
        set_delivery(redeemed_id=rows[1].id, status=DeliveryStatus.SHIPPED, **by())

    bulk = run(merchant, bulk)

    assert bulk.done == 2
    assert outcomes_of(merchant, bulk)[rows[1].id] == CHANGED
    with merchant_scope(merchant):
        assert RedeemedChange.objects.filter(event="gift.shipped").count() == 3


def test_run_the_filters_again_on_the_server(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        kept, left = shelf.row("gift"), shelf.row("gift")
        bulk = begun("use", query=f"reward={shelf.rewards['gift'].id}&used=no")
        # A change that has no version: the row leaves the filter nevertheless.
        RedeemedReward.objects.filter(id=left.id).update(reward=shelf.rewards["free"])

    bulk = run(merchant, bulk)

    assert outcomes_of(merchant, bulk) == {kept.id: DONE, left.id: OUTSIDE}


def test_tell_fulfilment_once_of_each_gift(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        gifts, other = [shelf.row("gift") for _number in range(3)], shelf.row("limited")

    done(merchant, "use", [*gifts, other])

    with merchant_scope(merchant):
        mails = list(Message.objects.filter(kind="reward.redeemed").values_list("origin_id", "to_address"))
    assert Counter(mails) == Counter((gift.id, "parcels@brew-bloom.example") for gift in gifts)


def test_begin_once_however_often_the_button_is_pressed(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        bulk = begun("use", [shelf.row()])

        second = choosing.start(kit=REWARDS, bulk_id=bulk.id, given={}, **by())
        assert (second.job_id, BulkAct.objects.count()) == (bulk.job_id, 1)
    assert run(merchant, bulk).done == 1
    assert run(merchant, bulk).done == 1


def test_act_in_the_name_of_who_began(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row()
    done(merchant, "use", [row])
    with merchant_scope(merchant):
        assert RedeemedChange.objects.get(redeemed=row, event="reward.used").actor == str(STAFF)
