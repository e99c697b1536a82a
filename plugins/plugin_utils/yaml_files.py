# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a YAML file of a document: only true, false and null are more than text, and each entry has its line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import yaml

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, Problem

MOST = 5_000_000
"""How many values a file may have, counting what aliases repeat."""
_TAGS = ("str", "bool", "null", "map", "seq")


def read_yaml(text: str, shown: str, decrypt: Callable[[str], str]) -> tuple[Any, dict[str, list[int]]]:
    """Return what a file says, and for each key at its top its line and those of its entries; raise InputError.

    *shown* is the file's name for a person, *decrypt* returns the text of a vaulted value.
    """
    try:
        loader = _loader(decrypt)(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None, {}
            _check(node, {})
            return loader.construct_document(node), _lines(node)
        finally:
            loader.dispose()
    except RecursionError:
        raise InputError("nested too deeply") from None
    except yaml.reader.ReaderError as error:
        line = text.encode("utf-8", "replace").count(b"\n", 0, error.position) + 1
        raise InputError(Problem(f"{error.reason}: #x{error.character:04x}", place=f"{shown} line {line}")) from None
    except yaml.YAMLError as error:
        # What is around the place may be a password.
        mark = getattr(error, "problem_mark", None)
        place = f"{shown} line {mark.line + 1}" if mark else shown
        column = f", column {mark.column + 1}" if mark else ""
        raise InputError(Problem(f"{getattr(error, 'problem', None) or 'invalid YAML'}{column}", place=place)) from None


def _lines(node: Any) -> dict[str, list[int]]:
    """Return for each key the line of it, and those of the entries of its list."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    lines = {}
    for key, value in node.value:
        entries = value.value if isinstance(value, yaml.SequenceNode) else []
        lines[str(key.value)] = [one.start_mark.line + 1 for one in (key, *entries)]
    return lines


def _check(node: Any, sizes: dict[int, int]) -> int:
    """Return how many values a node has; raise an error for a key that stands twice, and for aliases without end.

    It looks at each node before merge keys are carried out, which lets keys stand twice. *sizes* are those of the nodes
    that were checked, and 0 for those that contain this one.
    """
    size = sizes.get(id(node))
    if size is not None:
        return size or _refuse("an alias to what it is in", node)
    sizes[id(node)] = 0
    size = 1
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen and isinstance(key, yaml.ScalarNode):
                _refuse(f"{name!r} is a duplicate key", key)
            seen.add(name)
            size += 1 if isinstance(value, yaml.ScalarNode) else _check(value, sizes)
    elif isinstance(node, yaml.SequenceNode):
        size += sum(1 if isinstance(one, yaml.ScalarNode) else _check(one, sizes) for one in node.value)
    if size > MOST:
        _refuse(f"aliases that repeat more than {MOST} values", node)
    sizes[id(node)] = size
    return size


def _refuse(problem: str, node: Any) -> NoReturn:
    raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _loader(decrypt: Callable[[str], str]) -> Any:
    tags = {f"tag:yaml.org,2002:{name}" for name in _TAGS}

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers = {  # noqa: RUF012
            first: [(tag, expression) for tag, expression in resolvers if tag.endswith((":bool", ":null", ":merge"))]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }
        yaml_constructors = {  # noqa: RUF012
            tag: make for tag, make in yaml.SafeLoader.yaml_constructors.items() if tag is None or tag in tags
        }

    def vaulted(loader: Any, node: Any) -> str:
        try:
            return decrypt(loader.construct_scalar(node))
        except InputError as error:
            _refuse(str(error), node)

    Loader.add_constructor("!vault", vaulted)
    Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
    return Loader
