"""PostgreSQL for tables whose real primary key is (merchant_id, id)."""

from django.db.backends.postgresql import base, features, operations


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
