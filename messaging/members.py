"""Mails to the merchant's own people."""

import uuid
from datetime import datetime

from messaging.errors import AddressInvalid
from messaging.services import queue_message
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import current_merchant_id
from tenancy.selectors import members_of


def tell_members(*, kind: str, origin: str, origin_id: uuid.UUID, least: Role, moment: datetime, now: datetime) -> None:
    """Queue a mail to everybody of the merchant who has this role at least, inside the caller's transaction.

    `moment` is when what it tells of happened: each person is told once of each. Who has no address that mail can go
    to is passed over.
    """
    for member in members_of(Merchant(id=current_merchant_id())).filter(role__gte=least):
        try:
            queue_message(
                kind=kind,
                origin=origin,
                origin_id=origin_id,
                customer_id=None,
                to_address=member.user.email,
                to_name=str(member.user),
                context={},
                actor=Actor.system(),
                now=now,
                once_key=f"{kind}:{origin_id}:{moment:%Y%m%d%H%M%S}:{member.user_id}"[:120],
            )
        except AddressInvalid:
            continue
