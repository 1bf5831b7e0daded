"""The first page: points, the way to the next reward, and everything that can be had for points."""

from typing import Any

from django.http import HttpResponse

from cockpit.client import mine
from cockpit.client.balance import balance_of
from cockpit.client.cards import cards_of, next_of, rewards_page
from cockpit.client.forms import AddressForm
from cockpit.client.views.base import ClientView


class HomeView(ClientView):
    """Points and rewards for who is signed in, the way in for everybody else."""

    for_all = True

    def get(self, request: Any) -> HttpResponse:
        """Show the one or the other."""
        if self.session is None:
            return self.show("door", {"form": AddressForm()})
        who: dict[str, Any] = {"customer_id": self.session.customer_id}
        page = rewards_page(at=self.now, **self.page_asked_for())
        cards = cards_of(rewards=page.rows, slug=self.slug, at=self.now, **who)
        ready = mine.told(mine.ready_now(at=self.now, **who), slug=self.slug, at=self.now)
        context = {
            "balance": balance_of(at=self.now, **who),
            "cards": cards,
            "next": next_of(cards),
            "page": page,
            "ready": ready,
        }
        return self.show("home", context)
