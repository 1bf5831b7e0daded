"""The acts: what each changes on a claim, the same as its single service does."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from claims_center.bulk import outcomes
from claims_center.bulk.changes import Change
from claims_center.bulk.desk import Desk, is_address
from claims_center.models import Claim
from claims_center.services.base import GIFT_MAIL, ORIGIN
from claims_center.services.gift_back import clear_gift, facts_of_gift, is_leaving, stop_mails
from claims_center.services.gifts import gift_key, put_gift
from claims_center.services.notices import REJECTED, kind_when_processed
from claims_center.services.processing import clear_processing, take_shipping, what_was_given
from claims_center.services.verdicts import needs_override
from claims_center.states import Event
from claims_center.waiting import where
from codes.errors import PoolBusy, PoolEmpty
from codes.models import Code
from codes.services import take
from codes.states import CodeState
from codes.stock import give_up_many, take_many
from codes.waiting import wait
from ledger.acts import Step
from ledger.units import Unit
from tenancy.ids import new_id
from tenancy.models import User


def verify(claims: Sequence[Claim], desk: Desk) -> list[Change]:
    """Verify; the reason is kept with those that need one."""
    return [_verified(claim, desk) for claim in claims]


def _verified(claim: Claim, desk: Desk) -> Change:
    change = Change(claim, Event.VERIFIED, reason=desk.given.reason if needs_override(claim=claim) else "")
    claim.verified_at = desk.now
    change.move()
    change.post(desk.actor)
    return change


def send_gift(claims: Sequence[Claim], desk: Desk) -> list[Change]:
    """Take codes, issue vouchers, queue the mails."""
    for claim in claims:
        if not is_address(claim):
            desk.skip(claim, outcomes.NO_MAIL)
    codes = _codes_for([claim for claim in claims if claim.id not in desk.skipped], desk)
    changes = [_sent(claim, codes.get(claim.id), desk) for claim in claims if claim.id not in desk.skipped]
    without = [claim for claim in claims if desk.skipped.get(claim.id) == outcomes.NO_CODE]
    return changes + _waiting(without, desk) if desk.given.wait else changes


def _waiting(claims: Sequence[Claim], desk: Desk) -> list[Change]:
    """Put claims without a code at the end of their pool's line; those that stand there keep their place."""
    changes = []
    known = {claim.id for claim in claims if where(claim) is not None}
    for claim in claims:
        pool = claim.promotion.pool
        if pool is None or pool.archived_at is not None:
            continue
        desk.skip(claim, outcomes.WAITS)
        if claim.id not in known:
            wait(pool_id=pool.id, origin=ORIGIN, origin_id=claim.id, now=desk.now, actor=desk.actor)
            detail = {"item": pool.name}
            changes.append(Change(claim, Event.CODE_AWAITED, detail=detail, outcome=outcomes.WAITS))
    return changes


def _sent(claim: Claim, code: Code | None, desk: Desk) -> Change:
    change = Change(claim, Event.GIFT_SENT)
    change.remember_words()
    grant_id = new_id()
    change.detail = put_gift(claim=claim, promotion=claim.promotion, code=code, grant_id=grant_id, now=desk.now)
    step = Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=grant_id, code=claim.gift_code or None)
    change.post(desk.actor, step)
    desk.mail(claim, GIFT_MAIL, gift_key(claim=claim))
    return change


def _codes_for(claims: Sequence[Claim], desk: Desk) -> dict[uuid.UUID, Code]:
    """Take a code for each claim whose gift comes from a pool; those for whom none is left are skipped."""
    pools: dict[uuid.UUID, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.promotion.pool_id is not None:
            pools[claim.promotion.pool_id].append(claim)
    codes: dict[uuid.UUID, Code] = {}
    for pool_id in sorted(pools):
        ids = [claim.id for claim in pools[pool_id]]
        codes |= take_many(pool_id=pool_id, origin=ORIGIN, origin_ids=ids, now=desk.now)
        for claim in pools[pool_id]:
            if claim.id not in codes and not _last_code(pool_id, claim, codes, desk):
                desk.skip(claim, outcomes.NO_CODE)
    return codes


def _last_code(pool_id: uuid.UUID, claim: Claim, codes: dict[uuid.UUID, Code], desk: Desk) -> bool:
    """Take what others were taking a moment ago and may have given back; False once the pool is empty."""
    if not Code.objects.filter(pool_id=pool_id, state=CodeState.FREE).exists():
        return False
    try:
        codes[claim.id] = take(pool_id=pool_id, origin=ORIGIN, origin_id=claim.id, now=desk.now, actor=desk.actor)
    except (PoolEmpty, PoolBusy):
        return False
    return True


def process(claims: Sequence[Claim], desk: Desk) -> list[Change]:
    """Draw the vouchers that were sent; issue and draw those of gifts that are shipped, as they are now."""
    changes = [_processed(claim, desk) for claim in claims]
    for kind in {kind_when_processed(claim=claim) for claim in claims}:
        told = desk.notices([one for one in claims if kind_when_processed(claim=one) == kind], kind)
        _tell([claim for claim in claims if claim.id in told], kind, desk)
    return changes


def _processed(claim: Claim, desk: Desk) -> Change:
    change = Change(claim, Event.PROCESSED)
    if claim.is_physical:
        take_shipping(claim=claim, now=desk.now)
    claim.processed_at, claim.processed_by = desk.now, str(desk.actor)
    change.detail = what_was_given(claim=claim)
    change.move()
    claim.processed_entry_id = draw(change, desk)
    return change


def draw(change: Change, desk: Desk) -> uuid.UUID:
    """Have the claim's voucher drawn, issued by the same entry where there is none; return the entry's id."""
    claim, steps = change.claim, []
    if claim.grant_id is None:
        claim.grant_id = new_id()
        steps = [Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=claim.grant_id)]
    return change.post(desk.actor, *steps, Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=claim.grant_id))


def unprocess(claims: Sequence[Claim], desk: Desk) -> list[Change]:
    """Reverse the processing."""
    return [_unprocessed(claim, desk) for claim in claims]


def _unprocessed(claim: Claim, desk: Desk) -> Change:
    change = Change(claim, Event.UNPROCESSED)
    change.reverse(desk.actor, cast("uuid.UUID", claim.processed_entry_id))
    clear_processing(claim=claim, now=desk.now)
    change.move()
    return change


def reject(claims: Sequence[Claim], desk: Desk) -> list[Change]:
    """Reject; gifts that were sent are taken back, their mails stopped where they wait, their codes returned or burnt."""
    if desk.given.return_code:
        for claim in claims:
            if is_leaving(claim=claim, mail=desk.waiting.get(claim.id)):
                desk.skip(claim, outcomes.MAIL_LEAVING)
        claims = [claim for claim in claims if claim.id not in desk.skipped]
    codes = [claim.code_id for claim in claims if claim.code_id is not None]
    give_up_many(code_ids=codes, burnt=not desk.given.return_code, actor=desk.actor, reason=desk.given.reason)
    changes = [Change(claim, Event.REJECTED, reason=desk.given.reason) for claim in claims]
    stop_mails(claims=claims, mails=desk.waiting, now=desk.now)
    for change in changes:
        _reject(change, desk)
    told = desk.notices(claims, REJECTED)
    _tell([claim for claim in claims if claim.id in told], REJECTED, desk)
    desk.recheck += claims
    return changes


def _reject(change: Change, desk: Desk) -> None:
    claim = change.claim
    if claim.grant_id is not None:
        change.remember_words()
        change.detail = facts_of_gift(claim=claim, return_code=desk.given.return_code)
        change.post(desk.actor, Step.revoke(grant_id=claim.grant_id))
        clear_gift(claim=claim)
    else:
        change.post(desk.actor)
    claim.verified_at = None
    change.move()


def assign(claims: Sequence[Claim], desk: Desk) -> list[Change]:
    """Give the claims to one person, or to nobody."""
    user = desk.given.user_id
    name = str(User.objects.get(id=user))[:200] if user else ""
    return [_assigned(claim, user, name) for claim in claims]


def _assigned(claim: Claim, user: uuid.UUID | None, name: str) -> Change:
    change = Change(claim, Event.ASSIGNED, detail={"user": str(user or "")})
    claim.assignee_id, claim.assignee_name = user, name
    return change


def _tell(claims: Sequence[Claim], kind: str, desk: Desk) -> None:
    for claim in claims:
        number = claim.version + 1
        desk.mail(claim, kind, f"{kind}:{claim.id}:{number}", change=number)
