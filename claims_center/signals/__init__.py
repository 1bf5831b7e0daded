"""Signs that claims may not be what they seem: the same order, address, phone or mailbox, or too many of one person.

Signals are shown and decide nothing: no claim is held up or rejected by one. Each says in words what it saw and leads to
the claims that it saw it in. They are worked out of what a claim needs to be fulfilled; what the customer thinks of the
product, and whether that was shared, is not read here.
"""

from claims_center.signals.found import Signal, signals_of, signals_of_customer
from claims_center.signals.traits import forget_traits, write_traits

__all__ = ["Signal", "forget_traits", "signals_of", "signals_of_customer", "write_traits"]
