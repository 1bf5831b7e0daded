"""What happens to a destination: made, changed, tested, its server's key confirmed, archived.

All of it runs in the merchant's scope. No audit event holds a secret.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from exports.errors import NotPossible
from exports.models import Destination
from jobs.services import enqueue
from tenancy.actors import Actor
from tenancy.audit import audit, what_changed
from tenancy.ids import new_id
from tenancy.models import User

KIND = "destination.test"
TESTED = ("test_asked_at", "tested_at", "test_words")
# Where a secret is sent; changing one of these asks for the secret anew, so that nobody sends it where it does not belong.
PLACES = ("host", "port", "username", "endpoint")
OFFERED = "offered_key"


def create(
    *, kind: str, name: str, settings: Mapping[str, Any], secret: Mapping[str, str], user: User, now: datetime
) -> Destination:
    """Make a destination with its secret encrypted, and audit it. Raises NotPossible for a name that is taken."""
    made: Destination = Destination.made_with(
        id=new_id(), kind=kind, name=name, settings=dict(settings), created_by=user, created_at=now
    )
    made.secret = dict(secret)
    _save(made, force_insert=True)
    target = ("destination", made.id)
    audit(action="destination.created", actor=Actor.user(user), target=target, after=_facts(made))
    return made


def change(
    *,
    destination_id: uuid.UUID,
    name: str,
    settings: Mapping[str, Any],
    secret: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> Destination:
    """Change a destination.

    1. Locks the row and saves name and settings; an empty `secret` leaves the one that is kept.
    2. Forgets what the last test said. 3. Audits the change. Where nothing differs, nothing is done.

    Raises NotPossible for a name that is taken, an archived destination, and a place that changes without its secret.
    """
    found = _locked(destination_id)
    before = _facts(found)
    if not secret and moved(found.settings, settings):
        raise NotPossible(_("Give the password or key again: it is not sent to another server by itself."))
    found.name, found.settings = name, dict(settings)
    if secret:
        found.secret = dict(secret)
    after = _facts(found) | ({"secret": "replaced"} if secret else {})
    if after == before:
        return found
    found.test_asked_at = found.tested_at = None
    found.test_words = ""
    _save(found)
    was, has = what_changed(before, after)
    audit(action="destination.changed", actor=actor, target=("destination", found.id), before=was, after=has)
    return found


def moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Say whether a secret of the first settings would be sent elsewhere by the second."""
    return any(before.get(name) != after.get(name) for name in PLACES)


def ask_test(*, destination_id: uuid.UUID, actor: Actor, now: datetime) -> Destination:
    """Have the connection tested by a job, since no network is used while a page is made; audits who asked.

    While one test runs, another is not begun. Raises NotPossible for an archived destination.
    """
    found = _locked(destination_id)
    if found.is_being_tested(at=now):
        return found
    found.test_asked_at, found.tested_at, found.test_words = now, None, ""
    found.save(update_fields=TESTED)
    enqueue(kind=KIND, payload={"destination": str(found.id)}, now=now, max_attempts=1)
    audit(action="destination.tested", actor=actor, target=("destination", found.id))
    return found


def note_test(*, destination: Destination, words: str, offered: str, now: datetime) -> None:
    """Keep what a test said ("" where all is well), and the host key that was shown where none is confirmed yet.

    A destination that was changed since the test was asked for is left alone. `now` is UTC.
    """
    settings = destination.settings | ({OFFERED: offered} if offered else {})
    rows = Destination.objects.filter(id=destination.id, test_asked_at=destination.test_asked_at)
    rows.update(tested_at=now, test_words=words[:300], settings=settings)


def confirm_key(*, destination_id: uuid.UUID, key: str, actor: Actor, now: datetime) -> Destination:
    """Make the host key that the last test was shown the only one that is accepted, and audit it.

    `key` is the one that the person looked at. Raises NotPossible where another one is on offer by now.
    """
    found = _locked(destination_id)
    if found.settings.get("host_key") == key:
        return found
    if not key or found.settings.get(OFFERED) != key:
        raise NotPossible(_("The server has shown another key since. Test the connection again."))
    settings = {name: value for name, value in found.settings.items() if name != OFFERED}
    found.settings = settings | {"host_key": key}
    found.test_asked_at = found.tested_at = None
    found.test_words = ""
    found.save(update_fields=["settings", *TESTED])
    target = ("destination", found.id)
    audit(action="destination.key_confirmed", actor=actor, target=target, after={"host_key": key})
    return found


def archive(*, destination_id: uuid.UUID, actor: Actor, now: datetime) -> Destination:
    """Take a destination out of use, forget its secret for good, and audit it; an archived one stays as it is.

    Exports that go there fail from now on and say so.
    """
    found: Destination = Destination.objects.select_for_update(of=("self",), no_key=True).get(id=destination_id)
    if found.archived_at is not None:
        return found
    found.archived_at = now
    found.secret = {"gone": "1"} if found.secret_sealed else {}
    found.save(update_fields=["archived_at", "secret_sealed"])
    audit(action="destination.archived", actor=actor, target=("destination", found.id), before=_facts(found))
    return found


def _locked(destination_id: uuid.UUID) -> Destination:
    found: Destination = Destination.objects.select_for_update(of=("self",), no_key=True).get(id=destination_id)
    if found.archived_at is not None:
        raise NotPossible(_("This destination is archived."))
    return found


def _save(destination: Destination, **how: Any) -> None:
    try:
        with transaction.atomic():
            destination.save(**how)
    except IntegrityError as error:
        raise NotPossible(_("Another destination has this name.")) from error


def _facts(destination: Destination) -> dict[str, Any]:
    return {"name": destination.name, "kind": destination.kind, **destination.settings}
