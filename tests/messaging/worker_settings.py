"""Settings of a real worker: the tests' own words."""

from config.settings.test import *  # noqa: F403

MESSAGE_RENDERERS = "tests.messaging.words.RENDERERS"
MESSAGE_LISTENERS = "tests.messaging.words.LISTENERS"
