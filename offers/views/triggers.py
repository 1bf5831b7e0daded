"""The triggers of an offer."""

from django.utils.translation import gettext_lazy as _

from offers.triggers import OFFERS
from tenancy.roles import Role
from triggers.views import TrialPage, TriggerFormPage

ADDRESSES = ("offers:offers", "offers:offer", "offers:offer_triggers", "offers:offer_trial")


class OfferTriggers(TriggerFormPage):
    """On which occasions members are given the offer by itself."""

    role = Role.ADMIN
    target = OFFERS
    addresses = ADDRESSES
    list_title = _("Offers")
    flag_label = _("Its responses start as Clipped")


class OfferTrial(TrialPage):
    """To whom the offer would have been given."""

    role = Role.VIEWER
    target = OFFERS
    addresses = ADDRESSES
    list_title = _("Offers")
