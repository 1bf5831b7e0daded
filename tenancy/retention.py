"""What is thrown away after its time. Each step removes at most `limit` rows; the nightly clean-up calls again."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.db.models import Q

from tenancy.keeping import kept_for
from tenancy.models import IdempotencyRecord, Invitation, ThrottleBucket
from tenancy.scope import current_merchant_id

# Tills that were offline repeat themselves late, so that their answers are the merchant's to choose; a form does not.
FORMS_KEPT = timedelta(days=1)
# Longer than the longest limit: a bucket that old is full again.
BUCKETS_KEPT = timedelta(days=7)
# So long the link of an invitation that is over can be asked about.
INVITATIONS_KEPT = timedelta(days=90)
# What happened at the gates: the function that removes it knows it by itself (migration 0012).
SECURITY_KEPT = timedelta(days=730)


def remove_old_records(*, now: datetime, limit: int) -> int:
    """Remove answers that nobody will ask for again, of the merchant in scope. Returns how many."""
    is_key = Q(principal__startswith="api_key:")
    old = Q(is_key, created_at__lt=now - kept_for("answer_days")) | Q(~is_key, created_at__lt=now - FORMS_KEPT)
    ids = list(IdempotencyRecord.objects.filter(old).order_by("created_at").values_list("pk", flat=True)[:limit])
    return int(IdempotencyRecord.objects.filter(pk__in=ids).delete()[0]) if ids else 0


def remove_old_audit_events(*, now: datetime, limit: int) -> int:
    """Remove audit events of the merchant in scope whose time is over; returns how many.

    The application may not delete from the log. The database's function does it, by its own clock and by the period
    that it reads itself, and writes one event that says how many went, in this transaction; ``now`` is not asked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT remove_old_audit_events(%s, %s)", [current_merchant_id(), limit])
        return int(cursor.fetchone()[0])


def remove_old_invitations(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` invitations that ended 90 days ago, whatever became of them; returns how many."""
    old = Invitation.objects.filter(expires_at__lt=now - INVITATIONS_KEPT).order_by("expires_at")
    ids = list(old.values_list("pk", flat=True)[:limit])
    return int(Invitation.objects.filter(pk__in=ids).delete()[0]) if ids else 0


def remove_old_security_events(*, now: datetime, limit: int) -> int:
    """Remove what happened at the gates two years ago, which belongs to no merchant; returns how many.

    Over the connection that it is written on; the function goes by the database's clock, ``now`` is not asked.
    """
    with connections["aside"].cursor() as cursor:
        cursor.execute("SELECT remove_old_security_events(%s)", [limit])
        return int(cursor.fetchone()[0])


def remove_ended_devices(*, now: datetime, limit: int) -> int:
    """Remove from which device and address somebody of the staff was signed in, once that session is over."""
    ended = UserSession.objects.filter(last_seen_at__lt=now - FORMS_KEPT)
    ended = ended.exclude(session_key__in=Session.objects.values("session_key"))
    ids = list(ended.values_list("pk", flat=True)[:limit])
    return int(UserSession.objects.filter(pk__in=ids).delete()[0]) if ids else 0


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
