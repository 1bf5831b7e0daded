"""What the builder of a funnel shows, put together."""

from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from claims_center.catalogue.forms import FunnelForm
from claims_center.catalogue.forms.funnels import SECTIONS
from claims_center.catalogue.live import Live
from claims_center.models import Funnel
from tenancy.models import AuditEvent, User
from ui import locale

# Columns that stand in the form under another name, or under several.
SHOWN_AS = {"promotion_id": _lazy("Promotion"), "products": _lazy("Products"), "texts": _lazy("Texts")}
SYSTEM = _lazy("Somebody")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form under one heading; open from the start where something in it is wrong, or it comes first."""

    name: str
    title: Any
    fields: list[BoundField]

    @property
    def is_wrong(self) -> bool:
        """Say whether a field of it has an error."""
        return any(field.errors for field in self.fields)


def builder_page(request: Any, funnel: Funnel | None, form: FunnelForm, back: str) -> dict[str, Any]:
    """Return the context of the builder, its preview included."""
    live = Live(form, request.merchant)
    shown = live.page(request.POST.get("preview_step", ""))
    name = [(funnel.name, back), (_("Edit"), "")] if funnel else [(_("New"), "")]
    return {
        "title": _("Edit funnel") if funnel else _("New funnel"),
        "crumbs": [(_("Smart Funnels"), f"/m/{request.merchant.slug}/funnels/"), *name],
        "form": form,
        "funnel": funnel,
        "first_fields": [form["name"], form["slug"]],
        "sections": sections(form),
        "picker": form.picker,
        "cancel_url": back,
        "zone": request.merchant.time_zone,
        "is_live": funnel is not None and funnel.is_open(timezone.now()),
        "live": live,
        "shown": shown,
        "tabs": live.tabs(shown.name),
    }


def sections(form: FunnelForm) -> list[Section]:
    """Return the form's fields by section."""
    return [Section(name, title, [form[one] for one in names if one in form.fields]) for name, title, names in SECTIONS]


def changed_meanwhile(funnel: Funnel, form: FunnelForm) -> str:
    """Say who saved the funnel meanwhile, when and what; let the form be saved over it with one more press."""
    data: Any = form.data
    form.data = data.copy()
    form.data["version"] = str(Funnel.objects.values_list("version", flat=True).get(pk=funnel.pk))  # type: ignore[index]
    event = AuditEvent.objects.filter(target_type="funnel", target_id=funnel.pk, action="funnel.updated").latest("at")
    who = User.objects.filter(pk=event.actor.removeprefix("user:")).first() if event.actor.startswith("user:") else None
    sentence = _(
        "%(who)s saved this funnel at %(time)s and changed: %(fields)s. Nothing of yours was saved yet. What you typed "
        "is still here; save once more to put it in the place of theirs."
    )
    fields = ", ".join(sorted({label_of(name, form) for name in event.after or {}}))
    return sentence % {"who": who or SYSTEM, "time": locale.moment(event.at), "fields": fields}


def label_of(name: str, form: FunnelForm) -> str:
    """Return what the builder calls a column."""
    return str(SHOWN_AS.get(name) or (form.fields[name].label if name in form.fields else name))
