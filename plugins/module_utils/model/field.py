# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the tables in resources.py: what a field is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Callable

from .values import Codec, Secret

Condition = tuple[str, Any]
"""Another field and the value that it has to have, such as ``("ldap", False)``."""


@dataclass(eq=False, repr=False)
class Field:
    """One option of a module, one key of XCI's objects, and all that is to be known about the two.

    *key* is its name in XCI's JSON; *read* and *write* are where XCI shows it under another name than it takes it. What
    has no *write* can only be read, what has no *read* is write-only, and what has neither is computed on request.
    """

    name: str
    codec: Codec
    key: str = ""
    read: str = ""
    write: str = ""
    required: bool = False  #: a creation needs it
    default: Any = None  #: what a creation takes if it is omitted: a value, or a function of (desired, state)
    default_if_missing: Any = None  #: what it means that XCI does not show the key
    only_if: Condition | None = None  #: applies only then
    required_if: Condition | None = None  #: applies only then, and must have a value then
    omit_if_empty: bool = False  #: left out of a write while it is empty and nobody asked to clear it
    empty_means_unknown: bool = False  #: XCI shows an empty value when it does not tell the real one
    describes: bool = False  #: what is said of it must be true before the object is deleted, as of what finds it
    requires: str = ""  #: a secret is of no use without this field
    locks_out: Any = None  #: the value that takes from an account what its owner may need to get it back
    unsaved: str = ""  #: what XCI does with a true value after it has saved the object, so that this may fail alone
    default_option: str = ""  #: the option of a document that gives the value of entries that have none
    unique_in: str = ""  #: only one can have the value in it: a reference of the object or of its scope, or EVERYWHERE
    validator: Callable[[dict[str, Any], Any], str] | None = None  #: (values, state) -> why XCI may refuse it, or ""
    policy: str = ""  #: the option that says whether what a validator finds is a warning, an error, or nothing

    @cached_property
    def reads(self) -> str:
        """The key under which XCI shows it; empty where it never does."""
        return self.read or self.key

    @cached_property
    def writes(self) -> str:
        """The key under which XCI takes it; empty where it can only be read."""
        return self.write or self.key

    @cached_property
    def write_only(self) -> bool:
        """It goes along with every write and is never a reason for one, since XCI does not show it."""
        return bool(self.writes and not self.reads)

    @cached_property
    def computed(self) -> bool:
        """It is part of no object: an info module adds it on request."""
        return not (self.reads or self.writes)

    @cached_property
    def secret(self) -> bool:
        return isinstance(self.codec, Secret)

    @cached_property
    def condition(self) -> Condition | None:
        return self.required_if or self.only_if

    @cached_property
    def missing_value(self) -> Any:
        return self.codec.empty if self.default_if_missing is None else self.default_if_missing

    @property
    def empty(self) -> Any:
        """What the field is when XCI shows nothing."""
        return plain(self.missing_value)

    @property
    def argument(self) -> dict[str, Any]:
        """Return the field's part of an argument spec; what can only be read is accepted and ignored."""
        if not self.writes:
            return {"type": "int" if self.name == "id" else "raw"}
        return self.codec.argument

    def applies(self, values: Mapping[str, Any]) -> bool:
        return self.condition is None or values.get(self.condition[0]) == self.condition[1]

    def show_condition(self) -> str:
        """Return when it applies, such as ``ldap is false``."""
        return f"{self.condition[0]} is {str(self.condition[1]).lower()}" if self.condition else ""


def plain(value: Any) -> Any:
    """Return a default of a table as a value of the normal form, which has lists and no tuples, each its own."""
    return list(value) if isinstance(value, (list, tuple)) else value
