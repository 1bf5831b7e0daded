"""One offer given to many members: who gets it, who does not and why, and taking back what was not used."""

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from customers.models import Customer, CustomerToken
from customers.services import search_words
from jobs.bulk import choosing
from jobs.bulk.outcomes import DONE
from jobs.bulk.preview import preview
from ledger import checks
from ledger.models import Grant
from offers.assigning import outcomes
from offers.assigning.drafting import Wanted, draft_for, draft_for_list
from offers.assigning.kit import ASSIGNMENTS
from offers.bulk.outcomes import IS_COMPLETED, IS_EXPIRED, IS_PROCESSING, IS_RESERVED, LIMIT, SOLD_OUT
from offers.checks import check_responses
from offers.errors import OfferNotOpen
from offers.models import Assignment, AssignmentRow, Offer, OfferChange, OfferResponse, OfferStock, OfferToken
from offers.services import catalogue, using
from offers.states import CodeSource, Event, Source, Status
from tenancy.imports.contract import FileRefused
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.search import write_tokens
from tests.offers import factories as make
from tests.offers.bulking import by, run, undone, written
from ui.bulk import BadSelection, Selection

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])


def drafted(what: Offer, who: Iterable[Customer] | None = None, *, query: str = "", **wanted: Any) -> Assignment:
    """The draft of giving an offer to these, or to all who match; in the scope that is open."""
    chosen = Selection(tuple(str(one.id) for one in who or ()), everything=who is None, query=query)
    return draft_for(offer=what, selection=chosen, wanted=Wanted(**wanted), **by())


def begun(draft: Assignment) -> Assignment:
    found: Assignment = choosing.start(kit=ASSIGNMENTS, bulk_id=draft.id, given={}, **by())
    return found


def assigned(merchant: Merchant, what: Offer, who: Iterable[Customer] | None = None, **more: Any) -> Assignment:
    with merchant_scope(merchant):
        bulk = begun(drafted(what, who, **more))
    found: Assignment = run(merchant, bulk)
    return found


def outcomes_of(merchant: Merchant, bulk: Assignment) -> dict[uuid.UUID, str]:
    with merchant_scope(merchant):
        return dict(AssignmentRow.objects.filter(bulk=bulk).values_list("customer_id", "outcome"))


def foreseen(draft: Assignment) -> tuple[int, dict[str, int]]:
    seen = preview(kit=ASSIGNMENTS, bulk=draft, given={}, now=timezone.now())
    return seen.will_do, {group.outcome: group.number for group in seen.skips}


def listed(text: str, name: str = "list.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def sound(merchant: Merchant) -> bool:
    with merchant_scope(merchant):
        return check_responses(merchant.id) == [] and checks.run(merchant.id).findings == []


@pytest.mark.parametrize("kind", ["plain", "pool", "generated", "limited", "later", "clip"])
def test_each_response_is_the_one_that_giving_it_singly_makes(merchant: Merchant, kind: str) -> None:
    with merchant_scope(merchant):
        offers: dict[str, dict[str, Any]] = {
            "plain": {"days_valid": 5},
            "pool": {"pool": make.pool(5)},
            "generated": {"pool": make.pool(0, pattern="G-########"), "code_source": CodeSource.GENERATED},
            "limited": {"total_limit": 9, "member_limit": 2},
            "clip": {"needs_clip": True},
        }
        what = make.not_started() if kind == "later" else make.offer(**offers[kind])
        is_clipped = kind == "clip"
        single = make.give(what, source=Source.BULK, actor=make.STAFF, is_clipped=is_clipped, reason="Thanks")
        members = [make.member() for _number in range(3)]

    bulk = assigned(merchant, what, members, starts_clipped=is_clipped, reason="Thanks")

    assert (bulk.state, bulk.done) == ("done", 3)
    with merchant_scope(merchant):
        for who in members:
            row = OfferResponse.objects.get(customer=who)
            assert written(row) == written(single)
            assert OfferToken.objects.filter(row=row, token=who.email).exists()
            grant = Grant.objects.get(id=row.grant_id)
            assert (grant.code or "") == row.code_value
            assert (grant.usable_from > timezone.now()) == (kind == "later")
        codes = list(OfferResponse.objects.exclude(code_value="").values_list("code_value", flat=True))
        assert len(set(codes)) == len(codes)
    assert sound(merchant)


def test_preview_and_act_say_who_gets_nothing_and_why(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        what = make.offer(total_limit=4, member_limit=1, days_valid=5)
        full, first, second, third = (make.member() for _number in range(4))
        make.give(what, full)
        draft = drafted(what, [full, first, second, third])
        assert foreseen(draft) == (3, {LIMIT: 1})
        make.give(what)
        assert foreseen(draft) == (2, {LIMIT: 1, SOLD_OUT: 1})
        begun(draft)

    bulk = run(merchant, Assignment(id=draft.id, job_id=_job(merchant, draft)))

    assert bulk.done == 2
    # The longest known comes first.
    assert outcomes_of(merchant, bulk) == {full.id: LIMIT, first.id: DONE, second.id: DONE, third.id: SOLD_OUT}
    with merchant_scope(merchant):
        assert OfferStock.objects.get(offer=what).taken == 4
    assert sound(merchant)


def _job(merchant: Merchant, draft: Assignment) -> Any:
    with merchant_scope(merchant):
        return Assignment.objects.get(id=draft.id).job_id


def test_codes_run_out(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        what = make.offer(pool=make.pool(2), total_limit=9, member_limit=3)
        members = [make.member() for _number in range(4)]
        assert foreseen(drafted(what, members)) == (2, {SOLD_OUT: 2})

    bulk = assigned(merchant, what, members)

    assert Counter(outcomes_of(merchant, bulk).values()) == {DONE: 2, SOLD_OUT: 2}
    with merchant_scope(merchant):
        assert OfferStock.objects.get(offer=what).taken == 2
    assert sound(merchant)


def test_a_pattern_without_room_gives_what_it_has(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        narrow = make.pool(0, pattern="G-#", excluded="")
        what = make.offer(pool=narrow, code_source=CodeSource.GENERATED, total_limit=30)
        members = [make.member() for _number in range(12)]

    bulk = assigned(merchant, what, members)

    # Chance may draw one twice as often as it is tried: never more than there are.
    assert 5 <= bulk.done <= 10
    assert set(outcomes_of(merchant, bulk).values()) == {DONE, SOLD_OUT}
    with merchant_scope(merchant):
        assert OfferStock.objects.get(offer=what).taken == bulk.done
    assert sound(merchant)


@pytest.mark.parametrize(("again", "outcome"), [(False, outcomes.HAS_IT), (True, DONE)])
def test_who_has_it_already_gets_it_again_only_where_that_is_asked(
    merchant: Merchant, again: bool, outcome: str
) -> None:
    with merchant_scope(merchant):
        what, holder, user = make.offer(days_valid=9), make.member(), make.member()
        make.give(what, holder)
        using.complete(response_id=make.give(what, user).id, **make.by())
        ended = make.ended(make.give(what))
        draft = drafted(what, [holder, user, ended.customer], again=again)
        assert foreseen(draft)[0] == (3 if again else 2)

    bulk = assigned(merchant, what, [holder, user, ended.customer], again=again)

    assert outcomes_of(merchant, bulk) == {holder.id: outcome, user.id: DONE, ended.customer_id: DONE}
    assert sound(merchant)


def test_all_who_match_the_filters_of_the_list_of_customers(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        what = make.offer()
        make.member(first_name="Ada")
        gone = make.member(first_name="Adam")
        Customer.objects.filter(id=gone.id).update(erased_at=timezone.now())
        make.member(first_name="Ben")
        for who in Customer.objects.all():
            write_tokens(CustomerToken, who.id, search_words(who))
        draft = drafted(what, query="q=ad")
        assert (draft.total, foreseen(draft)) == (1, (1, {}))
        with pytest.raises(BadSelection):
            drafted(what, query="q=nobody")
        with pytest.raises(BadSelection):
            drafted(what, query="colour=red")


def test_a_list_of_cards_and_addresses_in_its_own_order(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        what = make.offer(total_limit=2)
        late, card = make.member(email="late@example.com"), make.member(card_number="4711")
        third = make.member(email="third@example.com")
        rows = (";LATE@example.com", "4711;", ";late@example.com", "0815;", "4711;third@example.com")
        text = "\n".join(("card_number;email", *rows, ";third@example.com", ""))
        draft = draft_for_list(offer=what, file=listed(text), wanted=Wanted(), **by())
        assert (draft.total, draft.unknown, draft.unknown_lines, draft.file_name) == (3, 2, [5, 6], "list.csv")
        assert foreseen(draft) == (2, {SOLD_OUT: 1})
        bulk = begun(draft)

    bulk = run(merchant, bulk)

    assert outcomes_of(merchant, bulk) == {late.id: DONE, card.id: DONE, third.id: SOLD_OUT}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "The file is empty"),
        ("name\nAda\n", "One of the columns"),
        ("email\n", "no rows"),
        ("email\na@example.com,b@example.com\n", "more cells"),
        ('email\n"open\n', "quotes"),
    ],
)
def test_refuse_what_is_no_list(scope: Merchant, text: str, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        draft_for_list(offer=make.offer(), file=listed(text), wanted=Wanted(), **by())


def test_refuse_a_list_of_strangers(scope: Merchant) -> None:
    with pytest.raises(BadSelection, match="names a member"):
        draft_for_list(offer=make.offer(), file=listed("email\nnobody@example.com\n"), wanted=Wanted(), **by())
    assert not Assignment.objects.exists()


def test_give_nothing_of_an_offer_that_is_not_out(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        with pytest.raises(OfferNotOpen):
            drafted(make.offer(published_at=None), [make.member()])
        what, who = make.offer(), make.member()
        bulk = begun(drafted(what, [who]))
        catalogue.unpublish_offer(offer_id=what.id, **by())

    bulk = run(merchant, bulk)

    assert outcomes_of(merchant, bulk) == {who.id: outcomes.NOT_OPEN}
    with merchant_scope(merchant):
        assert not OfferResponse.objects.exists()


def test_leave_out_who_is_forgotten_meanwhile(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        what, stays, goes = make.offer(), make.member(), make.member()
        bulk = begun(drafted(what, [stays, goes]))
        Customer.objects.filter(id=goes.id).update(erased_at=timezone.now())

    bulk = run(merchant, bulk)

    assert (bulk.done, bulk.outcomes) == (1, {DONE: 1, "g": 1})


def test_undo_cancels_what_was_not_used(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        what = make.offer(total_limit=9, member_limit=1, pool=make.pool(9), days_valid=5)
        names = ("waits", "clipped", "used", "held", "shipped", "ended", "canceled")
        people = {name: make.member() for name in names}
    bulk = assigned(merchant, what, people.values(), reason="Thanks")
    with merchant_scope(merchant):
        rows = {name: OfferResponse.objects.get(customer=who) for name, who in people.items()}
        using.clip(response_id=rows["clipped"].id, **by())
        using.complete(response_id=rows["used"].id, **by())
        using.reserve(response_id=rows["held"].id, **make.by())
        using.start_processing(response_id=rows["shipped"].id, **by())
        make.ended(rows["ended"])
        draft = choosing.draft_undo(kit=ASSIGNMENTS, bulk_id=bulk.id, **by())
        will_do, skips = foreseen(draft)

    undo = undone(merchant, bulk, ASSIGNMENTS)

    found = outcomes_of(merchant, undo)
    kept = {"used": IS_COMPLETED, "held": IS_RESERVED, "shipped": IS_PROCESSING, "ended": IS_EXPIRED}
    assert found == {who.id: kept.get(name, DONE) for name, who in people.items()}
    assert (will_do, skips) == (3, dict(Counter(kept.values())))
    with merchant_scope(merchant):
        assert {make.fresh(rows[name]).status for name in ("waits", "clipped", "canceled")} == {Status.CANCELED}
        assert OfferStock.objects.get(offer=what).taken == 4
        change = OfferChange.objects.filter(event=Event.CANCELED)[0]
        assert (change.reason, change.detail, change.actor) == ("Thanks", {"undoes": "assign"}, str(make.STAFF))
    assert sound(merchant)
