"""A member's name on responses: carried along when it changes, gone when the member is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cockpit.services import change_contact
from customers.models import Customer
from offers.checks import check_responses
from offers.models import OfferChange, OfferToken
from offers.services.closing import cancel
from offers.services.copies import carry_members, forget
from offers.states import Event, Status
from tenancy.models import Merchant
from tests.offers import factories as make

pytestmark = pytest.mark.django_db


def test_changed_name_reaches_the_responses_and_their_words(scope: Merchant) -> None:
    who = make.member()
    row, foreign = make.give(who=who), make.give()

    change_contact(customer=who, values={"first_name": "Ada"}, actor=make.STAFF, now=timezone.now())

    assert (make.fresh(row).member_name, make.fresh(foreign).member_name) == ("Ada Lind", "Mara Lind")
    assert OfferToken.objects.filter(row=row, token="ada").exists()
    assert not OfferToken.objects.filter(row=row, token="mara").exists()
    assert OfferToken.objects.filter(row=row, token="ten").exists()


def test_a_changed_phone_reaches_the_words_alone(scope: Merchant) -> None:
    who = make.member(phone="555 1234")
    row = make.give(who=who)

    change_contact(customer=who, values={"phone": "555 9876"}, actor=make.STAFF, now=timezone.now())

    words = set(OfferToken.objects.filter(row=row).values_list("token", flat=True))
    assert ("5559876" in words, "5551234" in words) == (True, False)
    assert make.fresh(row).version == row.version


def test_names_of_many_members_are_carried_by_a_handful_of_statements(scope: Merchant) -> None:
    people = [make.member(first_name=f"Old{number}") for number in range(6)]
    rows = [make.give(who=one) for one in people for _ in range(2)]
    for number, one in enumerate(people[:5]):
        one.first_name = f"New{number}"
        one.save()

    with CaptureQueriesContext(connection) as asked:
        assert carry_members(customers=people) == 10

    assert len(asked) <= 6
    assert [make.fresh(row).member_name for row in rows[::2]] == [*(f"New{n} Lind" for n in range(5)), "Old5 Lind"]
    assert OfferToken.objects.filter(token="new3").count() == 2
    assert not OfferToken.objects.filter(token="old3").exists()
    assert carry_members(customers=people) == 0


def test_forgotten_member_leaves_the_numbers(scope: Merchant) -> None:
    row = make.standing(Status.PROCESSING)
    cancel(response_id=row.id, reason="Mara moved away", **make.by(make.STAFF))

    assert forget(customer_id=row.customer_id) == 1

    left = make.fresh(row)
    assert (left.member_name, left.member_email, left.ship_to, left.status) == ("", "", None, Status.CANCELED)
    assert OfferChange.objects.get(event=Event.CANCELED).reason == ""
    assert not OfferToken.objects.filter(row=row).exists()
    assert check_responses(scope.id) == []
    assert Customer.objects.filter(id=row.customer_id).exists()
