"""Public pages."""

from claims_center.public.views.finish import AgainView, ReviewView, ShareView, SubmittedView
from claims_center.public.views.media import ImageView
from claims_center.public.views.reminder import ResumeView, StopView
from claims_center.public.views.short import FunnelBrand, ShortView
from claims_center.public.views.steps import StepView
from claims_center.public.views.tracker import AnswerView, GiftView, MissingMailView, TrackerView

__all__ = [
    "AgainView",
    "AnswerView",
    "FunnelBrand",
    "GiftView",
    "ImageView",
    "MissingMailView",
    "ResumeView",
    "ReviewView",
    "ShareView",
    "ShortView",
    "StepView",
    "StopView",
    "SubmittedView",
    "TrackerView",
]
