"""Public pages."""

from claims_center.public.views.finish import AgainView, ReviewView, ShareView, SubmittedView
from claims_center.public.views.media import ImageView
from claims_center.public.views.steps import StepView
from claims_center.public.views.tracker import GiftView, TrackerView

__all__ = ["AgainView", "GiftView", "ImageView", "ReviewView", "ShareView", "StepView", "SubmittedView", "TrackerView"]
