"""What the customer has redeemed or was given."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse

from cockpit.client import codeimage, looks, mine
from cockpit.client.views.base import ClientView


class MineView(ClientView):
    """All of it, the latest first."""

    def get(self, request: Any) -> HttpResponse:
        """Show a page."""
        page = mine.mine_page(customer_id=self.customer.id, **self.page_asked_for())
        return self.show("mine", {"page": page, "rows": mine.told(page.rows, slug=self.slug, at=self.now)})


class OneView(ClientView):
    """One of them, with its code to show, to copy and to be read by a till."""

    def get(self, request: Any, redeemed_id: uuid.UUID) -> HttpResponse:
        """Show it; anybody else's is no page."""
        found = mine.one_of(redeemed_id=redeemed_id, customer_id=self.customer.id, slug=self.slug, at=self.now)
        if found is None:
            raise Http404
        row = found.row
        context: dict[str, Any] = {"one": found, "row": row, "worth": looks.worth_of(row)}
        context["picture"] = looks.picture_of(row.reward, self.slug)
        if found.code and found.is_ready:
            context |= {"qr": codeimage.qr(found.code), "bars": codeimage.bars(found.code)}
        return self.show("one", context)
