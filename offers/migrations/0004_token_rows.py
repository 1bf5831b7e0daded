"""The words of a response in the index by which they are looked up, so that a search need not read their table."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("offers", "0003_triggers")]

    operations = [
        AddIndexConcurrently(
            "offertoken", models.Index(fields=["merchant", "row", "token"], name="response_token_of_row")
        ),
        RemoveIndexConcurrently("offertoken", "response_token_row"),
    ]
