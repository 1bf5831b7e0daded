"""Counts of claims by day, kept in step with the claims themselves, so that figures over a million cost nothing.

Whatever writes a claim's status, its time of processing, its redirect, or a new claim says so in the same transaction
(`changed`, `changed_many`); whatever counts a visit does the same (`visited`, `started`). These append rows and lock
nothing. `fold` adds the rows up; `rebuild` counts everything anew. At every moment the sums are the truth.
"""

from claims_center.tallies.cells import Cell, cell_of, stored
from claims_center.tallies.folding import fold, rebuild
from claims_center.tallies.writing import changed, changed_many, started, visited

__all__ = ["Cell", "cell_of", "changed", "changed_many", "fold", "rebuild", "started", "stored", "visited"]
