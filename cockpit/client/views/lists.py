"""Claims and the history of points."""

from typing import Any

from django.http import HttpResponse

from cockpit.client import claims, history
from cockpit.client.balance import balance_of
from cockpit.client.views.base import ClientView


class ClaimsView(ClientView):
    """How far each claim is."""

    def get(self, request: Any) -> HttpResponse:
        """Show a page."""
        page = claims.claims_page(customer_id=self.customer.id, **self.page_asked_for())
        return self.show("claims", {"page": page, "rows": claims.told(page.rows)})


class HistoryView(ClientView):
    """Every movement of points."""

    def get(self, request: Any) -> HttpResponse:
        """Show a page."""
        page = history.history_page(
            customer_id=self.customer.id, slug=self.slug, at=self.now, before=request.GET.get("before", "")
        )
        return self.show("history", {"page": page, "balance": balance_of(customer_id=self.customer.id, at=self.now)})
