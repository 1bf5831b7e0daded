"""What the list of bulk acts is sorted by, and the claims of one."""

from typing import Any

from django.db.models import TextField, Value
from django.db.models.functions import Coalesce, NullIf

from claims_center.bulk.acts import ACTS
from claims_center.bulk.outcomes import WORDS
from claims_center.states import Status
from jobs.bulk.ordering import act_sorts, outcome_words
from ui.sorting import Made, begin_of, ranked

WHOSE = Coalesce(NullIf("claim__customer_name", Value("")), "claim__customer_email", output_field=TextField())

ACTS_BY = act_sorts(ACTS)
ROWS_BY: dict[str, Any] = {
    "position": "position",
    "claim": begin_of(WHOSE),
    "outcome": Made(lambda: outcome_words(WORDS, {name: act.already for name, act in ACTS.items()})),
    "product": begin_of("claim__product_title"),
    "status": ranked("claim__status", Status.values),
    "submitted": "claim__submitted_at",
}
