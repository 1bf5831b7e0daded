"""Views behind the merchant's door."""

import re
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import View

from tenancy.actors import Actor
from tenancy.idempotency import InProgress, KeyReused, answer_once, digest_of

OPERATION = re.compile(r"^[0-9a-f-]{32,36}$")
# A redirect after success, or a changed part of a page; a form shown again with its errors may be sent again.
KEPT = frozenset({204, 302, 303})


class StaffView(View):
    """A page of the merchant's staff. `role` is the least role that may use it; the middleware checks it."""

    role: ClassVar[int]
    request: Any

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """Answer, and keep personal data out of every cache."""
        operation = request.POST.get("op_id", "") if request.method == "POST" else ""
        if OPERATION.match(operation):
            response = self._once(operation, lambda: super(StaffView, self).dispatch(request, *args, **kwargs))
        else:
            response = super().dispatch(request, *args, **kwargs)
        patch_cache_control(response, no_store=True, private=True)
        return response

    def _once(self, operation: str, work: Any) -> HttpResponse:
        """Answer a form that was posted twice (a double click, the back button) as it was answered first."""
        posted = {name: values for name, values in self.request.POST.lists() if name != "csrfmiddlewaretoken"}
        try:
            return answer_once(
                principal=str(self.actor),
                key=operation,
                digest=digest_of(self.request.path, posted),
                work=work,
                keep=lambda response: response.status_code in KEPT,
                wait_ms=3000,
            )
        except (KeyReused, InProgress):
            self.warn(_("This form was sent already. Look at the page below before you send it again."))
            return HttpResponseRedirect(self.request.path if hasattr(self, "get") else "/")

    @property
    def actor(self) -> Actor:
        """Return the signed-in member of staff as the doer of what this request does."""
        return Actor.user(self.request.user)

    def back_to(self, fallback: str) -> HttpResponseRedirect:
        """Return to the page named by `next`, if it is one of ours, else to the fallback."""
        target = self.request.POST.get("next", "")
        ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
        return HttpResponseRedirect(target if target and ours else fallback)

    def say(self, text: Any) -> None:
        """Show a sentence on the next page."""
        messages.success(self.request, text)

    def warn(self, text: Any) -> None:
        """Show a sentence of refusal on the next page."""
        messages.error(self.request, text)


class PublicView(View):
    """A page that anybody may open: funnels, trackers, the cockpit's door."""

    request: Any
