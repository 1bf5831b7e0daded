"""Pages that are also fragments: which part was asked for, toasts, dialogs, redirects inside a dialog."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

REGION = "grid-region"
DIALOG = "dialog-body"


def is_fragment(request: HttpRequest, target: str) -> bool:
    """Tell whether htmx wants just the element `target`.

    The target decides and not the mere presence of htmx: a boosted link or a restored history entry wants the
    whole page, which nested inside an element would draw a page in a page.
    """
    headers = request.headers
    if headers.get("HX-Request") != "true" or headers.get("HX-History-Restore-Request") == "true":
        return False
    return headers.get("HX-Target") == target


def vary_on_htmx(response: HttpResponse) -> HttpResponse:
    """Keep caches from giving a fragment for a page, and personal data out of them altogether."""
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    response.headers["Cache-Control"] = "no-store"
    return response


def dialog_base(request: HttpRequest) -> str:
    """Return the template that a dialog's template extends: the bare dialog, or a page of its own without htmx.

    Put it into the context as `dialog_base` and begin the template with `{% extends dialog_base %}`.
    """
    return "ui/dialog/fragment.html" if is_fragment(request, DIALOG) else "ui/dialog/page.html"


def toast(response: HttpResponse, text: str, tone: str = "ok") -> HttpResponse:
    """Make the page that receives this fragment show a short notice; tone is ok, bad, warn or info."""
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": text, "tone": tone}})
    return response


class DialogMiddleware:
    """Keeps a dialog in its page: the address stays the page's, and a redirect that answers its form leads out of it.

    htmx would follow the redirect itself and draw the next page inside the dialog; with `HX-Redirect` the browser
    goes there, and a view need not know whether its form stood in a dialog or on a page. And htmx 2.0.10 makes the
    dialog's address that of the page, `hx-push-url="false"` or not (its issue 3966): whoever closed the dialog and
    loaded the page again got the dialog instead of the page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        response = self.get_response(request)
        if not is_fragment(request, DIALOG):
            return response
        if "Location" not in response.headers:
            response.headers["HX-Push-Url"] = "false"
            return response
        answer = HttpResponse(status=200, headers={"HX-Redirect": response.headers["Location"]})
        answer.cookies = response.cookies
        return vary_on_htmx(answer)
