"""What is thrown away after its time. Each step removes at most `limit` rows; the nightly clean-up calls again."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connections
from django.db.models import Q

from tenancy.models import IdempotencyRecord, ThrottleBucket

# Tills that were offline repeat themselves late; a browser's form does not.
KEYS_KEPT = timedelta(days=30)
FORMS_KEPT = timedelta(days=1)
# Longer than the longest limit: a bucket that old is full again.
BUCKETS_KEPT = timedelta(days=7)


def remove_old_records(*, now: datetime, limit: int) -> int:
    """Remove answers that nobody will ask for again, of the merchant in scope. Returns how many."""
    is_key = Q(principal__startswith="api_key:")
    old = Q(is_key, created_at__lt=now - KEYS_KEPT) | Q(~is_key, created_at__lt=now - FORMS_KEPT)
    ids = list(IdempotencyRecord.objects.filter(old).order_by("created_at").values_list("pk", flat=True)[:limit])
    return int(IdempotencyRecord.objects.filter(pk__in=ids).delete()[0]) if ids else 0


def remove_old_traces(*, now: datetime, limit: int) -> int:
    """Remove full rate-limit buckets, ended sessions and outdated cache rows, which belong to no merchant."""
    keys = list(ThrottleBucket.objects.filter(updated_at__lt=now - BUCKETS_KEPT).values_list("pk", flat=True)[:limit])
    removed = ThrottleBucket.objects.filter(pk__in=keys).delete()[0] if keys else 0
    ended = list(Session.objects.filter(expire_date__lt=now).values_list("pk", flat=True)[:limit])
    removed += Session.objects.filter(pk__in=ended).delete()[0] if ended else 0
    with connections["aside"].cursor() as cursor:
        cursor.execute(
            "DELETE FROM tenancy_cache WHERE cache_key IN"
            " (SELECT cache_key FROM tenancy_cache WHERE expires < %s ORDER BY expires LIMIT %s)",
            [now, limit],
        )
        return int(removed) + cursor.rowcount
