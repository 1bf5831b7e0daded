"""Pages of this room, and the base classes of every page behind the merchant's door."""

from tenancy.views.base import PublicView, StaffView

__all__ = ["PublicView", "StaffView"]
