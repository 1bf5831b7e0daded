"""The gallery's other pages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tests.ui.gallery.frame import frame
from ui import cells
from ui.charts import Bar, Series, bar_chart, funnel_chart, line_chart, spark_line
from ui.forms import DateInput, StyledForm, invalid
from ui.htmx import dialog_base
from ui.timeline import Fact, Step, TimelineItem

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)


class GiftForm(StyledForm):
    """Every kind of field once."""

    email = forms.EmailField(label="E-mail", help_text="The gift is sent here.")
    carrier = forms.CharField(label="Carrier", required=False, max_length=40)
    tracking = forms.CharField(label="Tracking number", required=False, max_length=40)
    kind = forms.ChoiceField(label="Kind", choices=[("digital", "Digital"), ("physical", "Physical")])
    until = forms.DateField(label="Valid until", widget=DateInput(), required=False)
    notify = forms.ChoiceField(
        label="Notify", choices=[("mail", "By e-mail"), ("none", "Not at all")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    codes = forms.FileField(label="File with codes", required=False, help_text="CSV or text, one code a line.")
    sure = forms.BooleanField(label="I have read the address back to the customer")

    groups = (("Delivery", ("carrier", "tracking", "until")),)
    half = ("carrier", "tracking")


def detail(request: HttpRequest) -> HttpResponse:
    """A claim."""
    context = {
        "title": "Inès Fournier",
        "crumbs": [("Claims Center", reverse("list")), ("Inès Fournier", "")],
        "facts": [
            Fact("Product", cells.two_lines("Pour-over coffee set", "POUR-2")),
            Fact("Marketplace", cells.link("/", "Amazon.de, B0C1234567")),
            Fact("Order number", "302-8841220-7719284", copy="302-8841220-7719284"),
            Fact("Matched order", cells.badge("Match", "ok", "link")),
            Fact("Rating", cells.rating(5)),
            Fact("Feedback", "Makes my mornings. The glass is thinner than I expected, but it has lasted so far."),
            Fact("Did Redirect", cells.yes_no(value=True)),
            Fact("Carrier", ""),
        ],
        "steps": [
            Step("Verify", "done", "by Ada Novak, 21 Nov, 15:20"),
            Step("Send Gift by Email", "now", "€10 voucher from the pool “Autumn codes”", reverse("confirm"), "Send"),
            Step("Mark as Processed", "later"),
        ],
        "timeline": [
            TimelineItem("inbox", "ok", "Claim received", "through the funnel Autumn warm-up", NOW, "the customer"),
            TimelineItem("link", "info", "Order matched", "302-8841220-7719284", NOW + timedelta(minutes=1), "system"),
            TimelineItem("triangle-alert", "warn", "Address corrected", "", NOW + timedelta(hours=1), "Ada Novak"),
            TimelineItem("mail-x", "bad", "Gift bounced", "mailbox is full", NOW + timedelta(hours=2), "system"),
        ],
        "customer_facts": [
            Fact("E-mail", "ines.fournier@example.com", copy="ines.fournier@example.com"),
            Fact("Claims", "3"),
            Fact("Town", "Lyon, FR"),
        ],
    }
    return render(request, "gallery/detail.html", context | frame("claims"))


def form(request: HttpRequest) -> HttpResponse:
    """A page that is one form."""
    bound = GiftForm(request.POST or None, request.FILES or None)
    context = {"title": "Edit gift", "form": bound, "cancel_url": "/", "crumbs": [("Claims Center", "/"), ("Edit", "")]}
    context |= frame()
    if request.method == "POST":
        if not bound.is_valid():
            return invalid(request, "ui/form_page.html", context)
        messages.success(request, "Saved. The gift goes to the new address.")
        return redirect("form")
    return render(request, "ui/form_page.html", context)


def confirm(request: HttpRequest) -> HttpResponse:
    """A question, in the dialog or as a page."""
    if request.method == "POST" and "go" in request.POST:
        messages.success(request, "Gift sent.")
        return redirect("list")
    context: dict[str, Any] = {
        "title": "Send the gift?",
        "text": "The next code of “Autumn codes” is taken and e-mailed to ines.fournier@example.com.",
        "submit_label": "Send Gift by Email",
        "icon_name": "mail",
        "hidden": [("go", "1")],
        "cancel_url": "/",
        "dialog_base": dialog_base(request),
    }
    return render(request, "ui/confirm.html", context | frame())


def address(request: HttpRequest) -> HttpResponse:
    """A dialog with facts."""
    facts = [
        Fact("Recipient", "Filip Gajownik"),
        Fact("Street", "al. Kopernika 252"),
        Fact("Town", "AB7 2LE Willisberg"),
    ]
    context = {"title": "Delivery address", "facts": facts, "dialog_base": dialog_base(request)}
    return render(request, "gallery/address.html", context | frame())


def dashboard(request: HttpRequest) -> HttpResponse:
    """Figures and charts."""
    days = [date(2026, 10, 23) + timedelta(days=n) for n in range(30)]
    claims = [38 + n * 3 + (n * 7) % 11 for n in range(30)]
    gifts = [int(value * 0.55) + n % 5 for n, value in enumerate(claims)]
    context = {
        "title": "Claims",
        "line": line_chart(days, [Series("Claims", claims), Series("Gifts sent", gifts)], title="Claims per day"),
        "bars": bar_chart(
            [Bar("Autumn warm-up", 412, "/"), Bar("Welcome back", 318), Bar("Birthday club", 261), Bar("Basket", 0)],
            title="Claims by campaign",
        ),
        "funnel": funnel_chart(
            [Bar("Visits", 4120), Bar("Started", 2210), Bar("Claimed", 1222), Bar("Gift sent", 671)], title="Funnel"
        ),
        "spark": spark_line(claims, title="Claims, 30 days"),
    }
    return render(request, "gallery/dashboard.html", context | frame("claims"))


def parts(request: HttpRequest) -> HttpResponse:
    """Small parts."""
    messages.success(request, "3 claims were marked as processed.")
    messages.error(request, "One gift could not be sent: the code pool is empty.")
    context = {"title": "Parts", "empty": {"icon": "inbox", "title": "No imports yet", "text": "Upload a file."}}
    return render(request, "gallery/parts.html", context | frame())


def funnel(request: HttpRequest) -> HttpResponse:
    """A step of the public funnel."""

    class PublicForm(StyledForm):
        email = forms.EmailField(label="Your e-mail", help_text="We send the gift here.")
        order = forms.CharField(label="Order number", help_text="It is in your order confirmation.")

    bound = PublicForm(request.POST or None)
    return render(request, "gallery/funnel.html", {"title": "A gift for you", "form": bound, **frame(), "user": None})


def failing(request: HttpRequest, name: str) -> HttpResponse:
    """An error page."""
    return render(request, f"{name}.html")
