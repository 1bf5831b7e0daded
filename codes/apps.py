"""Code pools: which code goes to whom."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CodesConfig(AppConfig):
    """The room of code pools."""

    name = "codes"
    verbose_name = _("Code pools")
