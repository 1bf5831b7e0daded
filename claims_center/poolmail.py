"""Telling a merchant's admins that a code pool runs low: one mail to each, once for each dip."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from codes.models import CodePool
from codes.selectors import stocks
from codes.words import days_left
from messaging.errors import NoLongerValid
from messaging.members import tell_members
from messaging.models import Message
from messaging.render import Rendered, mail
from tenancy.models import Merchant
from tenancy.roles import Role

KIND = "codes.low"
ORIGIN = "code_pool"


def tell_admins(*, pool: CodePool, free: int, now: datetime) -> None:
    """Queue a mail to every admin and owner of the merchant, in the transaction that marks the pool as low.

    The key holds the moment of the dip: however often the pool is looked at, each is told once until it was filled.
    """
    if pool.low_since is not None:
        about = pool.id
        tell_members(kind=KIND, origin=ORIGIN, origin_id=about, least=Role.ADMIN, moment=pool.low_since, now=now)


def low(message: Message) -> Rendered:
    """Write the mail with the stock as it is now. Raises NoLongerValid where the pool was filled or archived meanwhile."""
    pool = CodePool.objects.filter(id=message.origin_id).first()
    if pool is None or pool.low_since is None or pool.archived_at is not None:
        raise NoLongerValid("pool_filled")
    merchant: Merchant = message.merchant
    stock = stocks([pool.id], now=message.queued_at)[pool.id]
    with override(merchant.language):
        subject = _("Codes of “%(pool)s” are running low") % {"pool": pool.name}
        if not stock.free:
            subject = _("The code pool “%(pool)s” is empty") % {"pool": pool.name}
        context = {
            "pool": pool,
            "stock": stock,
            "lasts": days_left(stock) if stock.days_left is not None else "",
            "waiting": pool.line.count(),
            "pool_url": f"{settings.BASE_URL}{reverse('codes:pool', args=[merchant.slug, pool.id])}",
        }
        return mail("codes/mail/low", context, subject=subject, merchant=merchant)
