"""What staff keep about lists: preferences, saved views, and the list page that knows both."""

from tenancy.lists.preferences import preference, set_preference
from tenancy.lists.staff import StaffListView

__all__ = ["StaffListView", "preference", "set_preference"]
