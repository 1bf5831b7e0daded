"""What mails say: the list of kinds, and the page where a merchant writes its own words."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from messaging import previews
from messaging.errors import AddressInvalid, AddressSuppressed
from messaging.forms import TextForm
from messaging.kinds import MailKind, UnknownKind, all_kinds, kind_of
from messaging.text_rows import own_texts, row_of
from messaging.texts import Text, ours, text_for, text_of
from messaging.trial import send_trial
from messaging.wording import ChangedMeanwhile, NotSwitchable, change_text, reset_text, switch
from tenancy.roles import Role
from tenancy.throttle import Limit, allowed
from tenancy.views import StaffView
from ui.htmx import dialog_base, is_fragment, toast, vary_on_htmx

TRIALS = Limit("mail-trial", 10, 3600)


class TextList(StaffView):
    """Every kind of mail: when it is sent, whether it is, and whose words it has."""

    role = Role.VIEWER

    def get(self, request: Any) -> HttpResponse:
        """Show them."""
        own = own_texts()
        with override(request.merchant.language):
            rows = [(kind, mail, text_of(mail, own.get(kind))) for kind, mail in all_kinds().items()]
        context = {"title": _("E-mail texts"), "rows": rows, "may_change": request.role >= Role.ADMIN}
        return render(request, "messaging/texts.html", context)


class TextView(StaffView):
    """Something about one kind of mail; a kind that we do not have is no page."""

    role = Role.ADMIN

    def prepare(self) -> None:
        """Find the kind."""
        self.kind: str = self.kwargs["kind"]
        try:
            self.mail: MailKind = kind_of(self.kind)
        except UnknownKind as error:
            raise Http404 from error

    @cached_property
    def text(self) -> Text:
        """The words as they are kept, in the merchant's language."""
        with override(self.request.merchant.language):
            return text_for(self.kind)

    def at(self, name: str) -> str:
        """Return the address of a page about this kind."""
        return reverse(f"messaging:{name}", args=[self.request.merchant.slug, self.kind])

    def form(self, data: Any = None) -> TextForm:
        """Return the form with the words as they are, or as they were typed."""
        row, text = row_of(self.kind), self.draft() or self.text
        seen = self.request.GET.get("version", "")
        version = int(seen[:6]) if seen.isdecimal() else row.version if row else 0
        initial = {"subject": text.subject, "heading": text.heading, "body": text.body, "button": text.button}
        return TextForm(data, kind=self.kind, initial=initial | {"version": version})

    def draft(self) -> Text | None:
        """Return the words that somebody was about to write when a test was sent."""
        draft = self.request.GET.get("draft", "")
        return previews.opened(draft, self.kind, merchant=self.request.merchant) if draft else None

    def page(self, form: TextForm, *, status: int = 200) -> HttpResponse:
        """Draw the page with its preview; it may show frames of our own."""
        listed = reverse("messaging:texts", args=[self.request.merchant.slug])
        may_change = self.request.role >= Role.ADMIN
        context = {
            "title": self.mail.label,
            "crumbs": [(_("E-mail texts"), listed), (self.mail.label, "")],
            "kind": self.kind,
            "mail": self.mail,
            "text": self.text,
            "form": form,
            "may_change": may_change,
            **self.preview(previews.typed(form, self.draft() or self.text)),
        }
        response = render(self.request, "messaging/text.html", context, status=status)
        response._csp_config = settings.SECURE_CSP | {"frame-src": ["'self'"]}  # type: ignore[attr-defined]  # noqa: SLF001
        return response

    def preview(self, text: Text) -> dict[str, Any]:
        """Return what the preview is drawn with."""
        asked = self.request.POST.get("view", "") or self.request.GET.get("view", "")
        return previews.context(self.kind, text, merchant=self.request.merchant, view=asked, address=self.at("preview"))


class TextPage(TextView):
    """One mail's words: everybody may look, admins write."""

    role = Role.VIEWER
    write_role = Role.ADMIN

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Show the words and what they look like."""
        return self.page(self.form())

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Keep the words; "Preview" keeps nothing."""
        form = self.form(request.POST)
        if "preview" in request.POST:
            form.full_clean()
            return self.page(form)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            values = {"words": form.words(), "version": form.cleaned_data["version"]}
            change_text(kind=kind, actor=self.actor, now=timezone.now(), **values)
        except ChangedMeanwhile:
            form.add_error(None, _("Somebody else has changed this text meanwhile. Open it again before you write."))
            return self.page(form, status=422)
        self.say(_("Saved."))
        return HttpResponseRedirect(self.at("text"))


class TextPreview(TextView):
    """What a mail looks like: the part of the page that changes while somebody types, and the mail itself."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Show the mail by itself, as a mail program would, with nothing in it that could run or be loaded."""
        text = self.draft() if "draft" in request.GET else self.text
        if text is None:
            raise Http404
        return previews.document(kind, text, merchant=self.request.merchant, dark="dark" in request.GET)

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Draw the preview of what is being typed; keeps nothing."""
        form = self.form(request.POST)
        form.full_clean()
        context = {"form": form} | self.preview(previews.typed(form, self.text))
        return vary_on_htmx(render(request, "messaging/parts/preview.html", context))


class TextTrial(TextView):
    """Send a test of what is being typed to whoever types it."""

    def post(self, request: Any, kind: str) -> HttpResponse:
        """Queue it, once for each press, and say so where the person is."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self._answer(form, _("Put right what is marked first; then send a test."), tone="bad")
        if not allowed(TRIALS, str(request.user.pk)):
            return self._answer(form, _("That were many tests. Wait a little before the next one."), tone="bad")
        person = {"to_address": request.user.email, "to_name": str(request.user)}
        op = request.POST.get("op_id", "")[:36]
        try:
            send_trial(kind=kind, text=form.text(), op=op, actor=self.actor, now=timezone.now(), **person)
        except (AddressSuppressed, AddressInvalid):
            return self._answer(form, _("Mail to your own address came back before."), tone="bad")
        sent = _("A test is on its way to %(address)s.") % {"address": request.user.email}
        return self._answer(form, sent)

    def _answer(self, form: TextForm, words: Any, *, tone: str = "ok") -> HttpResponse:
        if self.request.headers.get("HX-Request") == "true" and not is_fragment(self.request, "main"):
            # Not 204: a kept answer would make this form unfit to be saved after a test.
            return toast(HttpResponse(), str(words), tone)
        if tone != "ok" and form.errors:
            self.warn(words)
            return self.page(form, status=422)
        self.say(words) if tone == "ok" else self.warn(words)
        kept = previews.draft_of(self.kind, form.text(), merchant=self.request.merchant)
        query = {"draft": kept, "version": form.cleaned_data["version"]}
        return HttpResponseRedirect(f"{self.at('text')}?{urlencode(query)}")


class TextReset(TextView):
    """Go back to our own words."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Ask."""
        with override(self.request.merchant.language):
            text = ours(self.mail)
        context = {
            "dialog_base": dialog_base(request),
            "title": _("Reset to our words"),
            "text": _("Your own words for this e-mail are given up. Ours read: “%(subject)s”.")
            % {"subject": text.subject},
            "submit_label": _("Reset"),
            "tone": "bad",
            "cancel_url": self.at("text"),
        }
        return vary_on_htmx(render(request, "ui/confirm.html", context))

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Do it."""
        reset_text(kind=kind, actor=self.actor, now=timezone.now())
        self.say(_("This e-mail has our words again."))
        return HttpResponseRedirect(self.at("text"))


class TextSwitch(TextView):
    """Have mails of a kind sent, or not."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Switch it."""
        is_on = request.POST.get("on") == "1"
        try:
            switch(kind=kind, is_on=is_on, actor=self.actor, now=timezone.now())
        except NotSwitchable:
            self.warn(_("This e-mail cannot be switched off: without it the customer would not get the gift."))
        else:
            self.say(_("These e-mails are sent.") if is_on else _("These e-mails are not sent any more."))
        return self.back_to(reverse("messaging:texts", args=[self.request.merchant.slug]))
