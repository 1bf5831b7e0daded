"""Public pages."""

from claims_center.public.views.about import AboutView, TrackedAboutView
from claims_center.public.views.finish import AgainView, ReviewView, ShareView, SubmittedView
from claims_center.public.views.never import NeverView
from claims_center.public.views.reminder import ResumeView, StopView
from claims_center.public.views.short import FunnelBrand, ShortView
from claims_center.public.views.steps import StepView
from claims_center.public.views.tracker import AnswerView, GiftView, MissingMailView, TrackerView

__all__ = [
    "AboutView",
    "AgainView",
    "AnswerView",
    "FunnelBrand",
    "GiftView",
    "MissingMailView",
    "NeverView",
    "ResumeView",
    "ReviewView",
    "ShareView",
    "ShortView",
    "StepView",
    "StopView",
    "SubmittedView",
    "TrackedAboutView",
    "TrackerView",
]
