"""The WSGI application that granian (or any other server) serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

application = get_wsgi_application()
# Every view and its forms are loaded before the first visitor comes, and not while that one waits.
_ = get_resolver().url_patterns
settle()
