"""What a room tells about its bulk acts: its tables, its words, its acts, and how a batch of documents is done."""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, Protocol

from jobs.bulk import outcomes
from tenancy.base import MerchantModel
from ui.filters import FilterSet
from ui.forms import StyledForm


class Seen(NamedTuple):
    """One document of a selection: which, and its version at the preview."""

    id: uuid.UUID
    version: int


class Done(NamedTuple):
    """What an act did to one document: the number of the change in its history, and the columns as they were."""

    seq: int
    before: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its words, and what it asks before it begins.

    `already` is why it need not be done; `lasts` says why an act can never be undone, "" for those that can be.
    """

    name: str
    label: Any
    icon: str
    already: Any = outcomes.WORDS[outcomes.ALREADY]
    tone: str = ""
    form: type[StyledForm] | None = None
    lasts: Any = ""


class Batch(Protocol):
    """Documents of one transaction, held: `documents` by id; `skipped` fills while they are done."""

    skipped: dict[uuid.UUID, str]

    @property
    def documents(self) -> Mapping[uuid.UUID, Any]:
        """The documents by id."""

    def judge(self, document: Any) -> str:
        """Return the letter of why a document is left as it is, "" where it is to be done."""

    def do(self, documents: Sequence[Any]) -> dict[uuid.UUID, Done]:
        """Do them, each as its single service would, and say what was done to each."""


class Kit(ABC):
    """A room's bulk acts.

    `name` stands before the kinds of its jobs (`<name>.bulk`, `<name>.bulk_rest`) and its audit actions. `link` is the
    field of a row that names the document, `order` the column by which documents get their turns, oldest first.
    """

    name: ClassVar[str]
    document: ClassVar[type[MerchantModel]]
    # The room's own tables: subclasses of the abstract ones of `jobs.bulk.models`.
    act_model: ClassVar[Any]
    selection_model: ClassVar[Any]
    row_model: ClassVar[Any]
    link: ClassVar[str]
    order: ClassVar[str]
    filterset: ClassVar[type[FilterSet]]
    acts: ClassVar[Mapping[str, Act]]
    words: ClassVar[Mapping[str, Any]] = outcomes.WORDS
    # False for documents that count no changes: then none counts as changed in the meantime.
    has_versions: ClassVar[bool] = True
    # What an act passes on to the act that takes it back.
    carried: ClassVar[tuple[str, ...]] = ()
    # What a single document's act may raise, besides what the database refuses: it stops that document alone.
    refused: ClassVar[tuple[type[Exception], ...]] = ()

    def documents(self) -> Any:
        """Return the documents that can be chosen."""
        return self.document.objects.all()

    @abstractmethod
    def begin(self, *, bulk: Any, ids: Sequence[uuid.UUID], now: datetime) -> Batch:
        """Lock these documents in the order of their ids and return them as a batch, in the caller's transaction."""

    @abstractmethod
    def letter_of(self, refusal: Exception) -> str:
        """Return the letter for what an act raised."""

    @abstractmethod
    def facts(self, bulk: Any) -> dict[str, str]:
        """Return SQL, by name, for all that an act's rule looks at: `d` is the document, `r` the row being undone."""

    @abstractmethod
    def judge(self, bulk: Any, facts: Mapping[str, Any], *, given: Mapping[str, Any], now: datetime) -> str:
        """Return the letter for documents with these facts, "" for those that would be done."""

    def sums(self, bulk: Any) -> dict[str, str]:
        """Return SQL, by name, of what the preview adds up over the documents that would be done."""
        return {}

    @abstractmethod
    def counted(self, number: int) -> str:
        """Return a number of documents in words: `3 redeemed rewards`."""

    @abstractmethod
    def named(self, document: Any, slug: str) -> tuple[str, str, str]:
        """Return what a document is called, a second line, and the address of its page."""

    @abstractmethod
    def columns(self) -> Sequence[tuple[Any, str]]:
        """Return what the file of results says of each document: label and lookup from the row."""

    def words_of(self, act: str, outcome: str) -> Any:
        """Return an outcome in words."""
        return self.acts[act].already if outcome == outcomes.ALREADY else self.words[outcome]

    def kinds(self) -> tuple[str, str]:
        """Return the kinds of the two jobs: going through the documents, and naming those that were not reached."""
        return f"{self.name}.bulk", f"{self.name}.bulk_rest"

    def table(self, model: type[MerchantModel]) -> str:
        """Return the name of a table."""
        return str(model._meta.db_table)

    def choices(self, *, but: Collection[str] = (outcomes.DONE,)) -> list[tuple[str, Any]]:
        """Return outcomes with their words."""
        return [(letter, words) for letter, words in self.words.items() if letter not in but]
