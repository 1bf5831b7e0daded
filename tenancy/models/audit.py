"""The record of who changed settings, catalogue, members and keys, and of what happened at the gates."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Coalesce, Least, Left, Lower, Replace, Substr

from tenancy.base import MerchantModel
from tenancy.ids import new_id

# The first key of a JSON object that holds something, and before it its length: the order in which keys are kept.
_FILLED = """'$.keyvalue() ? (@.value != null && ((@.value == "") is unknown || @.value != "")).key'"""
_KEY = f"jsonb_path_query_first(%(expressions)s, {_FILLED}) #>> '{{}}'"
_PLACED = f"(lpad(length({_KEY})::text, 3, '0') || ({_KEY}))"


def _first_key(column: str) -> Func:
    return Func(F(column), template=_PLACED, output_field=models.TextField())


# The name of the first change that the log shows.
CHANGE = Coalesce(
    Replace(Substr(Least(_first_key("before"), _first_key("after")), 4), Value("_"), Value(" ")),
    Value(""),
    output_field=models.TextField(),
)
# What the log is sorted by: the beginning of a reason, of which 500 signs would not fit into an address, and where an
# event came from, nowhere first.
REASON = Lower(Left("reason", 200))
ORIGIN = Coalesce("ip", Value("0.0.0.0", output_field=models.GenericIPAddressField()))  # noqa: S104 - nothing listens


class AuditEvent(MerchantModel):
    """One change, by whom, from where; never updated by the application, nor deleted.

    When its time is over a function of the database removes it, which knows the merchant's period by itself
    (see `tenancy.retention`).
    """

    action = models.CharField(max_length=80)
    actor = models.CharField(max_length=60)
    target_type = models.CharField(max_length=40)
    target_id = models.UUIDField(null=True)
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(max_length=500, blank=True)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    # Stored: a page of the log would read every event anew to know its place.
    first_change = models.GeneratedField(expression=CHANGE, output_field=models.TextField(), db_persist=True)

    class Meta(MerchantModel.Meta):
        indexes = [
            models.Index(fields=["merchant", "-at", "-id"], name="audit_newest"),
            models.Index(fields=["merchant", "action", "-at", "-id"], name="audit_by_action"),
            models.Index(fields=["merchant", "actor", "-at", "-id"], name="audit_by_actor"),
            models.Index(fields=["merchant", "target_type", "target_id", "-at"], name="audit_by_target"),
            models.Index(fields=["merchant", "first_change", "id"], name="audit_sort_change"),
            models.Index(F("merchant"), REASON, F("id"), name="audit_sort_reason"),
            models.Index(F("merchant"), ORIGIN, F("id"), name="audit_sort_ip"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class SecurityEvent(models.Model):
    """Something at the gates: a sign-in, a refusal. Written on the `aside` connection, without foreign keys.

    A table without a merchant's walls, because a failed sign-in has no merchant yet.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=60)
    user_id = models.UUIDField(null=True)
    merchant_id = models.UUIDField(null=True)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-at"], name="security_event_user"),
            models.Index(fields=["at"], name="security_event_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
