"""Secrets at rest: encrypted with keys derived from SECRET_KEY and its fallbacks, so that it can be changed."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def _keys() -> MultiFernet:
    sources = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"secrets at rest\0" + source.encode()).digest() for source in sources]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def encrypt(text: str) -> str:
    """Return the text encrypted and authenticated, fit for a text column."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """Return what `encrypt` was given; raise cryptography's InvalidToken where no present key fits."""
    return _keys().decrypt(text.encode()).decode()
