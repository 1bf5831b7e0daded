"""The Content-Security-Policy header, redirects in dialogs, fragments."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from ui.csp import ContentSecurityPolicyMiddleware, build_policy, csp_override
from ui.htmx import DialogMiddleware, dialog_base, is_fragment, toast


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (
            {"default-src": ["'none'"], "script-src": ["'self'", "https:"]},
            "default-src 'none'; script-src 'self' https:",
        ),
        ({"img-src": "'self'", "upgrade-insecure-requests": True}, "img-src 'self'; upgrade-insecure-requests"),
        ({"img-src": [], "font-src": None, "block-all": False}, ""),
    ],
)
def test_builds_the_header(policy: Any, expected: str) -> None:
    assert build_policy(policy) == expected


def test_sets_the_policy_of_the_settings(settings: Any, rf: RequestFactory) -> None:
    settings.SECURE_CSP = {"default-src": ["'none'"]}
    response = ContentSecurityPolicyMiddleware(answer)(rf.get("/"))
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"


def test_lets_one_view_bring_its_own(settings: Any, rf: RequestFactory) -> None:
    settings.SECURE_CSP = {"default-src": ["'none'"]}
    own = csp_override({"default-src": ["'self'"]})(answer)
    none = csp_override({})(answer)
    assert ContentSecurityPolicyMiddleware(own)(rf.get("/")).headers["Content-Security-Policy"] == "default-src 'self'"
    assert "Content-Security-Policy" not in ContentSecurityPolicyMiddleware(none)(rf.get("/")).headers


def test_allows_no_inline_code_in_the_products_own_policy(settings: Any) -> None:
    policy = build_policy(settings.SECURE_CSP)
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"HX-Request": "true"}, False),
        ({"HX-Target": "grid-region"}, False),
        ({"HX-Request": "true", "HX-Target": "grid-region"}, True),
        ({"HX-Request": "true", "HX-Target": "other"}, False),
        ({"HX-Request": "true", "HX-Target": "grid-region", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_tells_a_fragment_by_its_target(rf: RequestFactory, headers: dict[str, str], expected: bool) -> None:
    assert is_fragment(rf.get("/", headers=headers), "grid-region") is expected


def test_turns_a_redirect_in_a_dialog_into_one_of_the_browser(rf: RequestFactory) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponseRedirect("/there/?a=1")
        response.set_cookie("messages", "x")
        return response

    inside = rf.post("/", headers={"HX-Request": "true", "HX-Target": "dialog-body"})
    response = DialogMiddleware(view)(inside)
    assert (response.status_code, response.headers["HX-Redirect"]) == (200, "/there/?a=1")
    assert response.cookies["messages"].value == "x"
    assert DialogMiddleware(view)(rf.post("/")).status_code == 302


def test_leaves_the_pages_address_alone_where_a_dialog_opens(rf: RequestFactory) -> None:
    answer = DialogMiddleware(lambda _request: HttpResponse("?"))
    inside = answer(rf.get("/", headers={"HX-Request": "true", "HX-Target": "dialog-body"}))
    assert inside.headers["HX-Push-Url"] == "false"
    other = answer(rf.get("/", headers={"HX-Request": "true", "HX-Target": "grid-region"}))
    assert "HX-Push-Url" not in other.headers


def test_chooses_the_dialog_or_a_page(rf: RequestFactory) -> None:
    inside = rf.get("/", headers={"HX-Request": "true", "HX-Target": "dialog-body"})
    assert dialog_base(inside) == "ui/dialog/fragment.html"
    assert dialog_base(rf.get("/")) == "ui/dialog/page.html"


def test_sends_a_toast_as_json() -> None:
    assert (
        toast(HttpResponse(), 'a "b"', "bad").headers["HX-Trigger"] == '{"toast": {"text": "a \\"b\\"", "tone": "bad"}}'
    )
