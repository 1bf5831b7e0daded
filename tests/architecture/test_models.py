"""Every table belongs to a merchant, or is excused here by name with its reason."""

from django.apps import apps

from tenancy.base import MerchantForeignKey, MerchantModel
from tests.architecture.house import ROOMS

EXCUSED = {
    "tenancy.Merchant": "the merchant itself",
    "tenancy.User": "a person may work for several merchants",
    "tenancy.Membership": "says which merchant's door may be opened",
    "tenancy.SecurityEvent": "a failed sign-in has no merchant yet",
    "tenancy.ThrottleBucket": "holds keyed hashes only",
    "tenancy.UsedCounter": "belongs to a person, as the second factor does",
    "jobs.PeriodicRun": "a tick of the clock belongs to nobody",
}


def test_give_every_table_an_owner() -> None:
    ours = [model for model in apps.get_models() if model._meta.app_label in ROOMS]
    free = {model._meta.label for model in ours if not issubclass(model, MerchantModel)}
    assert free - set(EXCUSED) == set()


def test_refer_to_merchants_rows_by_merchant() -> None:
    wrong = []
    for model in apps.get_models():
        for field in model._meta.local_fields:
            target = getattr(field, "related_model", None)
            ours = isinstance(target, type) and issubclass(target, MerchantModel)
            if ours and not isinstance(field, MerchantForeignKey):
                wrong.append(f"{model._meta.label}.{field.name}")
    assert wrong == []


def test_begin_every_index_with_the_merchant() -> None:
    wrong = []
    for model in apps.get_models():
        if not issubclass(model, MerchantModel):
            continue
        for part in [*model._meta.indexes, *model._meta.constraints]:
            fields = getattr(part, "fields", ())
            if fields and fields[0].lstrip("-") != "merchant":
                wrong.append(f"{model._meta.label}.{part.name}")
    assert wrong == []


def test_use_no_automatic_many_to_many() -> None:
    ours = [model for model in apps.get_models() if model._meta.app_label in ROOMS]
    assert [f"{m._meta.label}.{f.name}" for m in ours for f in m._meta.local_many_to_many] == []
