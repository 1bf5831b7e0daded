"""The tests' settings for the servers that the tutorial drives, with the tutorial's clock."""

from config.settings.test import *  # noqa: F403
from tests.tutorial.clock import set_clock

set_clock()

LOGGING = {"version": 1, "disable_existing_loggers": False}
