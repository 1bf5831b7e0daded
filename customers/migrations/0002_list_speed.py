"""Words of a customer, looked up in an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The index of a customer's words holds the words."""

    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="customertoken", name="customer_token_row"),
        migrations.AddIndex(
            model_name="customertoken",
            index=models.Index(fields=["merchant", "row", "token"], name="customer_token_row"),
        ),
    ]
