"""Saved views and list settings: made, changed, put in order. All of it runs in the merchant's scope.

A private view is its maker's alone: for anybody else it is not there. A shared one is the team's; its maker and admins
change it, everybody with the list may open it or begin with it.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tenancy.errors import NotFound, Refused
from tenancy.lists.kept import EVERYWHERE, Kept, setting_of
from tenancy.lists.preferences import set_preference
from tenancy.models import SavedView, UserPreference
from tenancy.roles import Role

MOST_VIEWS = 50


def may_share(role: int) -> bool:
    """Tell whether this role may make views for the team."""
    return role >= Role.AGENT


def may_change(*, maker_id: uuid.UUID, shared: bool, user_id: uuid.UUID, role: int) -> bool:
    """Tell whether this person may rename, update, share or delete a view."""
    return maker_id == user_id or (shared and role >= Role.ADMIN)


def save_view(
    *,
    list_name: str,
    name: str,
    query: str,
    display: Mapping[str, Any],
    shared: bool,
    user_id: uuid.UUID,
    role: int,
    now: datetime,
) -> SavedView:
    """Keep a view of a list under a name and return it.

    Raises Refused for a name that is taken, a share by somebody who may not, and more than 50 views of one person.
    """
    _check_share(shared=shared, role=role)
    if SavedView.objects.filter(list_name=list_name, user=user_id).count() >= MOST_VIEWS:
        raise Refused(_("You have %(most)s views of this list. Delete one first.") % {"most": MOST_VIEWS})
    view = SavedView.made_with(
        list_name=list_name,
        name=name,
        user_id=user_id,
        shared=shared,
        query=query,
        display=dict(display),
        created_at=now,
        updated_at=now,
    )
    _store(view)
    return view


def change_view(
    *, view_id: uuid.UUID, name: str, shared: bool, user_id: uuid.UUID, role: int, now: datetime
) -> SavedView:
    """Give a view another name, or another audience, and return it. Raises NotFound, or Refused in words."""
    view = _locked(view_id=view_id, user_id=user_id, role=role)
    if shared and not view.shared:
        _check_share(shared=shared, role=role)
    view.name, view.shared, view.updated_at = name, shared, now
    _store(view)
    return view


def update_view(
    *, view_id: uuid.UUID, query: str, display: Mapping[str, Any], user_id: uuid.UUID, role: int, now: datetime
) -> SavedView:
    """Make a view hold other filters and looks, and return it. Raises NotFound, or Refused in words."""
    view = _locked(view_id=view_id, user_id=user_id, role=role)
    view.query, view.display, view.updated_at = query, dict(display), now
    view.save(update_fields=["query", "display", "updated_at"])
    return view


def delete_view(*, view_id: uuid.UUID, user_id: uuid.UUID, role: int) -> None:
    """Delete a view; lists that began with it begin with everything. Raises NotFound, or Refused in words."""
    _locked(view_id=view_id, user_id=user_id, role=role).delete()


def open_with(*, view_id: uuid.UUID, on: bool, user_id: uuid.UUID) -> None:
    """Make the view's list begin with it for this person, or with everything again. Raises NotFound."""
    view = seen_view(view_id=view_id, user_id=user_id)
    remember(user_id=user_id, name=setting_of(view.list_name), first=str(view_id) if on else None)


def move_view(*, kept: Kept, list_name: str, view_id: uuid.UUID, step: int, user_id: uuid.UUID) -> None:
    """Move a view by `step` places among those that this person sees, for this person alone. Raises NotFound."""
    keys = [str(view.id) for view in kept.views]
    if str(view_id) not in keys:
        raise NotFound
    place = keys.index(str(view_id))
    keys.insert(max(0, place + step), keys.pop(place))
    remember(user_id=user_id, name=setting_of(list_name), order=keys)


def draw_with(*, list_name: str, display: Mapping[str, Any], user_id: uuid.UUID) -> None:
    """Remember how this person wants lists drawn: columns for this list, row height and page size for every list.

    Only what `display` names is changed; None forgets it.
    """
    columns = {name: value for name, value in display.items() if name == "columns"}
    others = {name: value for name, value in display.items() if name != "columns"}
    if columns:
        remember(user_id=user_id, name=setting_of(list_name), **columns)
    if others:
        remember(user_id=user_id, name=EVERYWHERE, **others)


def remember(*, user_id: uuid.UUID, name: str, **changes: Any) -> None:
    """Change parts of a preference that is a dictionary; None removes a part."""
    with transaction.atomic():
        row = UserPreference.objects.select_for_update().filter(user=user_id, name=name).first()
        before = row.value if row is not None and isinstance(row.value, dict) else {}
        after = {key: value for key, value in {**before, **changes}.items() if value is not None}
        set_preference(user_id=user_id, name=name, value=after)


def seen_view(*, view_id: uuid.UUID, user_id: uuid.UUID) -> SavedView:
    """Return a view that this person may see. Raises NotFound."""
    found: SavedView | None = SavedView.objects.filter(Q(user=user_id) | Q(shared=True), pk=view_id).first()
    if found is None:
        raise NotFound
    return found


def _locked(*, view_id: uuid.UUID, user_id: uuid.UUID, role: int) -> SavedView:
    rows = SavedView.objects.select_for_update()
    view: SavedView | None = rows.filter(Q(user=user_id) | Q(shared=True), pk=view_id).first()
    if view is None:
        raise NotFound
    if not may_change(maker_id=view.user_id, shared=view.shared, user_id=user_id, role=role):
        raise Refused(_("Only its maker and admins change a view that is shared."))
    return view


def _check_share(*, shared: bool, role: int) -> None:
    if shared and not may_share(role):
        raise Refused(_("Your role does not share views. Keep it for yourself."))


def _store(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise Refused(_("There is a view with the name “%(name)s” already.") % {"name": view.name}) from error
