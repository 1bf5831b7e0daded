"""Who may have the rows of a list as a file."""

from exports.catalogue import datasets
from tenancy.roles import Role

LEAST = Role.ADMIN


def may_export(name: str, *, role: int) -> bool:
    """Say whether somebody with this role may export this data: as an admin, and one who may see its list.

    Data that there is not (any more) is everybody's; the run says that it is gone.
    """
    found = datasets().get(name)
    return role >= LEAST and (found is None or role >= found.page.role)
