"""PostgreSQL for tables whose real primary key is (merchant_id, id)."""

from datetime import UTC
from time import monotonic
from typing import Any

from django.db.backends.postgresql import base, features, operations
from django.db.backends.postgresql.psycopg_any import register_tzloader
from psycopg import adapters, postgres
from psycopg.pq import Format, TransactionStatus

from tenancy.backend.planned import PlannedCursor, is_begun, run_plainly
from tenancy.backend.role import APPLICATION, refuse_wrong_role

# A server that went away is noticed by the next request after so long.
HEALTHY_SECONDS = 1.0
TIMESTAMPTZ = postgres.types["timestamptz"].oid
# The driver's own, in C where it is built so: Django's, in Python, costs ten times as much for each instant.
LOADER = adapters.get_loader(TIMESTAMPTZ, Format.TEXT)


class DatabaseFeatures(features.DatabaseFeatures):
    """What these tables can and cannot do."""

    # Django knows `id` as the key; the database knows (merchant_id, id), so grouping by id alone is refused.
    allows_group_by_selected_pks = False


class DatabaseOperations(operations.DatabaseOperations):
    """Statements as a distributed database can route them."""

    compiler_module = "tenancy.backend.compiler"

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """Return the statement as it was run, or without its values where the driver cannot put them in."""
        return super().last_executed_query(cursor, sql, params) or str(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection class named by settings.DATABASES."""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    # Roles that were looked at, by name and address: once for each is enough.
    _right_roles: set[tuple[Any, ...]] = set()
    _healthy_at = 0.0
    # Plans belong to a connection: the next one has none.
    _planned: dict[tuple[bytes, tuple[int, ...]], bytes]
    health_check_done: bool

    def prepared_cursor(self) -> Any:
        """Return a cursor for statements whose plans the server keeps (see tenancy.prepared).

        Where somebody looks on (a test that counts, a debugger), or nothing is to be kept, it is one of Django's.
        """
        self.ensure_connection()
        if self.settings_dict.get("PLANNED") and not self._is_watched() and is_begun(self.connection):
            return PlannedCursor(self, self._planned)
        with self.wrap_database_errors:
            return self._prepare_cursor(base.ServerBindingCursor(self.connection))  # type: ignore[call-arg, attr-defined]

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor; one without a name reads instants as the connection does (see `init_connection_state`)."""
        if name is None:
            return self.connection.cursor()
        # Django looks at its own loader while it makes one with a name.
        register_tzloader(self.timezone, self.connection)
        try:
            return super().create_cursor(name)
        finally:
            self._load_instants()

    def _load_instants(self) -> None:
        """Let the driver read instants where that is what Django would do: aware, and in UTC as the session is."""
        if self.timezone == UTC:
            self.connection.adapters.register_loader("timestamptz", LOADER)
        else:
            register_tzloader(self.timezone, self.connection)

    def begin_with(self, statement: str) -> None:
        """Run a statement without values; where it is a transaction's first, BEGIN goes on the same trip."""
        self.ensure_connection()
        raw = self.connection
        if raw.autocommit or raw.pgconn.transaction_status != TransactionStatus.IDLE:
            with self.cursor() as cursor:
                cursor.execute(statement)
            return
        if not self._is_watched():
            with self.wrap_database_errors:
                run_plainly(raw, f"BEGIN; {statement}")
            return
        # The driver would send BEGIN by itself, on a trip of its own, unless it is to commit each statement.
        raw.autocommit = True
        try:
            with self.cursor() as cursor:
                cursor.execute(f"BEGIN; {statement}")
        finally:
            # Its own setter would refuse this inside a transaction; in here it is what Django has asked for.
            raw._autocommit = False  # noqa: SLF001

    def _is_watched(self) -> bool:
        return bool(self.execute_wrappers) or bool(self.queries_logged)

    def close_if_health_check_failed(self) -> None:
        """Look at the connection at the start of a request, unless it was looked at a moment ago."""
        if self.connection is None or self.health_check_done:
            return
        if monotonic() - self._healthy_at < HEALTHY_SECONDS:
            self.health_check_done = True
            return
        super().close_if_health_check_failed()
        self._healthy_at = monotonic()

    def init_connection_state(self) -> None:
        """Set the new connection up; refuse to go on with a role that row level security does not hold."""
        super().init_connection_state()
        self._planned = {}
        self._load_instants()
        if self.alias not in APPLICATION:
            return
        role = tuple(self.settings_dict[key] for key in ("HOST", "PORT", "NAME", "USER"))
        if role not in self._right_roles:
            refuse_wrong_role(self.connection, self.alias)
            self._right_roles.add(role)
