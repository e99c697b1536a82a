# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a module: the server it works on, how it runs, and what it has to say."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Protocol

from ..api.cancellation import Cancellation
from ..api.client import Client
from ..api.errors import ApiError, InputError, Problem
from ..api.settings import Settings
from ..model.change import CREATE, Operation
from ..model.fields import Resource
from ..model.parsing import Place, index_place
from ..model.resources import RESOURCES
from ..state.state import State

if TYPE_CHECKING:
    from ..state.planned import PlannedState, PlannedWrite

LOCATED = "located_warnings"
"""The key of a result with ``errors`` and ``warnings`` about entries of a document, as data.

The action plugin adds where each entry is written, and makes what a person reads.
"""

PARALLELISM: dict[str, Any] = {"type": "int", "default": 8}
MOST_AT_ONCE = 64


def check_parallelism(options: Mapping[str, Any]) -> None:
    """Raise InputError for a number of requests at the same time that is none, or more than XCI should get."""
    if not 1 <= options["parallelism"] <= MOST_AT_ONCE:
        raise InputError(f"parallelism must be 1 to {MOST_AT_ONCE}")


class Journal(Protocol):
    """What the tasks of a run planned so far, in check mode."""

    def read(self) -> Iterable[PlannedWrite]:
        """Return the planned writes that this object has neither returned nor added yet, in their order."""

    def add(self, write: PlannedWrite) -> None:
        """Keep one more."""

    def clear(self) -> None:
        """Forget all."""


class Creations(Protocol):
    """What the workers of a run create, one at a time in each place, such as an entity."""

    def alone(self, places: Iterable[str], waiting: Callable[[str], None]) -> AbstractContextManager[None]:
        """Let no other worker create in these places meanwhile; *waiting* is called once for what takes long to get."""

    def by_others(self, names: Iterable[str]) -> set[str]:
        """Return those of the names that other workers created since this object was made."""

    def add(self, names: Iterable[str]) -> None:
        """Note what was created, for the others."""


@dataclass
class Context:
    """One run of a module: the server it works on, how it runs, and what it has to say.

    *state* outlives the run where the worker keeps it for the next item of a loop. *journal* keeps what is planned in
    check mode for the tasks that follow; it is None where they could not see it. *creations* is what workers side by
    side create; None as well where they can't know of each other. *problems* are those of a document, *place* names its
    entries, *progress* is called with how many of its writes are done, of how many, and *say* with what a person who
    waits may want to know, both by the main thread alone.
    *interrupted* is the result of what a signal or a time-out ended after something was written. *kept* are the fields,
    as kind and name, of which a warning said that XCI keeps another value than was sent. *document* is what messages
    call the document; it is empty where a job makes it, and *given* are what a person gave for options of its entries.
    """

    client: Client
    state: State
    check: bool = False
    diff: bool = False
    journal: Journal | None = None
    creations: Creations | None = None
    warnings: list[Problem | str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    place: Place = index_place
    progress: Callable[[int, int], None] | None = None
    say: Callable[[str], None] | None = None
    interrupted: dict[str, Any] = field(default_factory=dict)
    kept: set[tuple[str, str]] = field(default_factory=set)
    document: str = "document"
    given: Mapping[str, str] = field(default_factory=dict)
    _planned: PlannedState | None = None

    @classmethod
    def start(
        cls,
        options: Mapping[str, Any],
        check: bool = False,
        diff: bool = False,
        cancellation: Cancellation | None = None,
    ) -> Context:
        """Return the context of a run on its own, as that of an ordinary module."""
        settings = Settings.from_options(options)
        client = Client(settings, cancellation=cancellation)
        return cls(client, State(client), check, diff, warnings=[*settings.warnings()])

    def reserve(self, numbering: Any) -> None:
        """Let nobody get a number of the ranges that a task reserves; raise InputError for what is none."""
        if not numbering and not self.state.kept:
            return
        from ..model.reserved import parse_numbering

        self.state.kept = parse_numbering(numbering)
        state = self.current()
        state.kept = self.state.kept
        for name in state.numbers.unknown_kept():
            self.warnings.append(f"numbering: entity {name!r} not found, so that nothing is reserved in it")

    def current(self) -> State:
        """Return the state to look at: in check mode with all that was planned."""
        return self._view() if self.check else self.state

    def _view(self) -> PlannedState:
        from ..state.planned import PlannedState

        if self._planned is None:
            self._planned = PlannedState(self.state, assume=self.journal is None)
        for write in self.journal.read() if self.journal else ():
            self._planned.record(write)
        return self._planned

    def plan(self, operation: Operation) -> PlannedWrite:
        """Plan a write in check mode, for the tasks that follow too."""
        write = self._view().plan(operation)
        self.keep(write)
        return write

    def keep(self, write: PlannedWrite) -> None:
        """Keep a write that is planned in check mode for the tasks that follow."""
        if self.journal:
            self.journal.add(write)

    @contextlib.contextmanager
    def creating(self, operations: Iterable[Operation]) -> Iterator[set[int]]:
        """Create while no other worker of the run creates in the same places.

        Yield the creations that have to be proposed anew, by ``id()``, since another one made such an object meanwhile.
        """
        from ..engine.creation import forget, names_of, place_of

        creations = [one for one in operations if one.action == CREATE]
        if self.creations is None or not creations:
            yield set()
            return
        names = {id(one): names_of(one) for one in creations}
        with self.creations.alone(map(place_of, creations), self._waiting):
            made = self.creations.by_others(name for several in names.values() for name in several)
            doubted = {key for key, several in names.items() if made.intersection(several)}
            for one in creations if doubted else ():
                forget(one, self.state)
            try:
                yield doubted
            finally:
                self.creations.add(name for several in names.values() for name in several)

    def _waiting(self, place: str) -> None:
        if self.say:
            self.say(f"waiting for another task of this run, which creates as well: {place}")

    def warn_of_chosen(self, operation: Operation) -> None:
        """Warn of a number that is predicted in check mode where nobody else can see that."""
        if operation.chosen and self.journal is None:
            what = ", ".join(f"{name} {operation.after[name]}" for name in operation.chosen)
            why = "in ordinary modules, other hosts and tasks can't see that, and may predict the same"
            self.warnings.append(f"{what} is predicted; {why}")

    @contextlib.contextmanager
    def unless_hidden(self, resource: Resource, not_shown: list[str]) -> Iterator[None]:
        """Read the list of a kind; where XCI does not show it to this administrator, add that to *not_shown*.

        A list of one scope says nothing of the kind, unless the scopes are not shown either.
        """
        try:
            yield
        except ApiError as error:
            hidden = {kind for kind in RESOURCES if RESOURCES[kind].plural in not_shown}
            if error.status != 403 or (resource.scope and resource.scope not in hidden):
                raise
            not_shown.append(resource.plural)
            self.warnings.append(f"{resource.plural}: not shown to {self.client.settings.login}, and left out: {error}")

    def forget_planned(self) -> None:
        """Forget what was planned, since something was written for real."""
        self._planned = None
        if self.journal:
            self.journal.clear()

    def warn_of_assumed(self, state: State) -> None:
        """Warn of what is assumed in check mode because earlier tasks can't be seen."""
        self.warnings += [
            f"{kind} {text!r} does not exist yet; check mode assumes that an earlier task would create it"
            for kind, text in state.assumed
        ]
        state.assumed.clear()
