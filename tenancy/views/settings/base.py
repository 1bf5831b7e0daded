"""What all settings pages share: the sections, and the way a form is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenancy.errors import NotFound, Refused
from tenancy.roles import Role
from tenancy.views.base import StaffView
from ui.htmx import dialog_base

SECTIONS: Sequence[tuple[Any, str]] = (
    (_("General"), "general"),
    (_("Branding"), "branding"),
    (_("Points"), "loyalty:settings"),
    (_("Cashback"), "loyalty:cashback"),
    (_("Members"), "members"),
    (_("API keys"), "keys"),
    (_("Webhooks"), "messaging:endpoints"),
    (_("Destinations"), "exports:destinations"),
    (_("Retention"), "retention"),
    (_("Audit log"), "audit"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """One tab of the settings."""

    label: str
    url: str
    active: bool


class SettingsPage(StaffView):
    """A page of the settings; `section` is the name of its address."""

    role = Role.OWNER
    section: ClassVar[str] = ""

    def sections(self) -> list[Section]:
        """Return the tabs."""
        return [Section(str(label), self.address(name), active=name == self.section) for label, name in SECTIONS]

    def address(self, name: str, *args: Any) -> str:
        """Return an address of these settings; a section of another room is named with its room."""
        return reverse(name if ":" in name else f"tenancy:{name}", args=[self.request.merchant.slug, *args])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Return what the page is drawn with."""
        parent: Any = getattr(super(), "get_context_data", dict)
        found: dict[str, Any] = parent(sections=self.sections(), **context)
        return found


class FormPage(SettingsPage):
    """A section that is one form."""

    title: ClassVar[Any]
    template_name: ClassVar[str] = "tenancy/settings/form.html"

    def make_form(self, data: Any = None) -> Any:
        """Return the form, bound where data is given."""
        raise NotImplementedError

    def save(self, form: Any) -> HttpResponse:
        """Do what the form asks for with one service call, and return where to go next; may raise Refused."""
        raise NotImplementedError

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self.page(self.make_form())

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save, or show the form again with what is wrong beside it."""
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            return self.save(form)
        except NotFound as error:
            raise Http404 from error
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.page(form, status=422)

    def page(self, form: Any, status: int = 200) -> HttpResponse:
        """Draw the page."""
        context = self.get_context_data(title=self.title, form=form, **self.more())
        return render(self.request, self.template_name, context, status=status)

    def more(self) -> dict[str, Any]:
        """Return what else the template needs."""
        return {}


class DialogPage(FormPage):
    """A form or a question that opens in the dialog, or as a page of its own without scripts."""

    template_name = "ui/confirm.html"
    text: ClassVar[Any] = ""
    submit_label: ClassVar[Any]
    tone: ClassVar[str] = ""

    def make_form(self, data: Any = None) -> Any:
        """Return no form: most dialogs only ask."""
        return None

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it; a question that cannot be done says why where the person came from."""
        form = self.make_form(request.POST)
        if form is not None:
            return super().post(request, *args, **kwargs)
        try:
            return self.save(None)
        except NotFound as error:
            raise Http404 from error
        except Refused as refusal:
            self.warn(str(refusal))
            return self.back_to(self.address(self.section))

    def more(self) -> dict[str, Any]:
        """Return what the dialog is drawn with."""
        return {
            "dialog_base": dialog_base(self.request),
            "text": self.text,
            "submit_label": self.submit_label,
            "tone": self.tone,
            "cancel_url": self.address(self.section),
        }
