"""Migration operations of tables that belong to merchants.

`MerchantTable` puts a new table behind its walls, `MerchantReference` makes one composite foreign key later,
`OverEveryMerchant` lets Django's own operations see all rows, `ForEachMerchant` changes data merchant by merchant.
"""

from tenancy.operations.data import ForEachMerchant, OverEveryMerchant
from tenancy.operations.sql import lifted_force, walls
from tenancy.operations.tables import MerchantReference, MerchantTable

__all__ = [
    "ForEachMerchant",
    "MerchantReference",
    "MerchantTable",
    "OverEveryMerchant",
    "lifted_force",
    "walls",
]
