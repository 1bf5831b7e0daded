"""The tests' settings with a folder for files of the test's own."""

import os
from pathlib import Path

from config.settings.test import *  # noqa: F403

MEDIA_ROOT = Path(os.environ["EXPORT_MEDIA_ROOT"])
