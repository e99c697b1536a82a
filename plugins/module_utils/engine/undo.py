# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings back what a run changed: the document for that, and the objects that others changed since."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..api.errors import Problem, UnknownReference, first_of
from ..model.change import CREATE, DELETE, UPDATE
from ..model.fields import Resource, Values
from ..model.kept import not_kept
from ..model.resources import RESOURCES
from ..state.index import Item
from ..state.state import State
from .changes import BEGUN, DONE, Change
from .planner import New

Document = dict[str, list[Values]]
Restored = dict[tuple[str, int], Values]
"""The entries that bring objects back, by kind and id, as far as later changes of the same run say it."""


@dataclass
class Undo:
    """What is to be brought back of the *changes* of an undo file; *problems* are the objects that changed since."""

    changes: list[Change]
    problems: list[Problem] = field(default_factory=list)
    losses: list[Values] = field(default_factory=list)
    _listed: dict[tuple[str, int], Change] = field(default_factory=dict)
    _refused: set[int] = field(default_factory=set)
    _named: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Know what is referred to by the name that the run left it, too, such as that of a broken exchange."""
        edits = [one for one in self.changes if one.status and one.action == UPDATE and one.entry]
        left = {(one.kind, _title_before(one)): one.resource.title(one.values) for one in edits}
        for change in self.changes if left else ():
            for name, ref in change.resource.references.items():
                value = (change.entry or {}).get(name) or []
                labels: list[str] = value if isinstance(value, list) else [value]
                now = sorted(left.get((ref.kind, label), label) for label in labels)
                if now != labels:
                    change.renamed = {**change.renamed, name: now if value is labels else now[0]}

    def read(self, state: State, parallelism: int) -> None:
        """Read the lists of what was changed side by side."""
        for resource in RESOURCES.values():
            names = {one.values.get(resource.scope) for one in self.changes if one.kind == resource.kind and one.status}
            scopes = [item for name in names if name for item in state.named(resource.scope, name)]
            if scopes:
                state.prefetch(resource.kind, scopes, parallelism)

    def document(self, state: State) -> Document:
        """Return the document that brings back what is as it was left, but for what was refused."""
        document: Document = {}
        self._listed, self.losses = {}, []
        restored: Restored = {}
        for change in reversed(self.changes):
            if not change.status or id(change) in self._refused:
                continue
            entry, why, last = _now(change, state, restored)
            if why:
                self.refuse(change, why)
                continue
            if entry is not None:
                known = {"kind": change.kind, "key": change.key, "name": change.name}
                self.losses += [{**known, "option": option, "why": why} for option, why in last.lost.items()]
            if entry:
                self._list(change, entry, document, restored)
        return document

    def _list(self, change: Change, entry: Values, document: Document, restored: Restored) -> None:
        place = (change.kind, entry.get("id") or 0)
        if place in restored:
            # A run of several documents may write an object more than once.
            known = restored[place]
            if change.action == CREATE:
                known.clear()
            known.update(entry)
            return
        entries = document.setdefault(change.resource.plural, [])
        self._listed[change.kind, len(entries)] = change
        entries.append(entry)
        if entry.get("id"):
            restored[place] = entry

    def refuse(self, change: Change, why: str) -> None:
        """Leave out an object that can't be brought back, or that somebody changed."""
        self._refused.add(id(change))
        if change.who not in self._named:
            self._named.add(change.who)
            self.problems.append(Problem(why, action="undo", kind=change.kind, key=change.key, place=change.who))

    def place(self, plural: str, index: int) -> str:
        """Return what an entry of the document is about."""
        found = [one.who for (_kind, at), one in self._listed.items() if at == index and one.resource.plural == plural]
        return found[0] if found else ""

    def refuse_all(self, problems: list[Problem]) -> bool:
        """Leave out the entries of which a plan says that they are not possible; return whether these were all."""
        for problem in problems:
            change = self._listed.get((problem.kind, -1 if problem.index is None else problem.index))
            if change is None:
                return False
            if id(change) not in self._refused:
                self.refuse(change, problem.text)
        return bool(problems)


def _title_before(change: Change) -> str:
    return change.resource.title({**change.values, **(change.entry or {})})


def _now(change: Change, state: State, restored: Restored) -> tuple[Values | None, str, Change]:
    """Return the entry for an object, why it is refused, and which of its writes was the last that happened.

    The entry is None where nothing was done after all, or that was brought back already, and empty where nothing can
    bring it back.
    """
    earlier = change.earlier
    if change.status == BEGUN and earlier and earlier.status:
        # What was begun last may not have happened, after a write of an exchange that did.
        entry, why, last = _now(earlier, state, restored)
        if entry is not None and not why:
            return entry, why, last
    return *_by_last_write(change, state, restored), change


def _by_last_write(change: Change, state: State, restored: Restored) -> tuple[Values | None, str]:
    try:
        item = _found(change, state)
    except UnknownReference as several:
        return None, str(several)
    if item and change.action == CREATE and change.id not in (None, item.id) and not _is_same(change, item):
        # It is gone, and somebody else has its name or number.
        item = None
    certain = change.status == DONE
    if change.action == DELETE:
        # Who has its name or number now may be somebody who gives that up again.
        is_there = item is not None and (_is_same(change, item) or (item.id == change.id and not certain))
        return None if is_there else New(change.entry or {}), ""
    if item is None:
        is_sure = change.action == CREATE and (change.id is not None or not certain)
        return None, "" if is_sure else "it was deleted since"
    given_back = restored.get((change.kind, item.id), {})
    return _as_left(change, replace(item, values={**item.values, **given_back}))


def _as_left(change: Change, item: Item) -> tuple[Values | None, str]:
    """Return the same for an object that exists: it has to be as the run left it, or as it was before."""
    left = change.values
    differences = [
        f"{name} was {left[name]!r}, now it is {item.values.get(name)!r}"
        for name in (left if change.seen else not_kept(change.resource, left, item.values))
        if item.values.get(name) != left[name]
    ]
    if differences:
        is_back = change.action == UPDATE and _is_as_before(change, item)
        return None, "" if is_back else f"it was changed since: {first_of(differences)}"
    if not change.entry:
        return {}, ""
    if change.action == CREATE:
        return {"state": "absent", "id": item.id}, ""
    name, by, entry = change.resource.identity[0], change.resource.qualifier, {**change.entry, "id": item.id}
    if change.resource.take_apart(entry.get(name))[0]:
        # As it is, it would mean another name.
        entry.update({name: change.resource.title({**item.values, **entry}), by: item.values[by]})
    return entry, ""


def _found(change: Change, state: State) -> Item | None:
    resource = change.resource
    known = state.by_id(resource, change.id) if change.action != DELETE and change.id is not None else None
    if known is not None:
        return known
    # What a later undo brought back has another id, and may be in something that has its old name again.
    entry = change.entry or {}
    again = {name: value for name, value in entry.items() if name in change.renamed}
    # Or nobody has written it, and it has its own old name.
    names = (*resource.identity, resource.scope) if change.action == UPDATE else ()
    before = {**again, **{name: entry[name] for name in names if name in entry}}
    ways = [{}, *filter(None, (again, before))]
    found = (_named(resource, {**change.values, **more}, state) for more in ways)
    return next((item for item in found if item), None)


def _named(resource: Resource, values: Values, state: State) -> Item | None:
    try:
        named = state.find(resource, values)
        return named and state.completed(resource, named)
    except UnknownReference:
        if resource.scope and not state.named(resource.scope, values[resource.scope]):
            # What was in something that is gone is gone as well.
            return None
        raise


def _is_same(change: Change, item: Item) -> bool:
    """Return whether an object is as one that was deleted: the undo of a later run may have brought it back."""
    return not {*not_kept(change.resource, change.values, item.values)} - change.resource.references.keys()


def _is_as_before(change: Change, item: Item) -> bool:
    # What was deleted and brought back since has another id.
    entry = {name: value for name, value in (change.entry or {}).items() if change.resource[name].reads}
    entry.pop("id", None)
    # Where all is as the run left it, a name of before may be that of another object by now.
    return any(item.values.get(name) != change.values.get(name) for name in entry) and all(
        item.values.get(name) in (value, change.renamed.get(name, value)) for name, value in entry.items()
    )
