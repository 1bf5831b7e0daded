"""Which triggers are switched on for what: the one small question that every act asks."""

from collections.abc import Collection
from functools import cache

from django.conf import settings

from tenancy.prepared import prepared_cursor
from tenancy.scope import current_merchant_id
from triggers.acts import Armed
from triggers.kit import Target, targets

ONE = """
SELECT '{name}' AS target, t.id, t.{name}_id AS subject, t.event, t.minimum_amount, t.active_since, {flag} AS flag
FROM {table} AS t WHERE t.merchant_id = %(merchant)s AND t.is_active AND t.event = ANY(%(events)s::text[])
"""


def armed(*, events: Collection[str]) -> list[Armed]:
    """Return the merchant's triggers that are on for these events; one statement, whatever can be given.

    In the order of what they give, so that two acts that set the same ones off never wait for each other crosswise.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_statement(settings.TRIGGER_TARGETS), {"merchant": current_merchant_id(), "events": [*events]})
        return [Armed(*row) for row in cursor.fetchall()]


@cache
def _statement(_path: str) -> str:
    return " UNION ALL ".join(_of(one) for one in targets().values()) + " ORDER BY target, subject, id"


def _of(target: Target) -> str:
    return ONE.format(name=target.name, flag=target.flag, table=target.model._meta.db_table)
