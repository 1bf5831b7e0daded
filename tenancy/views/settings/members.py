"""Who works for the merchant."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from tenancy import ordering
from tenancy.filters import MemberFilter
from tenancy.forms import InvitationForm, RoleForm
from tenancy.lists import StaffListView
from tenancy.mail import send_invitation
from tenancy.models import Invitation, Membership
from tenancy.roles import Role
from tenancy.selectors import member, members_of, open_invitations
from tenancy.services import members as services
from tenancy.tables import MemberTable
from tenancy.throttle import Limit, take
from tenancy.views.settings.base import DialogPage, SettingsPage

INVITATIONS = Limit("invitations", 50, 3600)


class Members(SettingsPage, StaffListView):
    """Members and open invitations."""

    section = "members"
    title = gettext_lazy("Settings")
    template_name = "tenancy/settings/members.html"
    table_class = MemberTable
    filterset_class = MemberFilter
    sorts = ordering.MEMBERS
    default_sort = "person"
    counted = ngettext_lazy("%(shown)s member", "%(shown)s members", "number")

    def get_queryset(self) -> QuerySet[Membership]:
        """Return everybody who works for the merchant."""
        return members_of(self.request.merchant)

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to."""
        return {"merchant_slug": self.request.merchant.slug}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the open invitations."""
        return super().get_context_data(invitations=open_invitations(), now=timezone.now(), **context)


class Invite(DialogPage):
    """Invite somebody."""

    section = "members"
    reauthenticate = True
    title = gettext_lazy("Invite a member")
    text = gettext_lazy("We send a link that works once, for seven days.")
    submit_label = gettext_lazy("Send invitation")

    def make_form(self, data: Any = None) -> InvitationForm:
        """Return the form."""
        return InvitationForm(data, initial={"role": Role.AGENT})

    def save(self, form: InvitationForm) -> HttpResponse:
        """Invite, then send the link."""
        return self.invite(form.cleaned_data["email"], form.cleaned_data["role"])

    def invite(self, email: str, role: Role) -> HttpResponse:
        """Make the invitation and send its link once it is committed."""
        merchant = self.request.merchant
        take(INVITATIONS, str(merchant.pk))
        invitation, token = services.invite(
            merchant=merchant, email=email, role=role, actor=self.actor, now=timezone.now()
        )
        link = self.request.build_absolute_uri(reverse("join", args=[token]))
        inviter = str(self.request.user)
        send = partial(send_invitation, merchant=merchant, invitation=invitation, link=link, inviter=inviter)
        transaction.on_commit(send, robust=True)
        self.say(_("%(email)s is invited.") % {"email": invitation.email})
        return HttpResponseRedirect(self.address("members"))


def _invitation(key: Any) -> Invitation:
    found: Invitation | None = Invitation.objects.filter(pk=key, accepted_at=None).first()
    if found is None:
        raise Http404
    return found


class InviteAgain(Invite):
    """Send a new link in place of an old one."""

    title = gettext_lazy("Send a new link")
    text = gettext_lazy("The old link stops working.")
    submit_label = gettext_lazy("Send")

    def prepare(self) -> None:
        """Find the old invitation."""
        self.invitation = _invitation(self.kwargs["pk"])

    def make_form(self, data: Any = None) -> Any:
        """Return no form: address and role stay."""
        return None

    def more(self) -> dict[str, Any]:
        """Say who it is for."""
        return {**super().more(), "text": f"{self.invitation.email}: {self.text}"}

    def save(self, form: Any) -> HttpResponse:
        """Invite the same address once more."""
        return self.invite(self.invitation.email, Role(self.invitation.role))


class Withdraw(DialogPage):
    """Withdraw an invitation."""

    section = "members"
    title = gettext_lazy("Withdraw the invitation")
    text = gettext_lazy("Its link stops working.")
    submit_label = gettext_lazy("Withdraw")
    tone = "bad"

    def prepare(self) -> None:
        """Find the invitation."""
        self.invitation = _invitation(self.kwargs["pk"])

    def more(self) -> dict[str, Any]:
        """Say whose it is."""
        return {**super().more(), "text": f"{self.invitation.email}: {self.text}"}

    def save(self, form: Any) -> HttpResponse:
        """Withdraw it."""
        services.withdraw_invitation(invitation_id=self.kwargs["pk"], actor=self.actor, now=timezone.now())
        self.say(_("The invitation is withdrawn."))
        return HttpResponseRedirect(self.address("members"))


class ChangeRole(DialogPage):
    """Give a member another role."""

    section = "members"
    reauthenticate = True
    title = gettext_lazy("Change role")
    submit_label = gettext_lazy("Change role")

    def prepare(self) -> None:
        """Find the member; 404 for anybody else's."""
        found = member(self.request.merchant, self.kwargs["pk"])
        if found is None:
            raise Http404
        self.member = found

    def make_form(self, data: Any = None) -> RoleForm:
        """Return the form with the present role."""
        return RoleForm(data, initial={"role": self.member.role})

    def save(self, form: RoleForm) -> HttpResponse:
        """Change it; whoever gives up their own ownership is taken to the start."""
        changed = services.change_role(
            merchant=self.request.merchant,
            membership_id=self.kwargs["pk"],
            role=form.cleaned_data["role"],
            actor=self.actor,
        )
        self.say(_("%(person)s is %(role)s now.") % {"person": changed.user, "role": Role(changed.role).label})
        is_own = changed.user_id == self.request.user.pk and changed.role < Role.OWNER
        return HttpResponseRedirect("/" if is_own else self.address("members"))

    def more(self) -> dict[str, Any]:
        """Say whose role it is."""
        return {**super().more(), "text": str(self.member.user)}


class Remove(ChangeRole):
    """Remove a member."""

    title = gettext_lazy("Remove member")
    submit_label = gettext_lazy("Remove")
    tone = "bad"

    def make_form(self, data: Any = None) -> Any:
        """Return no form."""
        return None

    def save(self, form: Any) -> HttpResponse:
        """Remove the member."""
        person = self.member.user
        services.remove_member(merchant=self.request.merchant, membership_id=self.kwargs["pk"], actor=self.actor)
        self.say(_("%(person)s is removed.") % {"person": person})
        return HttpResponseRedirect("/" if person == self.request.user else self.address("members"))

    def more(self) -> dict[str, Any]:
        """Say who it is, and what stays."""
        text = _("%(person)s loses access at once. What they did stays in the history.")
        return {**super().more(), "text": text % {"person": self.member.user}}
