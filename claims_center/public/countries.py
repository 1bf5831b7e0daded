"""Countries for a mailing address, named in the active language."""

import functools

from django.utils.translation import gettext as _

from ui.locale import current_locale

# Territories of CLDR that are no country to send a parcel to.
NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AQ", "BV", "HM", "CP", "AC", "TA", "DG", "CQ"})


@functools.cache
def _named(tag: str) -> tuple[tuple[str, str], ...]:
    territories = current_locale().territories
    found = [(code, name) for code, name in territories.items() if len(code) == 2 and code.isalpha()]  # noqa: PLR2004
    return tuple(sorted((one for one in found if one[0] not in NOT_COUNTRIES), key=lambda one: one[1].casefold()))


def country_choices() -> list[tuple[str, str]]:
    """Return (code, name) by name, with an empty choice first."""
    return [("", _("Choose a country")), *_named(str(current_locale()))]
