"""What the pages of the catalogue share: finding the row, the question before an act, the refusal in words."""

import uuid
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from claims_center.errors import Refused
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.htmx import dialog_base, vary_on_htmx

HELD = {
    "product_sku_once": ("sku", _("Another product has this SKU.")),
    "funnel_slug_once": ("slug", _("Another funnel has this address.")),
    "listing_once": (None, _("Another product has one of these listings.")),
}


class CatalogueView(StaffView):
    """A page of one row of the catalogue; changing it is for admins."""

    model: ClassVar[type[models.Model]]

    def find(self, pk: uuid.UUID) -> Any:
        """Return the merchant's row, or answer 404."""
        return get_object_or_404(self.model._default_manager.all(), pk=pk)

    def at(self, name: str, *args: Any) -> str:
        """Return the address of a page of the catalogue."""
        return reverse(f"catalogue:{name}", args=[self.request.merchant.slug, *args])

    @property
    def may_change(self) -> bool:
        """Say whether this member may change the catalogue."""
        return bool(self.request.role >= Role.ADMIN)

    def row_actions(self, row: Any, name: str) -> dict[str, Any]:
        """Return what the page's head needs to archive the row or to bring it back; nothing for a new one."""
        if row is None:
            return {}
        urls = {act: self.at(f"{name}_{act}", row.pk) for act in ("archive", "restore")}
        return {"row": row, "archive_url": urls["archive"], "restore_url": urls["restore"]}

    def attempt(self, form: BaseForm, work: Any) -> Any:
        """Return what the work returns; None, with the reason on the form, where it is refused.

        What somebody else saved in the same moment is refused by the database; a refusal leaves nothing behind.
        """
        try:
            with transaction.atomic():
                return work()
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        except ValidationError as error:
            form.add_error(None, error)
        except IntegrityError as error:
            form.add_error(*_held(error))
        return None


def _held(error: IntegrityError) -> tuple[str | None, str]:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if name not in HELD:
        raise error
    field, words = HELD[name]
    return field, str(words)


class CatalogueAction(CatalogueView):
    """One act on a row: GET asks, POST does it."""

    role = Role.ADMIN
    title: ClassVar[Any]
    text: ClassVar[Any] = ""
    done: ClassVar[Any]
    icon_name: ClassVar[str] = "archive"
    tone: ClassVar[str] = ""
    back: ClassVar[str]

    def perform(self, pk: uuid.UUID) -> None:
        """Call the service."""
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Ask."""
        row = self.find(pk)
        context = {
            "dialog_base": dialog_base(request),
            "title": f"{self.title}: {row}",
            "text": self.text,
            "submit_label": self.title,
            "icon_name": self.icon_name,
            "tone": self.tone,
            "cancel_url": self.at(self.back, pk),
        }
        return vary_on_htmx(render(request, "ui/confirm.html", context))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Do it, or say why not."""
        self.find(pk)
        try:
            with transaction.atomic():
                self.perform(pk)
        except Refused as refusal:
            self.warn(refusal.sentence)
        else:
            self.say(self.done)
        return self.back_to(self.at(self.back, pk))
