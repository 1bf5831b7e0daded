"""Database connections: the application's role twice, and the owner's where it is given."""

from typing import Any

import environ


def databases(env: environ.Env) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES.

    ``default`` is the application's role (no superuser, under row level security). ``aside`` is the same role on a
    second connection in autocommit, for what must survive a rolled-back request (rate limits, security events).
    ``owner`` exists only where DATABASE_OWNER_URL is given: migrations, set-up and synthetic volume.
    """
    url = env.str("DATABASE_URL", "postgres://app_rw@127.0.0.1:5432/claims_center")
    statement_ms = env.int("STATEMENT_TIMEOUT_MS", 15_000)
    found = {
        "default": _connection(env, url, f"-c statement_timeout={statement_ms} -c lock_timeout=3000"),
        "aside": _connection(env, url, "-c synchronous_commit=off -c lock_timeout=1000 -c statement_timeout=5000"),
    }
    owner = env.str("DATABASE_OWNER_URL", "")
    if owner:
        found["owner"] = _connection(env, owner, "-c lock_timeout=4000")
    return found


def _connection(env: environ.Env, url: str, options: str) -> dict[str, Any]:
    settings = env.db_url_config(url)
    settings["ENGINE"] = "tenancy.backend"
    settings["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 600)
    settings["CONN_HEALTH_CHECKS"] = True
    given = settings.setdefault("OPTIONS", {})
    # Statements of tills are planned once for a connection; off for poolers that lose what a session has prepared.
    settings["PLANNED"] = env.bool("PREPARED_STATEMENTS", True)
    extra = "-c idle_in_transaction_session_timeout=60000 -c client_connection_check_interval=2000"
    given["options"] = " ".join(filter(None, [given.get("options", ""), options, extra]))
    return settings
