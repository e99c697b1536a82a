# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vocabulary of the tables in resources.py: what a field is, what a resource is.

A table that contradicts itself raises at import.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from typing import Any, Callable

from ..api.errors import BadAnswer
from .values import Codec, Names, Ref, sort_of

Values = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One option of a module, one key of XCI's objects, and all that is to be known about the two."""

    name: str
    """The option, and the key in the normal form."""
    codec: Codec
    key: str = ""
    """The key in XCI's JSON, read and written; *read* and *write* say so where they differ."""
    read: str = ""
    write: str = ""
    required: bool = False
    """A creation can't do without it."""
    default: Any = None
    """What a creation takes where the playbook says nothing: a value, or a function of the others and a directory."""
    absent: Any = None
    """What it means when XCI does not show the key."""
    when: tuple[str, Any] | None = None
    """Applies only while another field has this value."""
    compulsory: bool = False
    """Must have a value while it applies."""
    optional: bool = False
    """Left out of a write while it is empty and nobody asked for that."""
    secret: bool = False
    guards: str = ""
    """The field without which a secret has no use."""
    rides: bool = False
    """Goes along with every write and is never a reason for one, since XCI does not show it."""
    blank_unknown: bool = False
    """An empty value on XCI tells nothing."""
    doubt: Callable[[Values, Any], str] | None = None
    """Says what speaks against a value, of all values and the directory; empty where nothing does."""
    locks_out: Any = None
    """The value with which an account can't do any more what its owner may need to take it back."""
    asked: bool = False
    """Stands in no object: an info module adds it when it is asked to."""

    reads: str = field(init=False, default="")
    """The key under which XCI shows it; empty where it never does."""
    writes: str = field(init=False, default="")
    """The key under which XCI takes it; empty where it can only be read."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reads", self.read or self.key)
        object.__setattr__(self, "writes", self.write or self.key)

    @property
    def empty(self) -> Any:
        """What the field holds when XCI shows nothing."""
        return plain(self.absent if self.absent is not None else self.codec.empty)

    @property
    def argument(self) -> dict[str, Any]:
        """Return the field's part of an argument spec; what can only be read is taken and passed over."""
        if not self.writes:
            return {"type": "int" if self.name == "id" else "raw"}
        return {**self.codec.argument, **({"no_log": True} if self.secret else {})}

    def applies(self, values: Mapping[str, Any]) -> bool:
        return self.when is None or values.get(self.when[0]) == self.when[1]

    def condition(self) -> str:
        return f"{self.when[0]} is {str(self.when[1]).lower()}" if self.when else ""


@dataclass(frozen=True)
class Resource:
    """One kind of object: its place in the API and its fields."""

    kind: str
    plural: str
    path: str
    fields: tuple[Field, ...]
    label: str
    """How a person names one, as a format of its fields."""
    key: str = "id"
    """The field that stands in the path of one."""
    unique: str = "id"
    """The field that tells two of the same label apart."""
    spellings: tuple[str, ...] = ()
    """What else a reference may say, as formats, tried in this order before any other."""
    matches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The ways to find the one that a playbook means, by the fields that must be equal; the first is the usual one."""
    scope: str = ""
    """The reference below which they are listed; empty where there is one list of all."""
    wider: str = ""
    """The field of the scope's objects within which an object may move from scope to scope."""
    bare: bool = False
    """The list is a JSON array and not an object with items."""
    missing: str = ""
    """What to do about the edit and the delete that XCI's API lacks; empty where it has them."""
    login: str = ""
    """The field by which one logs in to XCI as one of them; empty where they are no accounts."""
    any_of: tuple[str, ...] = ()
    """Fields of which a creation needs at least one."""
    policies: tuple[str, ...] = ()
    """The values of update_password; empty where there is no password."""
    policy: str | None = None
    """The usual value of update_password; None means: compared where XCI shows it, otherwise set on creation."""

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise TypeError(f"the table of {self.kind}: {'; '.join(faults)}")

    def _faults(self) -> Any:
        names = [f.name for f in self.fields]
        formats = (self.label, *self.spellings)
        used = {self.key, self.unique, *self.any_of, *(name for way in self.matches.values() for name in way)}
        used |= {name for text in formats for _text, name, _spec, _conv in Formatter().parse(text) if name}
        used |= {f.when[0] for f in self.fields if f.when} | ({self.scope, self.login} - {""})
        yield from (f"{name} stands there twice" for name in set(names) if names.count(name) > 1)
        yield from (f"{name} is no field" for name in used - set(names))
        yield from (
            f"{f.name} is neither read nor written" for f in self.fields if not (f.reads or f.writes or f.asked)
        )
        yield from (
            f"{f.name} is required and has a default" for f in self.fields if f.required and f.default is not None
        )
        yield from (f"{f.name} rides along and is read" for f in self.fields if f.rides and f.reads)
        yield from (
            f"{f.name} is a secret, which needs a policy" for f in self.fields if f.secret and not self.policies
        )

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]

    # Asked for with each object of thousands, and therefore worked out once.

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {f.name: f for f in self.fields}

    @cached_property
    def writable(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.writes)

    @cached_property
    def secrets(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.secret)

    @cached_property
    def riding(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.rides)

    @cached_property
    def references(self) -> dict[str, Ref]:
        """The fields that name other objects, and how."""
        return {f.name: f.codec for f in self.fields if isinstance(f.codec, Ref)}

    @cached_property
    def _readers(self) -> tuple[tuple[str, str, Callable[[Any, Names], Any], Any], ...]:
        shown = [f for f in self.fields if f.reads]
        return tuple((f.name, f.reads, f.codec.load, f.codec.empty if f.absent is None else f.absent) for f in shown)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(key for f in self.fields for key in (f.reads, f.writes))

    def argument_spec(self) -> dict[str, Any]:
        """Return the options that describe one object; the documentation of its module says the same."""
        return {**{f.name: f.argument for f in self.fields}, **self.controls()}

    def controls(self) -> dict[str, Any]:
        """Return the options that are no field: what is to be done, and how."""
        spec: dict[str, Any] = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}
        if len(self.matches) > 1:
            spec["match_on"] = {"type": "str", "choices": list(self.matches), "default": self.usual}
        if self.login:
            spec["allow_self"] = {"type": "bool", "default": False}
        if self.policies:
            spec["update_password"] = {"type": "str", "choices": list(self.policies), "no_log": False}
            if self.policy:
                spec["update_password"]["default"] = self.policy
        return spec

    def load(self, raw: Any, names: Names) -> Values:
        """Return the normal form of one of XCI's objects; raise BadAnswer for anything else."""
        if not isinstance(raw, Mapping):
            raise BadAnswer(f"XCI shows a {self.kind} that is no object but {sort_of(raw)}")
        values: Values = {}
        name = ""
        try:
            for name, key, load, empty in self._readers:
                shown = raw.get(key)
                values[name] = plain(empty) if shown is None else load(shown, names)
        except ValueError as error:
            raise BadAnswer(f"XCI shows a {self.kind} whose {self[name].reads} can't be: {error}") from None
        return values

    def is_whole(self, raw: Any) -> bool:
        """Tell whether an answer holds all that XCI shows of an object, so that reading it again is needless."""
        if not isinstance(raw, Mapping) or not isinstance(raw.get("id"), int):
            return False
        return all(
            f.reads in raw for f in self.fields if f.reads and not f.when and f.absent is None and not f.optional
        )

    def extras(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return what XCI keeps with an object and this table does not know; a write sends it back."""
        return {key: value for key, value in raw.items() if key not in self._known}

    def public(self, values: Mapping[str, Any]) -> Values:
        """Return what may be shown: no secret, and None for what only XCI will know of an object to come."""
        to_come = is_foretold(values)
        return {
            one.name: None if to_come and not one.writes else values.get(one.name)
            for one in self.fields
            if one.reads and not one.secret
        }

    def title(self, values: Mapping[str, Any]) -> str:
        """Return the name of one for a person."""
        return self.label.format_map(defaultdict(str, values))

    @property
    def usual(self) -> str:
        """The usual way to find one, a key of *matches*."""
        return next(iter(self.matches))

    @property
    def identity(self) -> tuple[str, ...]:
        """The fields that tell one from all others, in its scope."""
        return self.matches[self.usual]

    def refers_to(self, kind: str) -> bool:
        """Tell whether XCI shows an object of that kind in one of these."""
        return any(ref.kind == kind and self[name].reads for name, ref in self.references.items())


def plain(value: Any) -> Any:
    """Return a default of a table as a value of the normal form, which has lists and no tuples."""
    return list(value) if isinstance(value, tuple) else value


def is_foretold(values: Mapping[str, Any]) -> bool:
    """Tell whether these are the values of an object to come, whose id only stands for the one that XCI will give."""
    return (values.get("id") or 0) < 0
