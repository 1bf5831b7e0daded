"""Ways out: where a finished file is brought."""

from exports.destinations.contract import Delivery, DeliveryRefused, Manifest
from exports.destinations.ways import open  # noqa: A004 - exports.destinations.open reads as what it does

__all__ = ["Delivery", "DeliveryRefused", "Manifest", "open"]
