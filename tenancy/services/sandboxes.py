"""A merchant's sandbox: a merchant of its own with made-up data, on which a till can be tried without harm."""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.errors import Refused
from tenancy.models import ApiKey, Membership, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.scopes import KeyScope
from tenancy.services.keys import create_key
from tenancy.services.merchants import create_merchant

SUFFIX = "-sandbox"
LONGEST_SLUG, LONGEST_NAME = 60, 120
KEPT = ("time_zone", "language", "locale", "currency", "mfa_required")


def make_sandbox(*, merchant: Merchant, actor: Actor, now: datetime) -> tuple[Merchant, ApiKey | None, str]:
    """Make the merchant's sandbox and a first key that may do everything there; return it, the key and its text.

    1. Locks the merchant; a sandbox that is there already is returned as it is, with no key and no text.
    2. Makes the sandbox with the merchant's zone, language, currency and rules of sign-in; writes both audit events.
    3. Makes every owner of the merchant an owner of the sandbox; others are invited there.
    4. Has the top floor (`settings.SANDBOX_FILLER`) put members, points, rewards and offers into it.

    Nothing done in the sandbox touches the merchant: it is another tenant behind the same walls. Runs in the
    merchant's scope. Raises Refused for a sandbox of a sandbox, and while somebody else is at it.
    """
    if merchant.sandbox_of_id is not None:
        raise Refused(_("This is a sandbox already."))
    # Whoever comes second is told so at once instead of waiting for all of it to be made.
    if Merchant.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=merchant.pk).first() is None:
        raise Refused(_("Somebody is making it, or changing the settings, at this moment. Try again."))
    found = Merchant.objects.filter(sandbox_of=merchant).first()
    if found is not None:
        return found, None, ""
    kept = {name: getattr(merchant, name) for name in KEPT}
    name = f"{merchant.name[: LONGEST_NAME - 10]} {_('(Sandbox)')}"[:LONGEST_NAME]
    sandbox = create_merchant(name=name, slug=_free_slug(merchant), actor=actor, sandbox_of=merchant, **kept)
    owners = Membership.objects.filter(merchant=merchant, role=Role.OWNER).values_list("user_id", flat=True)
    Membership.objects.bulk_create([Membership(merchant=sandbox, user_id=one, role=Role.OWNER) for one in owners])
    with merchant_scope(sandbox):
        import_string(settings.SANDBOX_FILLER)(merchant=sandbox, actor=actor, now=now)
        key, text = create_key(
            merchant=sandbox, name=str(_("Sandbox till")), scopes=list(KeyScope), actor=actor, now=now
        )
    audit(action="sandbox.created", actor=actor, target=("merchant", sandbox.pk), after={"slug": sandbox.slug})
    return sandbox, key, text


def _free_slug(merchant: Merchant) -> str:
    """Return the merchant's slug with a suffix, and a number where that is taken."""
    first = slugify(merchant.slug)[: LONGEST_SLUG - len(SUFFIX) - 4] + SUFFIX
    taken = set(Merchant.objects.filter(slug__startswith=first).values_list("slug", flat=True))
    numbers = (f"{first}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (first, *numbers) if slug not in taken)
