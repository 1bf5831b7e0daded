"""How django-allauth behaves here: no open sign-up, secrets encrypted, failures recorded."""


from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from tenancy.secrets import decrypt, encrypt


class AccountAdapter(DefaultAccountAdapter):
    """Staff are invited by their merchant's owner; nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no open sign-up."""
        return False


class MFAAdapter(DefaultMFAAdapter):
    """Keep the second factor's secrets encrypted."""

    def encrypt(self, text: str) -> str:
        """Return the text encrypted."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the text as it was; raise InvalidToken where no key fits."""
        return decrypt(encrypted_text)


