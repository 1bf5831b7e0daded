"""Grids of the settings pages."""

from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.actors import Actor
from tenancy.labels import ACTORS, action_label, target_label
from tenancy.models import ApiCall, ApiKey, AuditEvent, Membership
from tenancy.roles import Role
from tenancy.scopes import KeyScope
from ui import cells
from ui.addresses import row_address
from ui.tables import Column, Table

EMPTY: tuple[Any, ...] = (None, "", [])


class _Linked(Table):
    """A table whose rows link to pages of one merchant."""

    def __init__(self, *args: Any, merchant_slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug = merchant_slug

    def address(self, name: str, record: Any) -> str:
        """Return the address of a row's page."""
        return row_address(f"tenancy:{name}", self.merchant_slug, record.pk)


class MemberTable(_Linked):
    """One member a row."""

    person = Column(gettext_lazy("Member"), accessor="user", phone="lead")
    role = Column(gettext_lazy("Role"))
    since = Column(gettext_lazy("Member since"), accessor="created_at")
    last_seen = Column(gettext_lazy("Last sign-in"), accessor="user__last_login")
    actions = Column(gettext_lazy("Actions"), empty_values=(), phone="side")

    def row_label(self, record: Membership) -> str:
        """Return the person's name."""
        return str(record.user)

    def render_person(self, record: Membership) -> str:
        """Name and address."""
        return cells.person(record.user.name, record.user.email)

    def render_role(self, record: Membership) -> str:
        """The role as a badge."""
        return cells.badge(Role(record.role).label, "info" if record.role == Role.OWNER else "mute", "shield")

    def render_actions(self, record: Membership) -> str:
        """Change role, remove."""
        change = cells.action(self.address("change_role", record), _("Change role"), "user-cog", dialog=True)
        remove = cells.action(self.address("remove_member", record), _("Remove"), "user-minus", dialog=True)
        return SafeString(change + remove)


class KeyTable(_Linked):
    """One key a row."""

    name = Column(gettext_lazy("Name"), phone="lead")
    prefix = Column(gettext_lazy("Begins with"))
    scopes = Column(gettext_lazy("May"), empty_values=())
    state = Column(gettext_lazy("State"), empty_values=(), phone="side")
    created = Column(gettext_lazy("Created"), accessor="created_at")
    by = Column(gettext_lazy("By"), accessor="created_by")
    used = Column(gettext_lazy("Last used"), accessor="last_used_at")
    expires = Column(gettext_lazy("Expires"), accessor="expires_at")
    actions = Column(gettext_lazy("Actions"), empty_values=())

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def render_name(self, record: ApiKey) -> str:
        """The name, as the way to the log of its calls."""
        return cells.link(self.address("key", record), record.name)

    def render_prefix(self, value: str) -> str:
        """The beginning of the key; there is nothing to copy."""
        return cells.code(f"{value}…", copy=False)

    def render_scopes(self, record: ApiKey) -> str:
        """The scopes in one word each."""
        known = {str(scope): str(scope.label).partition(":")[0] for scope in KeyScope}
        return cells.text(", ".join(known.get(scope, scope) for scope in record.scopes))

    def render_state(self, record: ApiKey) -> str:
        """In use, expired or revoked."""
        if record.revoked_at:
            return cells.badge(_("Revoked"), "bad")
        return cells.badge(_("In use"), "ok") if record.is_usable(self.now) else cells.badge(_("Expired"), "mute")

    def render_actions(self, record: ApiKey) -> str:
        """Revoke what still opens something."""
        if not record.is_usable(self.now):
            return cells.dash()
        return cells.action(self.address("revoke_key", record), _("Revoke"), "ban", dialog=True)


class CallTable(Table):
    """One call a row."""

    call = Column(gettext_lazy("Call"), empty_values=(), accessor="route", phone="lead")
    status = Column(gettext_lazy("Answer"), empty_values=(), phone="side")
    code = Column(gettext_lazy("Code"))
    milliseconds = Column(gettext_lazy("Milliseconds"), numeric=True)
    at = Column(gettext_lazy("When"))
    operation = Column(gettext_lazy("Idempotency-Key"))
    request = Column(gettext_lazy("Request id"), accessor="request_id")

    def render_call(self, record: ApiCall) -> str:
        """Method and route, whose blanks hold no ids."""
        return cells.code(f"{record.method} /{record.route}", copy=False)

    def render_status(self, record: ApiCall) -> str:
        """The status, by its class."""
        tone = "ok" if record.status < 400 else "bad" if record.status >= 500 else "warn"  # noqa: PLR2004 - HTTP's
        return cells.badge(record.status, tone, "circle-alert" if tone == "warn" else "")

    def render_code(self, value: str) -> str:
        """The code of the problem."""
        return cells.code(value, copy=False)

    def render_operation(self, value: str) -> str:
        """The fingerprint of the key; the same one means the same operation."""
        return cells.code(value[:8], copy=False)

    def render_request(self, value: str) -> str:
        """The id by which our own logs know it."""
        return cells.code(value[:12], copy=False)


class AuditTable(Table):
    """One change a row."""

    at = Column(gettext_lazy("When"), phone="side")
    action = Column(gettext_lazy("Action"), phone="lead")
    actor = Column(gettext_lazy("Who"))
    target = Column(gettext_lazy("Target"), accessor="target_type")
    changes = Column(gettext_lazy("Changes"), empty_values=())
    reason = Column(gettext_lazy("Reason"))
    ip = Column(gettext_lazy("From"))

    def __init__(self, *args: Any, names: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names

    def row_label(self, record: AuditEvent) -> str:
        """Return the action."""
        return action_label(record.action)

    def render_action(self, value: str) -> str:
        """The action in words."""
        return action_label(value)

    def render_actor(self, value: str) -> str:
        """A person's name; the system, a customer or a key by kind."""
        return self.names.get(value) or str(ACTORS.get(Actor.parse(value).kind, value))

    def render_target(self, value: str) -> str:
        """The kind of thing."""
        return target_label(value)

    def render_changes(self, record: AuditEvent) -> str:
        """Each changed value, before and after."""
        before, after = record.before or {}, record.after or {}
        said = _fact if record.before is None or record.after is None else _change
        parts = [
            said(name, before.get(name), after.get(name))
            for name in {**before, **after}
            if before.get(name) not in EMPTY or after.get(name) not in EMPTY
        ]
        return cells.long_text("; ".join(parts), limit=90) if parts else cells.dash()


def _fact(name: str, before: Any, after: Any) -> str:
    return f"{name.replace('_', ' ')}: {_plain(before if after in EMPTY else after)}"


def _change(name: str, before: Any, after: Any) -> str:
    # Also where one side is empty: what was set must not read like what was cleared.
    return f"{name.replace('_', ' ')}: {_plain(before)} → {_plain(after)}"


def _plain(value: Any) -> str:
    if value in EMPTY:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        parts = (f"{name.replace('_', ' ')}: {_plain(one)}" for name, one in value.items() if one not in EMPTY)
        return ", ".join(parts) or _("yes")
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
