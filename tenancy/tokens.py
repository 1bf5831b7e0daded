"""Secrets in links: each begins with its merchant's public id, and only its hash is kept."""

import hashlib
import secrets

from tenancy.models import Merchant


def new_token(merchant: Merchant) -> tuple[str, str]:
    """Return a token of 256 random bits for a link and the hash to keep."""
    token = f"{merchant.public_id}.{secrets.token_urlsafe(32)}"
    return token, hash_of(token)


def hash_of(token: str) -> str:
    """Return the SHA-256 of a token, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()
