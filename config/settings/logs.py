"""Logs: one JSON object a line, or plain lines where a person reads them (LOG_FORMAT=console)."""

import environ

env = environ.Env()

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"own": {"()": "tenancy.logs.formatter", "style": env.str("LOG_FORMAT", "json")}},
    "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "own"}},
    "root": {"handlers": ["out"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        # Our own line for each answer says the same with less: routes instead of paths, which hold tokens.
        "django.server": {"handlers": [], "level": "ERROR", "propagate": False},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "_granian": {"level": "WARNING"},
    },
}
