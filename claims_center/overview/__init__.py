"""Campaign Performance Overview: the figures of a period, each the total of a list that it leads to."""

from claims_center.overview.choice import Choice
from claims_center.overview.page import Overview
from claims_center.overview.steps import FunnelSteps, funnel_steps

__all__ = ["Choice", "FunnelSteps", "Overview", "funnel_steps"]
