"""What the pages of this room share."""

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from codes.models import Code, CodePool
from tenancy.roles import Role
from tenancy.views import StaffView


class PoolView(StaffView):
    """A page of one pool."""

    def pool(self, pk: uuid.UUID) -> CodePool:
        """Return the merchant's pool, or answer 404."""
        found: CodePool = get_object_or_404(CodePool.objects.all(), pk=pk)
        return found

    def code(self, pk: uuid.UUID, code_id: uuid.UUID) -> Code:
        """Return a code of the pool, or answer 404."""
        found: Code = get_object_or_404(Code.objects.select_related("pool"), pk=code_id, pool_id=pk)
        return found

    def at(self, name: str, *args: Any) -> str:
        """Return the address of a page of this room."""
        return reverse(f"codes:{name}", args=[self.request.merchant.slug, *args])

    def crumbs(self, pool: CodePool, *last: Any) -> list[tuple[Any, str]]:
        """Return the way from the list to this page."""
        way = [(_("Code pools"), self.at("list")), (pool.name, self.at("pool", pool.pk))]
        return [*way, *((label, "") for label in last)]

    @property
    def may_change(self) -> bool:
        """Say whether this member may change pools."""
        return bool(self.request.role >= Role.ADMIN)
