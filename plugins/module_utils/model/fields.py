# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the tables in resources.py: what a resource is.

A table that contradicts itself raises TypeError at import.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from typing import Any, Callable

from ..api.errors import UnexpectedResponse
from .field import Field, plain
from .references import References
from .spelling import brief, type_name, whole_number
from .values import Ref

Values = dict[str, Any]
"""An object in normal form, by the names of its fields, such as ``{"id": 7, "first_name": "Anaïs"}``."""
POLICIES = WARN, INSIDE, ANY = "warn", "inside", "any"
"""What to do about a value that is valid and unusual: warn, refuse it, or nothing."""
EVERYWHERE = "everywhere"
"""Where the option search, or what only one object can have, has no limit."""


@dataclass(frozen=True, eq=False)
class Likeness:
    """The name of an index in which objects whose texts are alike have the same key."""

    fields: tuple[Field, ...]
    how: str  #: the method of a codec that returns what alike values share

    def __call__(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(getattr(one.codec, self.how)(values.get(one.name, one.empty)) for one in self.fields)

    def is_blank(self, key: tuple[Any, ...]) -> bool:
        """Return whether nothing is left of the texts in a key, so that it says nothing."""
        return not any(part for part, one in zip(key, self.fields) if one.codec.has_likeness)


@dataclass(eq=False, repr=False)
class Resource:
    """One kind of object: its place in the API and its fields."""

    kind: str  #: such as ``user``
    plural: str  #: the name of its list in documents and results, such as ``users``
    path: str
    fields: tuple[Field, ...]
    display_format: str  #: how a person names one, as a format of its fields
    name_format: str = ""  #: who or what it is, if that says more than display_format
    key: str = "id"  #: the field that is in the path of one
    id_field: str = "id"  #: the field that distinguishes two of the same name
    aliases: tuple[str, ...] = ()  #: what else a reference may be, as formats, tried in this order before any other
    lookup_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The ways to find the one that a playbook means, by the fields that must be equal; the first is the default."""
    qualifier: str = ""  #: the reference that may be written behind the name, with an @ between them
    scope: str = ""  #: the reference to the object that lists them; empty where there is one list of all
    contains: str = ""  #: the kind of which one lists objects, which XCI may delete with it
    used_by: str = ""  #: the list of the objects that use one, which XCI never shows of them and may delete with it
    moves_within: str = ""  #: the field of the scope's objects within which an object may move from scope to scope
    default_search: Mapping[str, str] = field(default_factory=dict)
    """Where one that is to be present is searched for, by lookup key: where that is more than its scope."""
    finds: tuple[str, ...] = ()  #: the kinds of which XCI finds objects by itself when one of these is created
    immutable: str = ""  #: why one can't be changed or deleted, and what to do; empty where it can
    searched: tuple[str, ...] = ()  #: the fields in which a part of a text is looked for
    required_one_of: tuple[str, ...] = ()  #: fields of which a creation needs at least one
    login_field: str = ""  #: the field by which one logs in to XCI as one of them; empty where they are no accounts
    password_policies: tuple[str, ...] = ()  #: the values of update_password; empty where there is no password
    default_policy: str | None = None
    """The default of update_password; None means: compared where XCI shows it, otherwise set on creation."""

    def __post_init__(self) -> None:
        contradictions = list(self._contradictions())
        if contradictions:
            raise TypeError(f"the table of {self.kind}: {'; '.join(contradictions)}")

    def _contradictions(self) -> Iterator[str]:
        names = [one.name for one in self.fields]
        formats = (self.display_format, self.name_format, *self.aliases)
        used = {self.key, self.id_field, *self.required_one_of, *self.searched}
        used |= {name for keys in self.lookup_keys.values() for name in keys}
        used |= {name for text in formats for _text, name, _spec, _conversion in Formatter().parse(text) if name}
        used |= {one.condition[0] for one in self.fields if one.condition} | ({self.scope, self.login_field} - {""})
        yield from (f"{name} is a duplicate" for name in set(names) if names.count(name) > 1)
        yield from (f"{name} is not a field" for name in used - set(names))
        if "verify" in self.password_policies and not self.login_field:
            yield "verify is a password policy, which needs login_field"
        for one in self.fields:
            if one.required and one.default is not None:
                yield f"{one.name} is required and has a default"
            if one.only_if and one.required_if:
                yield f"{one.name} has two conditions"
            if one.unique_in not in ("", EVERYWHERE, *self.references) and not self.scope:
                yield f"{one.name} is unique in {one.unique_in}, which no {self.kind} refers to"
            if one.secret and not self.password_policies:
                yield f"{one.name} is a secret, which needs password_policies"

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]

    # Needed for each object of thousands, and therefore computed once.

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {one.name: one for one in self.fields}

    @cached_property
    def option_names(self) -> frozenset[str]:
        return frozenset(self.argument_spec())

    @cached_property
    def writable(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.writes)

    @cached_property
    def secrets(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.secret)

    @cached_property
    def write_only(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.write_only)

    @cached_property
    def unique(self) -> tuple[Field, ...]:
        """What only one can have."""
        return tuple(one for one in self.fields if one.unique_in)

    @cached_property
    def comparable(self) -> tuple[Field, ...]:
        """What XCI both shows and takes, and may be shown."""
        return tuple(one for one in self.fields if one.reads and one.writes and not one.secret)

    @cached_property
    def references(self) -> dict[str, Ref]:
        """The fields that name other objects, and how."""
        return {one.name: one.codec for one in self.fields if isinstance(one.codec, Ref)}

    @cached_property
    def _readers(self) -> tuple[tuple[str, str, Callable[[Any, References], Any], Any], ...]:
        # The empty value stays a tuple here, so that each object gets a list of its own.
        return tuple((one.name, one.reads, one.codec.load, one.missing_value) for one in self.fields if one.reads)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(key for one in self.fields for key in (one.reads, one.writes))

    @property
    def default_lookup(self) -> str:
        return next(iter(self.lookup_keys))

    @property
    def identity(self) -> tuple[str, ...]:
        """The fields that distinguish one from all others, in its scope."""
        return self.lookup_keys[self.default_lookup]

    def lookup_key(self, match: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return what has to be equal for one to be found, such as ``("1001",)``; omitted is empty."""
        return tuple([values.get(name, empty) for name, empty in self._lookups[match or self.default_lookup]])

    @cached_property
    def _lookups(self) -> dict[str, list[tuple[str, Any]]]:
        return {match: [(name, self[name].empty) for name in names] for match, names in self.lookup_keys.items()}

    @cached_property
    def identifying(self) -> tuple[str, ...]:
        """All fields that may tell which object is meant, such as number, login and names."""
        return tuple(dict.fromkeys(name for keys in self.lookup_keys.values() for name in keys))

    @cached_property
    def descriptive(self) -> tuple[str, ...]:
        """All fields of which only what is true may be said of an object that is to be deleted."""
        return (*self.identifying, *(one.name for one in self.fields if one.describes))

    @cached_property
    def likenesses(self) -> dict[str, tuple[Likeness, Likeness]]:
        """The indexes in which texts are alike, by lookup key: without case, and by letters and digits alone."""
        fields = {match: tuple(self[name] for name in names) for match, names in self.lookup_keys.items()}
        return {
            match: (Likeness(keys, "caseless"), Likeness(keys, "skeleton"))
            for match, keys in fields.items()
            if any(one.codec.has_likeness for one in keys)
        }

    def argument_spec(self) -> dict[str, Any]:
        """Return the options that describe one object; the documentation of its module says the same."""
        return {**{one.name: one.argument for one in self.fields}, **self.controls}

    @cached_property
    def controls(self) -> dict[str, Any]:
        """Return the options that are no field: what is to be done, and how."""
        spec: dict[str, Any] = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}
        if len(self.lookup_keys) > 1:
            spec["match_on"] = {"type": "str", "choices": list(self.lookup_keys), "default": self.default_lookup}
        if self.moves_within:
            spec["search"] = {"type": "str", "choices": [self.scope, self.moves_within, EVERYWHERE]}
        if self.contains:
            spec["force"] = {"type": "bool", "default": False}
        spec.update(self.policies())
        if self.login_field:
            spec["allow_self"] = {"type": "bool", "default": False}
        if self.password_policies:
            default = {"default": self.default_policy} if self.default_policy else {}
            spec["update_password"] = {"type": "str", "choices": list(self.password_policies), "no_log": False}
            spec["update_password"].update(default)
        return spec

    def policies(self) -> dict[str, Any]:
        """Return the options that say what to do about unusual values."""
        choices = {"type": "str", "choices": list(POLICIES), "default": WARN}
        return {one.policy: choices for one in self.fields if one.policy}

    def load(self, raw: Any, references: References) -> Values:
        """Return the normal form of one of XCI's objects; raise UnexpectedResponse for anything else."""
        if not isinstance(raw, Mapping):
            raise UnexpectedResponse(f"invalid {self.kind} from XCI: expected an object, got {type_name(raw)}")
        values: Values = {}
        for name, key, load, empty in self._readers:
            shown = raw.get(key)
            try:
                values[name] = plain(empty) if shown is None else load(shown, references)
            except ValueError as error:
                if name in self._essential:
                    text = f"invalid {self.kind} from XCI: {self._seen(raw)}: invalid value for {key}: {error}"
                    raise UnexpectedResponse(text) from None
                values[name] = None
                references.note_unreadable(self.kind, key, self._seen(raw))
        return values

    @cached_property
    def _essential(self) -> frozenset[str]:
        """The fields without which nothing can be done with an object: its names, what it refers to, its lists."""
        lists = {one.name for one in self.fields if one.codec.empty == ()}
        return frozenset({"id", self.key, self.id_field, *self.identity, *self.references, *lists})

    def _seen(self, raw: Mapping[str, Any]) -> str:
        """Return what an object that can't be understood is called, such as ``id 7 (Anaïs Martin)``."""
        texts = {one.name: raw.get(one.reads) for one in self.fields if one.reads}
        name = self.name({name: text for name, text in texts.items() if isinstance(text, str)})
        return f"id {brief(raw.get('id'))}" + (f" ({name})" if name else "")

    def is_whole(self, raw: Any) -> bool:
        """Return whether an answer has all that XCI shows of an object, so that it need not be read again."""
        return isinstance(raw, Mapping) and whole_number(raw.get("id")) is not None and self._always_shown <= raw.keys()

    @cached_property
    def _always_shown(self) -> frozenset[str]:
        may_be_missing = [
            one for one in self.fields if one.condition or one.default_if_missing is not None or one.omit_if_empty
        ]
        return frozenset(one.reads for one in self.fields if one.reads and one not in may_be_missing)

    def extras(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return what XCI keeps with an object and this table does not know; a write sends it back."""
        return {key: value for key, value in raw.items() if key not in self._known}

    def public(self, values: Mapping[str, Any]) -> Values:
        """Return what may be shown: no secret, and None for what only XCI will know of an object to come."""
        planned = is_planned(values)
        return {
            one.name: None if planned and not one.writes else values.get(one.name)
            for one in self.fields
            if one.reads and not one.secret
        }

    def take_apart(self, name: str | None) -> tuple[str, str]:
        """Return a name and what it is in, such as oct and xivo-nord for ``oct@xivo-nord``; else two empty texts."""
        head, _at, tail = (name or "").rpartition("@") if self.qualifier else ("", "", "")
        return (head, tail) if head and tail else ("", "")

    def title(self, values: Mapping[str, Any]) -> str:
        """Return the name of one for a person, such as ``1001@accueil@xivo-nord``."""
        return self.display_format.format_map(defaultdict(str, values))

    def name(self, values: Mapping[str, Any]) -> str:
        """Return who or what one is, such as ``Anaïs Martin``."""
        return (self.name_format or self.display_format).format_map(defaultdict(str, values)).strip()

    def counted(self, number: int) -> str:
        """Return ``1 user`` or ``2 users``."""
        return f"{number} {self.kind if number == 1 else self.plural}"

    def refers_to(self, kind: str) -> bool:
        """Return whether XCI shows a reference to an object of that kind in one of these."""
        return any(ref.kind == kind and self[name].reads for name, ref in self.references.items())


def is_planned(values: Mapping[str, Any]) -> bool:
    """Return whether these are the values of an object to come, whose id is a negative number of our own."""
    return (values.get("id") or 0) < 0


def shown_id(values: Mapping[str, Any]) -> str:
    """Return the id of an object for a person, such as ``id 7``; an object to come has none that one could give."""
    return "to be created" if is_planned(values) else f"id {values['id']}"
