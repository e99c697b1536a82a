# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of XiVOs as names of hosts: whoever names a XiVO must not choose what Ansible or a shell does with it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

SIGNS = frozenset('$`";|&<>{}/\\,:!*?[]~@')
"""What shells, paths, templates and the patterns of hosts understand.

Blanks, parentheses and accents are harmless, and so is the apostrophe of ``CHU de l'Ouest`` without any of these.
"""
TAKEN = frozenset({"localhost", "127.0.0.1", "::1", "all", "ungrouped"})
"""The names that Ansible gives to the controller and to its own groups."""

Xivo = tuple[str, str, int]
"""The name of a XiVO, its uuid and its id."""


def host_names(
    xivos: Sequence[Xivo], groups: Collection[str], hosts: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield the name of the host of each XiVO, and why it is not the name of the XiVO.

    *groups* are those in use, and *hosts* those of other sources: whoever names a XiVO must not take over one of these.
    """
    named = Counter(name for name, _uuid, _identity in xivos)
    faults = [_fault(name, named, groups, hosts) for name, _uuid, _identity in xivos]
    used = {name for (name, _uuid, _identity), fault in zip(xivos, faults, strict=True) if not fault} | {*hosts}
    for (name, uuid, identity), fault in zip(xivos, faults, strict=True):
        host = _other(uuid, identity, used, groups) if fault else name
        used.add(host)
        yield host, fault


def _fault(name: str, named: Mapping[str, int], groups: Collection[str], hosts: Collection[str]) -> str:
    if named[name] > 1:
        return f"{named[name]} XiVOs have this name"
    return _unsuitable(name, groups) or ("another inventory source has a host of this name" if name in hosts else "")


def _unsuitable(name: str, groups: Collection[str]) -> str:
    """Return why a name can't be that of a host; empty if it can."""
    if not name[:1].isalnum() or name[-1:].isspace():
        return "it does not begin with a letter or a digit, or it ends with a blank"
    odd = sorted(SIGNS & set(name))
    if odd:
        return f"it contains {' '.join(odd)}"
    if any(unicodedata.category(sign)[0] == "C" or sign in "\u2028\u2029" for sign in name):
        return "it contains invisible characters"
    if name.lower() in TAKEN:
        return "Ansible uses this name itself"
    return "a group has this name" if name in groups else ""


def _other(uuid: str, identity: int, used: Collection[str], groups: Collection[str]) -> str:
    """Return the uuid of a XiVO if it can be a name, otherwise its id as one."""
    if not _unsuitable(uuid, groups) and uuid not in used:
        return uuid
    name = f"xivo_{identity}"
    while name in used or name in groups:
        name += "_"
    return name
