"""The customer's own data as a file, and the wish to be forgotten."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from cockpit.client import guard, privacy
from cockpit.client.data import file_for
from cockpit.client.forms import ErasureForm
from cockpit.client.views.base import ClientView


class DataView(ClientView):
    """Everything that is kept about the customer."""

    form_on = "profile"
    http_method_names = ["post", "options"]

    def post(self, request: Any) -> HttpResponse:
        """Send the file."""
        if not guard.may(guard.FILES, self.customer.id):
            return self.too_many_of(guard.FILES)
        response = HttpResponse(file_for(customer=self.customer, now=self.now), content_type="application/json")
        day = timezone.localdate(self.now).isoformat()
        response["Content-Disposition"] = f'attachment; filename="{self.slug}-my-data-{day}.json"'
        return response


class ErasureView(ClientView):
    """Asking the shop to forget everything: GET says what that means, POST puts it before the staff."""

    def get(self, request: Any) -> HttpResponse:
        """Ask."""
        if privacy.open_request(customer_id=self.customer.id) is not None:
            return self.go("profile", "erasure")
        return self.show("erasure", {"form": ErasureForm()})

    def post(self, request: Any) -> HttpResponse:
        """Put it before the staff; pressed twice it is one wish."""
        form = ErasureForm(request.POST)
        if not form.is_valid():
            return self.show("erasure", {"form": form}, status=422)
        privacy.ask_erasure(customer=self.customer, note=form.cleaned_data["note"], now=self.now)
        return self.go("profile", "erasure")


class WithdrawView(ClientView):
    """Taking the wish back."""

    form_on = "profile"
    http_method_names = ["post", "options"]

    def post(self, request: Any) -> HttpResponse:
        """Take it back, where it still waits."""
        was_open = privacy.withdraw_erasure(customer=self.customer, now=self.now)
        return self.go("profile", "withdrawn" if was_open else "")
