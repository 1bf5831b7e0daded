"""django-allauth's second factor, with each one-time code good for one use."""

import uuid
from typing import Any

import segno
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal import auth
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from tenancy.secrets import decrypt, encrypt
from tenancy.throttle import Limit, allowed, is_exhausted

WRONG_CODES = Limit("second factor", 5, 15 * 60)
SPEND = """
INSERT INTO tenancy_usedcounter AS used (user_id, counter) VALUES (%s, %s)
ON CONFLICT (user_id) DO UPDATE SET counter = excluded.counter WHERE used.counter < excluded.counter
RETURNING counter
"""


class MFAAdapter(DefaultMFAAdapter):
    """Keep the second factor's secrets encrypted, and draw its picture without styles."""

    def encrypt(self, text: str) -> str:
        """Return the text encrypted."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the text as it was; raise InvalidToken where no key fits."""
        return decrypt(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code as SVG to stand in the page itself."""
        return segno.make(url, error="m").svg_inline(scale=4, svgclass="qr", lineclass=None, light="#fff")


def spend(user_id: uuid.UUID, secret: str, code: str) -> bool:
    """Note the time step of a valid code as used; False where that step, or a later one, was used before."""
    typed = code.replace(" ", "")
    steps = (
        step
        for step in auth.yield_hotp_counters_from_time()
        if auth.format_hotp_value(auth.hotp_value(secret, step)) == typed
    )
    step = next(steps, None)
    if step is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(SPEND, [user_id, step])
        return cursor.fetchone() is not None


class CodeOnce:
    """Check a code under a lock, at most a few wrong ones in a row, and no code twice."""

    user: Any

    def clean_code(self) -> str:
        """Return the code; refuse it where it is wrong or was used before."""
        subject = str(self.user.pk)
        if is_exhausted(WRONG_CODES, subject):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        try:
            with transaction.atomic():
                # Two requests with one recovery code: the second waits here and finds it used.
                list(Authenticator.objects.select_for_update().filter(user=self.user).order_by("pk"))
                code: str = super().clean_code()  # type: ignore[misc]
                secret = self.secret_in_use()
                if secret and not spend(self.user.pk, secret, code):
                    raise get_account_adapter().validation_error("incorrect_code")
                return code
        except ValidationError:
            allowed(WRONG_CODES, subject)
            raise

    def secret_in_use(self) -> str:
        """Return the secret that the code was made from; nothing for a recovery code, which is spent by itself."""
        authenticator = self.authenticator  # type: ignore[attr-defined]
        return decrypt(authenticator.data["secret"]) if authenticator.type == Authenticator.Type.TOTP else ""


class AuthenticateForm(CodeOnce, base_forms.AuthenticateForm):
    """The second factor at sign-in."""


class ReauthenticateForm(CodeOnce, base_forms.ReauthenticateForm):
    """The second factor once more."""


class ActivateTOTPForm(CodeOnce, totp_forms.ActivateTOTPForm):
    """The first code of a new secret."""

    def secret_in_use(self) -> str:
        """Return the secret that is being set up."""
        return str(self.secret)
