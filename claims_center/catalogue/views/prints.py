"""What is printed: the code of a funnel's short address, and sheets of inserts."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from claims_center.catalogue import qr
from claims_center.catalogue.insert import sheet
from claims_center.catalogue.views.base import CatalogueView
from claims_center.models import Funnel
from tenancy.roles import Role

KINDS = {"svg": "image/svg+xml", "png": "image/png"}


class FunnelQr(CatalogueView):
    """The short address as a QR code; `?download=1` gives it as a file."""

    model = Funnel
    role = Role.VIEWER

    def get(self, request: Any, pk: uuid.UUID, kind: str) -> HttpResponse:
        """Draw it."""
        funnel = self.find(pk)
        if kind not in KINDS:
            raise Http404
        code = qr.code_of(qr.short_url(request, funnel))
        response = HttpResponse(qr.drawn(code, kind), content_type=KINDS[kind])
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        if "download" in request.GET:
            response["Content-Disposition"] = f'attachment; filename="{funnel.slug}.{kind}"'
        return response


class FunnelInsert(CatalogueView):
    """Cards to print and to cut, with the code, the address and the merchant's words."""

    model = Funnel
    role = Role.VIEWER

    def get(self, request: Any, pk: uuid.UUID) -> HttpResponse:
        """Show the sheet; `?paper=` and `?size=` choose its form."""
        funnel = self.find(pk)
        context = {
            "title": _("Print inserts"),
            "crumbs": [
                (_("Smart Funnels"), self.at("funnels")),
                (funnel.name, self.at("funnel", pk)),
                (_("Print inserts"), ""),
            ],
            "funnel": funnel,
        }
        return render(request, "catalogue/insert.html", context | sheet(request, funnel))
