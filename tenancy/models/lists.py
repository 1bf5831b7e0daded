"""What staff keep about lists: their own settings, and views by name."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tenancy.base import MerchantModel

LONGEST_QUERY = 4_000


class UserPreference(MerchantModel):
    """One setting of one member of staff at this merchant: the columns of a list, a tour that was seen."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=120)
    value = models.JSONField(null=True)
    updated_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user", "name"], name="user_preference_once"),
            models.CheckConstraint(condition=~Q(name=""), name="user_preference_named"),
        ]

    def __str__(self) -> str:
        return self.name


class SavedView(MerchantModel):
    """A list as somebody wants to find it again: filters, sort and how it is drawn, under a name.

    `query` holds filters and sort as the address does (`status=new&sort=-submitted`), `display` how the list is drawn:
    {"columns": ["customer", ...], "density": "compact", "page_size": 50}. Both are read with care: what they
    name may be gone since.
    """

    list_name = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    shared = models.BooleanField(default=False)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    display = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["merchant", "list_name", "id"], name="saved_view_of_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "list_name", "user", "name"], condition=Q(shared=False), name="saved_view_own_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "list_name", "name"], condition=Q(shared=True), name="saved_view_shared_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_named"),
        ]

    def __str__(self) -> str:
        return self.name
