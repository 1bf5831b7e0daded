"""The list of responses as a file to edit and to bring back."""

from django.http import HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.imports import download
from offers.services.importing import note_download
from tenancy.roles import Role
from tenancy.views import StaffView


class ResponseFile(StaffView):
    """What the list shows, as a CSV; sent while it is written."""

    role = Role.ADMIN

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Send it, or say that it would be too long."""
        query, slug = request.GET.urlencode(), self.request.merchant.slug
        if download.is_too_much(query):
            self.warn(_("The list is too long for one file: narrow it by a filter."))
            return HttpResponseRedirect(f"{reverse('offers:responses', args=[slug])}?{query}")
        note_download(filters=request.GET, actor=self.actor)
        text = download.lines(merchant_id=self.request.merchant.id, query=query, zone=timezone.get_current_timezone())
        name = f"offer-responses-{timezone.localdate():%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
