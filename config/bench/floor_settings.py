"""Settings of the floor's pages: the product's, with its middleware cut down to who is signed in."""

import os
from importlib import import_module

for _name, _value in vars(import_module(os.environ.get("FLOOR_OF", "config.settings.local"))).items():
    if _name.isupper():
        globals()[_name] = _value

ROOT_URLCONF = "config.bench.floor"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Its application refuses to start without it.
    "allauth.account.middleware.AccountMiddleware",
]
