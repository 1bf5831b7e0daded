"""Indexes of the lists."""

from django.db import migrations


class Migration(migrations.Migration):
    """Indexes of the lists."""

    dependencies = [("messaging", "0002_texts")]

    operations = []
