"""The file that a customer was given, behind the secret of the claim's tracker link."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils.cache import patch_cache_control

from claims_center.models import Claim, Source
from claims_center.states import Status
from tenancy.tokens import hash_of
from tenancy.views import PublicView


class GiftFileView(PublicView):
    """Downloads the gift, as long as the customer holds it: not after the claim was rejected."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Any, token: str) -> HttpResponse:
        """Answer with the file, never shown in place; 404 for whatever is not such a gift."""
        rows = Claim.objects.select_related("promotion").filter(status__in=[Status.VERIFIED, Status.PROCESSED])
        claim = rows.filter(tracker_hash=hash_of(token), grant__isnull=False).first()
        if claim is None or claim.promotion.source != Source.FILE or not default_storage.exists(claim.promotion.file.name):
            raise Http404
        content = default_storage.open(claim.promotion.file.name)
        response = FileResponse(content, as_attachment=True, filename=claim.gift_item or claim.promotion.file_name)
        response["Content-Type"] = "application/octet-stream"
        response["Referrer-Policy"] = "no-referrer"
        patch_cache_control(response, no_store=True, private=True)
        return response  # type: ignore[return-value]
