"""Pictures of merchants, from our own side."""

import re
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse

from tenancy.pictures import stored_name
from tenancy.views.base import PublicView

NAME = re.compile(r"^[0-9a-f]{40}\.webp\Z")


class Media(PublicView):
    """A picture under a name made from its content: it never changes, so browsers may keep it for good."""

    def get(self, request: Any, name: str) -> HttpResponse:
        """Send the picture."""
        if not NAME.match(name):
            raise Http404
        try:
            opened = default_storage.open(stored_name(request.merchant.id, name))
        except FileNotFoundError as error:
            raise Http404 from error
        response = FileResponse(opened, content_type="image/webp")
        response["Cache-Control"] = "public, max-age=31536000, immutable"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response  # type: ignore[return-value]
