"""Which connection a model's rows travel over."""

from typing import Any


class AsideRouter:
    """Send rows that must survive a rolled-back request over the `aside` connection."""

    aside = frozenset({"throttlebucket", "securityevent"})

    def _using(self, model: Any) -> str | None:
        meta = model._meta
        if meta.app_label == "django_cache":
            return "aside"
        return "aside" if meta.app_label == "tenancy" and meta.model_name in self.aside else None

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        """Return the connection to read from."""
        return self._using(model)

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        """Return the connection to write to."""
        return self._using(model)

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        """Allow relations: all connections lead to one database."""
        return True
