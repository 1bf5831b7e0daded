"""The cache's table, and the append-only record of what happened at the gates."""

from typing import Any

from django.db import migrations

CREATE: Any = [
    "CREATE TABLE tenancy_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL)",
    "CREATE INDEX tenancy_cache_expires ON tenancy_cache (expires)",
    "REVOKE UPDATE, DELETE ON tenancy_securityevent FROM app_rw",
]
DROP: Any = [
    "DROP TABLE tenancy_cache",
    "GRANT UPDATE, DELETE ON tenancy_securityevent TO app_rw",
]


class Migration(migrations.Migration):
    """Plain SQL: Django has no operation for either."""

    dependencies = [("tenancy", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
