"""A member's name on responses: carried along when it changes, gone when the member is."""

import pytest
from django.utils import timezone

from cockpit.services import change_contact
from customers.models import Customer
from offers.checks import check_responses
from offers.models import OfferChange, OfferToken
from offers.services.closing import cancel
from offers.services.copies import forget
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
