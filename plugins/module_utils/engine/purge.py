# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a document does not list, within the scope that it lists: what of it is deleted, and what never is."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..api.errors import Problem, UnknownReference, first_of
from ..model.change import Operation, who
from ..model.fields import Resource, shown_id
from ..model.resources import RESOURCES
from ..state.accounts import own_accounts
from ..state.index import Item
from ..state.planned import PlannedState
from .claims import claims
from .contents import deletions, refusal, removals

if TYPE_CHECKING:
    from .entry import Entry


@dataclass
class Purge:
    """The deletions of one document.

    *listed* are the kinds and ids of the objects that its entries are about.
    """

    view: PlannedState
    document: Mapping[str, Any]
    entries: Sequence[Entry]
    listed: Mapping[tuple[str, int], Entry]
    plurals: Sequence[str]
    parallelism: int = 8
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    _owned: dict[str, Mapping[Any, Item]] = field(default_factory=dict)

    def operations(self, resource: Resource) -> Iterator[Operation]:
        """Yield the deletions of one kind; each is to be planned before the next one is taken."""
        if resource.plural not in self.plurals:
            return
        if self.document.get(resource.plural) is None:
            problem = f"purge includes {resource.plural}, but the document has no {resource.plural} list"
            self.problems.append(Problem(f"{problem} (an empty list would delete all of them)", kind=resource.kind))
            return
        items = self._candidates(resource)
        if items and resource.contains:
            self.view.prefetch(resource.contains, items, self.parallelism)
        by_id = {item.id: item for item in items}
        for operation in removals(resource, items):
            yield from self._with_contents(operation, by_id[operation.before["id"]])

    def predecessor(self, entry: Entry) -> Item | None:
        """Return who would be deleted, and has a value that an entry claims and by which he can be known, too."""
        resource, desired = entry.resource, entry.parsed.desired
        others = [keys[0] for keys in resource.lookup_keys.values() if len(keys) == 1 and keys != resource.identity]
        is_open = entry.match == resource.default_lookup and "id" not in desired and resource.scope in desired
        if resource.plural not in self.plurals or not is_open or not any(map(desired.get, others)):
            return None
        values = {name: desired[name] for name in (*others, resource.scope) if name in desired}
        found = [self._owners(resource).get(claim.bucket) for claim in claims(resource, values, self.view)]
        return next((item for item in found if item and (resource.kind, item.id) not in self.listed), None)

    def is_same(self, entry: Entry, item: Item) -> bool:
        """Return whether an entry means somebody who would be deleted: not if each name that it gives is another one.

        Where one is, both people are named in a warning.
        """
        resource, desired = entry.resource, entry.parsed.desired
        names = [name for keys in resource.lookup_keys.values() if len(keys) > 1 for name in keys if desired.get(name)]
        wrong = [name for name in names if not resource[name].codec.is_true_of(desired[name], item.values[name])]
        if not wrong:
            return True
        same = [f"{keys[0]} {desired[keys[0]]!r}" for keys in resource.lookup_keys.values() if len(keys) == 1
                if desired.get(keys[0]) and desired[keys[0]] == item.values[keys[0]]]  # fmt: skip
        what = "is deleted, and another one created" if wrong == names else "is changed"
        text = f"{who(resource, item.values)} is not in the document, has the same {' and '.join(same)}, and {what} for"
        self.warnings += entry.locate([Problem(f"{text} {who(resource, desired)}")])
        return wrong != names

    def _owners(self, resource: Resource) -> Mapping[Any, Item]:
        """Return the objects that may be deleted, with what they are in or by themselves, by what each has."""
        if resource.kind not in self._owned:
            outer = RESOURCES[resource.scope]
            going = {identity for kind, identity in self.view.leaving if kind == outer.kind}
            if outer.plural in self.plurals:
                going |= {one.id for one in self._in_scope(outer) if (outer.kind, one.id) not in self.listed}
            scopes = [item for item in self.view.listing(outer.kind).items.values() if item.id in going]
            items = self._in_scope(resource) + self.view.items_in(resource, scopes, self.parallelism)
            self._owned[resource.kind] = {
                claim.bucket: item for item in items for claim in claims(resource, item.values, self.view)
            }
        return self._owned[resource.kind]

    def _with_contents(self, operation: Operation, item: Item) -> Iterator[Operation]:
        resource = operation.resource
        inside = deletions(operation, item, self.view)
        if inside and inside[0].resource.plural not in self.plurals:
            plural = inside[0].resource.plural
            why = f"{refusal(resource, item, inside)}; list it, move them, or purge {plural} too"
            self.problems.append(Problem(why, "purge", kind=resource.kind, key=operation.key))
            return
        yield from inside
        yield operation

    def _candidates(self, resource: Resource) -> list[Item]:
        """Return what is in scope and not in the document, without what is never purged."""
        items = [item for item in self._in_scope(resource) if (resource.kind, item.id) not in self.listed]
        if items and resource.login_field:
            items = self._other_accounts(resource, items)
        items = self._keep(
            resource,
            items,
            [item for item in items if not any(item.values[name] for name in resource.identity)],
            f"no document can list them without {' and '.join(resource.identity)}",
        )
        referred = [item for item in items if item.id in self._referred[resource.kind]] if items else []
        return self._keep(resource, items, referred, "the document refers to them")

    def _keep(self, resource: Resource, items: list[Item], kept: list[Item], why: str) -> list[Item]:
        """Return the items without those that are kept, of which there is a warning."""
        if not kept:
            return items
        names = first_of(f"{resource.title(item.values)} ({shown_id(item.values)})" for item in kept)
        text = f"not deleted, though not in the document, because {why}: {names}"
        self.warnings.append(Problem(text, "purge", kind=resource.kind))
        return [item for item in items if item not in kept]

    def _other_accounts(self, resource: Resource, items: list[Item]) -> list[Item]:
        """Return the accounts that can be deleted, which are none where the own one is not known."""
        own, certain = own_accounts(resource, self.view)
        if not certain:
            login = self.view.client.settings.login
            why = f"no {resource.kind} was deleted, because XCI lists none with the login {login!r} of this run"
            self.warnings.append(Problem(why, "purge", kind=resource.kind))
            return []
        return [item for item in items if item.values[resource.login_field] not in own]

    def _in_scope(self, resource: Resource) -> list[Item]:
        if resource.scope:
            ids = self._listed(resource.scope) | self._with_entries(resource)
            scopes = [item for item in self.view.listing(resource.scope).items.values() if item.id in ids]
            return self.view.items_in(resource, scopes, self.parallelism)
        items = list(self.view.listing(resource.kind).items.values())
        for name, ref in resource.references.items():
            if name in resource.identity:
                known = self.view.listing(ref.kind).items
                labels = {self.view.label_of(RESOURCES[ref.kind], known[one]) for one in self._listed(ref.kind)}
                items = [item for item in items if item.values[name] in labels]
        return items

    def _listed(self, kind: str) -> set[int]:
        """Return the ids of the objects of a kind that the document lists."""
        known = self.view.listing(kind).items
        return {identity for (of, identity) in self.listed if of == kind and identity in known}

    def _with_entries(self, resource: Resource) -> set[int]:
        """Return the ids of the scopes of which the document lists an object."""
        present = (entry for entry in self.entries if entry.resource is resource and not entry.absent)
        ids = set()
        for name in {entry.parsed.desired.get(resource.scope) for entry in present} - {None}:
            with contextlib.suppress(UnknownReference):
                ids.add(self.view.resolve(resource.scope, str(name)).id)
        return ids

    @cached_property
    def _referred(self) -> Mapping[str, set[int]]:
        """The ids of the objects that the document may refer to, by kind."""
        names: dict[str, set[Any]] = defaultdict(set)
        for entry in self.entries:
            for name, ref in entry.resource.references.items() if not entry.absent else ():
                value = entry.parsed.desired.get(name)
                names[ref.kind].update(value if isinstance(value, list) else [value])
        found: dict[str, set[int]] = defaultdict(set)
        for kind, some in names.items():
            found[kind].update(item.id for name in some - {None} for item in self.view.named(kind, str(name)))
        return found
