"""What is offered to the customer: to be taken, clipped and used."""

import uuid
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse

from cockpit.client import guard, offers, wallet
from cockpit.client.views.base import ClientView
from offers.errors import Refused
from offers.models import Offer, OfferResponse

CONFLICT = 409


class OffersView(ClientView):
    """What the customer holds, what can be had, and what is over."""

    form_on = "offers"

    def get(self, request: Any) -> HttpResponse:
        """Show it."""
        return self.page()

    def page(self, *, refusal: str = "", status: int = 200) -> HttpResponse:
        """Draw the offers."""
        found = offers.page_for(customer_id=self.customer.id, slug=self.slug, at=self.now)
        return self.show("offers", {"found": found, "refusal": refusal}, status=status)


class CouponView(ClientView):
    """One of them, with its code to show, to copy and to be read by a till; or why it cannot be used now."""

    def get(self, request: Any, response_id: uuid.UUID) -> HttpResponse:
        """Show it; anybody else's is no page."""
        facts: dict[str, Any] = {"customer_id": self.customer.id, "slug": self.slug, "at": self.now}
        found = wallet.coupon_of(response_id=response_id, **facts)
        if found is None:
            raise Http404
        return self.show("coupon", {"one": found, "row": found.row})


class TakeView(OffersView):
    """Takes an offer, once however often it is pressed."""

    http_method_names = ["post", "options"]

    def post(self, request: Any, offer_id: uuid.UUID) -> HttpResponse:
        """Take it, or say why not."""
        if not guard.may(guard.ACTS, self.customer.id):
            return self.too_many_of(guard.ACTS)
        key = request.POST.get("op_key", "")
        try:
            with transaction.atomic():
                offers.take_offer(offer_id=offer_id, customer=self.customer, key=key, now=self.now)
        except Refused as refusal:
            return self.page(refusal=refusal.sentence, status=CONFLICT)
        except Offer.DoesNotExist as error:
            raise Http404 from error
        return self.go("offers", "taken")


class ClipView(OffersView):
    """Opts in to an offer that the customer was given."""

    http_method_names = ["post", "options"]

    def post(self, request: Any, response_id: uuid.UUID) -> HttpResponse:
        """Clip it, or say why not; anybody else's is no page."""
        if not guard.may(guard.ACTS, self.customer.id):
            return self.too_many_of(guard.ACTS)
        try:
            with transaction.atomic():
                offers.clip_offer(response_id=response_id, customer=self.customer, now=self.now)
        except Refused as refusal:
            return self.page(refusal=refusal.sentence, status=CONFLICT)
        except OfferResponse.DoesNotExist as error:
            raise Http404 from error
        return self.go("offers", "clipped")
