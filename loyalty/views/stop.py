"""No more reminders of points: by the link in the mail, or by the button that mail programs show beside it."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from customers.models import Customer
from loyalty.point_mail import customer_of
from loyalty.services import reminders
from tenancy.views import PublicView


# A mail program has no token of ours; the address is the secret, and all that can be done with it is to get less mail.
@method_decorator(csrf_exempt, name="dispatch")
class StopReminders(PublicView):
    """GET asks, because programs open links in mails too; POST does it, and again changes nothing."""

    http_method_names = ["get", "head", "post", "options"]
    customer_id: uuid.UUID

    def dispatch(self, request: Any, *args: Any, sign: str, **kwargs: Any) -> Any:
        """Find the customer whose address it is."""
        found = customer_of(sign)
        if found is None or not Customer.objects.filter(id=found).exists():
            raise Http404
        self.customer_id = found
        answer = super().dispatch(request, *args, **kwargs)
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the button, or that there is nothing left to press."""
        return self._page(is_done=reminders.is_stopped(customer_id=self.customer_id))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Remind this customer no more."""
        reminders.stop(customer_id=self.customer_id, now=timezone.now())
        return self._page(is_done=True)

    def _page(self, *, is_done: bool) -> HttpResponse:
        return render(self.request, "loyalty/points/stop.html", {"is_done": is_done, "here": self.request.path})
