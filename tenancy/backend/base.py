"""PostgreSQL for tables whose real primary key is (merchant_id, id)."""

from typing import Any

from django.db.backends.postgresql import base, features, operations

from tenancy.backend.role import APPLICATION, refuse_wrong_role


class DatabaseFeatures(features.DatabaseFeatures):
    """What these tables can and cannot do."""

    # Django knows `id` as the key; the database knows (merchant_id, id), so grouping by id alone is refused.
    allows_group_by_selected_pks = False


class DatabaseOperations(operations.DatabaseOperations):
    """Statements as a distributed database can route them."""

    compiler_module = "tenancy.backend.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection class named by settings.DATABASES."""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    # Roles that were looked at, by name and address: once for each is enough.
    _right_roles: set[tuple[Any, ...]] = set()

    def init_connection_state(self) -> None:
        """Set the new connection up; refuse to go on with a role that row level security does not hold."""
        super().init_connection_state()
        if self.alias not in APPLICATION:
            return
        role = tuple(self.settings_dict[key] for key in ("HOST", "PORT", "NAME", "USER"))
        if role not in self._right_roles:
            refuse_wrong_role(self.connection, self.alias)
            self._right_roles.add(role)
