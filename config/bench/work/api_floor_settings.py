"""Settings of the floor of a call: the product's, without any middleware of its own."""

import os
from importlib import import_module

for _name, _value in vars(import_module(os.environ.get("FLOOR_OF", "config.settings.local"))).items():
    if _name.isupper():
        globals()[_name] = _value

ROOT_URLCONF = "config.bench.work.api_floor"
# Its application refuses to start without it.
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
