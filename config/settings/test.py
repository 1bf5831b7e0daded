"""The tests: the application's own role on real servers, plain static files, fault points allowed."""

from config.settings.base import *  # noqa: F403

SECRET_KEY = "only-for-tests-" + "x" * 40
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
ALLOW_FAULTS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
# The log of calls is written where a test asks for it.
API_LOG_SECONDS = 0

# The real web server of the browser tests serves static files from their sources: nothing is collected for a test.
WHITENOISE_USE_FINDERS = True
