"""django-allauth: sign-in of staff with e-mail and password, second factor, sessions."""

import environ

env = environ.Env()

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "tenancy.adapters.AccountAdapter"
# Invitations go to the address that they are for, which verifies it.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# Other sessions end with the password that they began with; this one goes on.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "tenancy.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 0
MFA_TOTP_ISSUER = "Claims Center"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "tenancy.second_factor.AuthenticateForm",
    "reauthenticate": "tenancy.second_factor.ReauthenticateForm",
    "activate_totp": "tenancy.second_factor.ActivateTOTPForm",
}
# The merchant's door notes activity now and then; the package would write at every request.
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_IDLE_SECONDS = 60 * 60 * 8
SESSION_LONGEST_SECONDS = 60 * 60 * 24


def _scaled(rates: str, factor: float) -> str:
    """Return allauth's rates ("30/15m/ip,...") with each amount multiplied, at least 1."""
    parts = (rate.split("/", 1) for rate in rates.split(","))
    return ",".join(f"{max(1, round(int(amount) * factor))}/{rest}" for amount, rest in parts)


_FACTOR = env.float("RATE_LIMIT_FACTOR", 1.0)
ACCOUNT_RATE_LIMITS = {
    action: _scaled(rates, _FACTOR)
    for action, rates in {
        "login": "120/m/ip",
        "login_failed": "30/15m/ip,10/15m/key",
        "reset_password": "20/h/ip,3/h/key",
        "reset_password_from_key": "20/15m/ip",
        "reauthenticate": "10/15m/user",
        "change_password": "5/m/user",
    }.items()
}
