"""No more reminders, by the button that mail programs show beside the mail: one press, at any time, without cookies."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from claims_center.public.keys import message_id_of
from claims_center.public.tracking import masked_email
from claims_center.public.views.tracker import secret
from claims_center.services.reminders import KIND, refuse_address, refused
from messaging.models import Message
from tenancy.views import PublicView


# A mail program has no token of ours; the address is the secret, and all that can be done with it is to get less mail.
@method_decorator(csrf_exempt, name="dispatch")
class NeverView(PublicView):
    """GET asks, because programs open links in mails too; POST does it, and again changes nothing."""

    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: Any, *args: Any, token: str, **kwargs: Any) -> HttpResponse:
        """Find the reminder that the address was made for."""
        found = message_id_of(token)
        letter = Message.objects.filter(pk=found, kind=KIND).first() if found else None
        if letter is None:
            raise Http404
        self.letter: Message = letter
        return secret(super().dispatch(request, *args, **kwargs))  # type: ignore[arg-type]

    def get(self, request: Any) -> HttpResponse:
        """Show the button, or that there is nothing left to press."""
        return self.page(is_done=bool(refused(addresses=[self.letter.to_address])))

    def post(self, request: Any) -> HttpResponse:
        """Remind this address no more."""
        refuse_address(email=self.letter.to_address, now=timezone.now())
        return self.page(is_done=True)

    def page(self, *, is_done: bool) -> HttpResponse:
        """Draw the page; the address is shown as its owner knows it."""
        shown = {"address": masked_email(self.letter.to_address), "is_done": is_done, "here": self.request.path}
        return render(self.request, "funnel/never.html", shown)
