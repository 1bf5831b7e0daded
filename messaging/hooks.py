"""Where providers report on our e-mails: `/hooks/<merchant's public id>/mail/<provider>/`."""

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from messaging.esp import READERS, Forged, Unreadable, read_report
from messaging.tracking import take_in

log = logging.getLogger(__name__)


@method_decorator(csrf_exempt, name="dispatch")
class TrackingHook(View):
    """Take a report in, once, and answer; a job applies it. No session, no page."""

    http_method_names = ["post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 404 for a provider that we do not know, whatever the method."""
        if kwargs["esp"] not in READERS:
            raise Http404
        answer: Any = super().dispatch(request, *args, **kwargs)
        return answer

    def head(self, request: HttpRequest, esp: str) -> HttpResponse:
        """Answer providers that look whether somebody is there."""
        return HttpResponse()

    def post(self, request: HttpRequest, esp: str) -> HttpResponse:
        """Verify, read, store, answer 200; a repeated report changes nothing."""
        try:
            events = read_report(esp, request)
        except Forged as error:
            log.warning("A report on e-mails was refused", extra={"esp": esp, "why": str(error)})
            return _refusal(esp, request)
        except Unreadable as error:
            log.warning("A report on e-mails could not be read", extra={"esp": esp, "why": str(error)})
            return HttpResponse("Unreadable report.", status=400, content_type="text/plain")
        take_in(events, provider=esp, now=timezone.now())
        return HttpResponse()


def _refusal(esp: str, request: HttpRequest) -> HttpResponse:
    refusal = HttpResponse("Not authorised.", status=403, content_type="text/plain")
    if esp == "amazon-ses" and "Authorization" not in request.headers:
        # Amazon SNS sends the password of its address only after it was asked for.
        refusal.status_code = 401
        refusal["WWW-Authenticate"] = 'Basic realm="reports"'
    return refusal
