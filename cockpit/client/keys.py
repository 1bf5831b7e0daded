"""The secret of a sign-in link: begins with the merchant's public id, and can be worked out again to be sent again.

It is worked out of the link's id and the installation's secret, so that the database holds its hash alone and a mail
that has to be tried twice carries the same link both times.
"""

import base64
import hashlib
import hmac
import uuid

from django.conf import settings

PURPOSE = b"customer sign-in link\0"


def token_of(link_id: uuid.UUID, public_id: str) -> str:
    """Return the link's token: 256 bits that nobody can work out without the installation's secret."""
    digest = hmac.new(settings.SECRET_KEY.encode(), PURPOSE + link_id.bytes, hashlib.sha256).digest()
    return f"{public_id}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"
