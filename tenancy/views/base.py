"""Views behind the merchant's door."""

import hashlib
import re
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.generic import View

from tenancy.actors import Actor
from tenancy.idempotency import InProgress, KeyReused, answer_once, digest_of
from tenancy.links import local_path
from tenancy.reauthentication import ask_again, is_fresh

OPERATION = re.compile(r"^[0-9a-f-]{32,36}$")
# A redirect after success, or a changed part of a page; a form shown again with its errors may be sent again.
KEPT = frozenset({204, 302, 303})


class StaffView(View):
    """A page of the merchant's staff. `role` is the least role that may use it; the middleware checks it.

    `write_role` is the least role for everything but reading, where that differs. With `reauthenticate` the page asks
    who is there once more, unless the person signed in or confirmed it in the last few minutes.
    """

    role: ClassVar[int]
    write_role: ClassVar[int | None] = None
    reauthenticate: ClassVar[bool] = False
    request: Any

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, and keep personal data out of every cache."""
        if self.reauthenticate and not is_fresh(request):
            self.prepare()
            return ask_again(request)
        operation = request.POST.get("op_id", "") if request.method == "POST" else ""
        if OPERATION.match(operation):
            response = self._once(operation, lambda: self._work(request, *args, **kwargs))
        else:
            response = self._work(request, *args, **kwargs)
        patch_cache_control(response, no_store=True, private=True)
        return response

    def prepare(self) -> None:
        """Find what the address names before anything else is done; raise Http404 where there is no such thing."""

    def _work(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        # Inside the operation: a second post of "remove" must not look for what the first one removed.
        self.prepare()
        return cast("HttpResponse", super().dispatch(request, *args, **kwargs))

    def _once(self, operation: str, work: Any) -> HttpResponse:
        """Answer a form that was posted twice (a double click, the back button) as it was answered first."""
        try:
            return answer_once(
                principal=str(self.actor),
                key=operation,
                digest=digest_of(self.request.get_full_path(), posted(self.request)),
                work=work,
                keep=lambda response: response.status_code in KEPT,
                wait_ms=3000,
            )
        except (KeyReused, InProgress):
            self.warn(_("This form was sent already. Look at the page below before you send it again."))
            return HttpResponseRedirect(self.here())

    @property
    def actor(self) -> Actor:
        """Return the signed-in member of staff as the doer of what this request does."""
        return Actor.user(self.request.user)

    def here(self) -> str:
        """Return the page that the person is looking at: this one, or the one that a button was pressed on."""
        if hasattr(self, "get"):
            return str(self.request.get_full_path())
        return local_path(self.request, self.request.POST.get("next", ""), self.request.headers.get("Referer", ""))

    def back_to(self, fallback: str) -> HttpResponseRedirect:
        """Return to the page named by `next`, if it is one of ours, else to the fallback."""
        return HttpResponseRedirect(local_path(self.request, self.request.POST.get("next", ""), fallback=fallback))

    def say(self, text: Any) -> None:
        """Show a sentence on the next page."""
        messages.success(self.request, text)

    def warn(self, text: Any) -> None:
        """Show a sentence of refusal on the next page."""
        messages.error(self.request, text)


class PublicView(View):
    """A page that anybody may open: funnels, trackers, the cockpit's door."""

    request: Any


def posted(request: Any) -> dict[str, Any]:
    """Return what a form sent, files by their contents, without what differs from page to page.

    Raises BadRequest for names with NUL bytes, which no form of ours has; values are the forms' business.
    """
    if any("\x00" in name for name in request.POST):
        raise BadRequest("NUL byte in a field's name")
    values = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    files = {name: [_fingerprint(file) for file in request.FILES.getlist(name)] for name in request.FILES}
    return {"values": values, "files": files}


def _fingerprint(file: Any) -> list[Any]:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return [file.name, file.size, digest.hexdigest()]
