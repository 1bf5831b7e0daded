"""What the shop knows of the customer, to be changed by the customer, and where the customer is signed in."""

import uuid
from typing import Any

from django.http import HttpResponse

from cockpit.client import guard, privacy, sessions
from cockpit.client.forms import ProfileForm
from cockpit.client.reminders import choose_reminders, wants_reminders
from cockpit.client.views.base import ClientView
from cockpit.services import change_contact
from customers.models import Customer
from tenancy.actors import Actor


class ProfileView(ClientView):
    """Name, phone, birthday and address."""

    def get(self, request: Any) -> HttpResponse:
        """Show them."""
        return self.page(ProfileForm(instance=self.customer))

    def post(self, request: Any) -> HttpResponse:
        """Keep what was typed, or say what is wrong with it."""
        if not guard.may(guard.ACTS, self.customer.id):
            return self.too_many_of(guard.ACTS)
        held = Customer.objects.select_for_update(no_key=True).get(id=self.customer.id)
        form = ProfileForm(request.POST, instance=Customer.objects.get(id=held.id))
        if not form.is_valid():
            return self.page(form, status=422)
        change_contact(customer=held, values=form.cleaned_data, actor=Actor.customer(held.id), now=self.now)
        return self.go("profile", "saved")

    def page(self, form: ProfileForm, status: int = 200) -> HttpResponse:
        """Draw the profile."""
        context = {
            "form": form,
            "sessions": sessions.open_sessions(customer_id=self.customer.id, now=self.now),
            "reminders": wants_reminders(customer_id=self.customer.id),
            "wish": privacy.last_request(customer_id=self.customer.id),
        }
        return self.show("profile", context, status=status)


class SessionsView(ClientView):
    """Signing out elsewhere: one browser, or all but this one."""

    form_on = "profile"
    http_method_names = ["post", "options"]

    def post(self, request: Any) -> HttpResponse:
        """End what was named; what is over already stays so."""
        named = request.POST.get("session", "")
        if named == "others":
            sessions.end_all(customer_id=self.customer.id, but=self.session.id if self.session else None)
            return self.go("profile", "ended-all")
        try:
            sessions.end(session_id=uuid.UUID(named), customer_id=self.customer.id)
        except ValueError:
            return self.go("profile")
        return self.go("profile", "ended")


class RemindersView(ClientView):
    """Whether to hear of points that end soon."""

    form_on = "profile"
    http_method_names = ["post", "options"]

    def post(self, request: Any) -> HttpResponse:
        """Keep the choice."""
        wanted = request.POST.get("wanted") == "1"
        choose_reminders(customer_id=self.customer.id, wanted=wanted, now=self.now)
        return self.go("profile", "reminders-on" if wanted else "reminders-off")
