"""Words for what the audit log records. Rooms above name their own actions; those read well enough as they are."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Any] = {
    "merchant.created": _("Merchant created"),
    "merchant.changed": _("Settings changed"),
    "member.invited": _("Member invited"),
    "member.invitation_withdrawn": _("Invitation withdrawn"),
    "member.joined": _("Member joined"),
    "member.role_changed": _("Role changed"),
    "member.removed": _("Member removed"),
    "api_key.created": _("API key created"),
    "api_key.revoked": _("API key revoked"),
    "sandbox.created": _("Sandbox made"),
    "retention.changed": _("Retention changed"),
    "audit.cleaned": _("Old audit events removed"),
}
TARGETS: dict[str, Any] = {
    "merchant": _("Merchant"),
    "member": _("Member"),
    "invitation": _("Invitation"),
    "api_key": _("API key"),
    "retention": _("Retention"),
    "audit_event": _("Audit event"),
    "webhook_endpoint": _("Webhook endpoint"),
    "webhook_delivery": _("Webhook message"),
}

# Actors who are no colleague of ours any more, or never were one.
ACTORS: dict[str, Any] = {
    "system": _("System"),
    "customer": _("A customer"),
    "api_key": _("API key"),
    "user": _("Former member"),
}


def action_label(action: str) -> str:
    """Return the words for an action: `funnel.published` reads "Funnel published"."""
    return str(ACTIONS.get(action) or action.replace(".", " ").replace("_", " ").capitalize())


def target_label(target: str) -> str:
    """Return the words for a kind of thing."""
    return str(TARGETS.get(target) or target.replace("_", " ").capitalize())
