"""What a bulk action was asked to do: some rows by id, or every row that matches the filters."""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ui.cells import esc
from ui.filters import FilterSet
from ui.icons import icon

MOST_IDS = 1_000
_SALT = "ui.bulk"


def signed(query: str) -> str:
    """Return the filters of a list as its bulk bar posts them: nobody can make up others for "all that match"."""
    return signing.Signer(salt=_SALT).sign(query)


class BadSelection(Exception):  # noqa: N818 - it names what came in, not a failure of ours
    """The posted selection cannot be carried out; the text is fit to show."""


@dataclass(frozen=True)
class BulkAction:
    """One button of the bulk bar. `url` is the address, or the name of the address, of its confirmation page.

    The bar posts there: `id` for each ticked row, or `all=1`, and always `query`, the filters in force, signed.
    `role` is the least role (an integer) that sees the button; `tone` is "" or bad.
    """

    name: str
    label: Any
    icon: str = "check"
    tone: str = ""
    url: str = ""
    role: int = 0

    def button(self, url: str) -> SafeString:
        """The button as HTML, posting to `url`."""
        css = "btn btn-sm btn-bad" if self.tone == "bad" else "btn btn-sm"
        return SafeString(
            f'<button class="{css}" type="submit" formaction="{esc(url)}">{icon(self.icon, 14)}{esc(self.label)}</button>'
        )


@dataclass(frozen=True)
class Selection:
    """A posted selection: either `ids`, or everything that `query` (`status=new&q=ann`) finds.

    Carry it through the confirmation page with `ui/parts/selection.html`; keep `query` plain, it was checked.
    """

    ids: tuple[str, ...]
    everything: bool
    query: str

    @classmethod
    def from_post(cls, post: QueryDict) -> "Selection":
        """Read `id`, or `all` and the signed `query`.

        Raises BadSelection for an empty selection, more than 1,000 single ids, and filters that the list did not sign.
        """
        ids = tuple(dict.fromkeys(value for value in post.getlist("id") if value))
        everything = post.get("all") == "1"
        if not ids and not everything:
            raise BadSelection(_("No row was selected."))
        if len(ids) > MOST_IDS and not everything:
            raise BadSelection(_("Too many rows were selected one by one."))
        if not everything:
            return cls(ids, everything, "")
        try:
            return cls((), everything, signing.Signer(salt=_SALT).unsign(post.get("query", "")))
        except signing.BadSignature as error:
            raise BadSelection(_("The filters could not be read. Please select again.")) from error

    @property
    def signed_query(self) -> str:
        """The filters as the list posted them."""
        return signed(self.query)

    def rows(self, filterset_class: type[FilterSet], queryset: QuerySet) -> QuerySet:
        """Return the selected rows of `queryset`.

        "All that match" runs the list's own filter set again. A filter that is not understood any more refuses the
        whole: left out, as a page leaves it out, it would widen the selection to rows nobody meant.
        """
        if not self.everything:
            return queryset.filter(pk__in=self._keys(queryset))
        try:
            data = QueryDict(self.query)
        except Exception as error:  # too many fields, or bytes that are no text
            raise BadSelection(_("The filters could not be read.")) from error
        filterset = filterset_class(data, queryset=queryset)
        strangers = set(data) - set(filterset.params())
        if not filterset.is_valid() or strangers:
            raise BadSelection(_("The filters have changed meanwhile; please select again."))
        return filterset.qs

    def _keys(self, queryset: QuerySet) -> list[object]:
        pk = queryset.model._meta.pk
        try:
            return [pk.to_python(value) for value in self.ids]
        except (ValidationError, ValueError) as error:
            raise BadSelection(_("The selected rows could not be read.")) from error
