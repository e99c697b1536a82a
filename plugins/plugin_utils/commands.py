# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the commands, as plain text from a survey or a command line; meta/commands.yml describes them."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml
from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, Problem
from ansible_collections.xivo.xci.plugins.module_utils.model.suggestion import suggestion

SOURCE = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", "meta", "commands.yml"))
CONNECTION = "connection"
"""The group of variables that become options of all modules by themselves."""

OWN, COMMON = re.compile("^xci_([a-z]+_)?"), re.compile("^xci_")
"""What a variable of one command, and one of several, has in front of the name of an option."""

Variable = Mapping[str, Any]


@functools.cache
def source() -> dict[str, Any]:
    """Return the description of all commands."""
    with open(SOURCE, encoding="utf-8") as file:
        described: dict[str, Any] = yaml.safe_load(file)
    return described


def variables_of(command: str, connection: bool = True) -> dict[str, Variable]:
    """Return the variables of a command, its own first."""
    described = source()["commands"][command]
    groups = [name for name in described.get("groups", ()) if connection or name != CONNECTION]
    every = dict(described["variables"])
    for name in groups:
        every.update(source()["groups"][name])
    return every


def given(command: str, value_of: Callable[[str], Any]) -> dict[str, Any]:
    """Return the variables of a command that are given or have a default, each as its type; raise InputError.

    *value_of* returns what is given for a variable, or None. An empty text is not given, as in a survey.
    """
    if command not in source()["commands"]:
        raise InputError(f"no command {command!r}; {suggestion(command, source()['commands'])}")
    described = source()["commands"][command]
    remedy = f"for example {described.get('example')}"
    read: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, variable in variables_of(command, connection=False).items():
        value = value_of(name)
        if is_given(value):
            try:
                read[name] = READERS[variable["type"]](value, variable)
            except ValueError as error:
                problems.append(Problem(f"invalid value: {error}", name))
        elif variable.get("required"):
            problems.append(Problem(f"missing required variable: {name}", remedy=remedy))
        elif "default" in variable:
            read[name] = READERS[variable["type"]](variable["default"], variable)
    problems += [Problem(why, remedy=remedy) for why in _alternatives(described, value_of)]
    if problems:
        # One example is enough.
        last = max((place for place, one in enumerate(problems) if one.remedy), default=None)
        raise InputError(*(one if place == last else replace(one, remedy="") for place, one in enumerate(problems)))
    return read


def _alternatives(described: Mapping[str, Any], value_of: Callable[[str], Any]) -> Iterator[str]:
    """Yield what is wrong with variables of which one group of several is needed: at least one, or one alone."""
    for rule in ("any_of", "one_of"):
        groups = described.get(rule, [])
        known = [[name for name in names if is_given(value_of(name))] for names in groups]
        together = ", or " if any(len(names) > 1 for names in groups) else " or "
        text = together.join(" and ".join(names) for names in groups)
        if groups and not any(some == names for some, names in zip(known, groups, strict=True)):
            yield f"missing required variable: {text}"
        elif rule == "one_of" and sum(map(bool, known)) > 1:
            yield f"give {text}, not both"


def in_words_of(command: str, text: str) -> str:
    """Return what a module says, with the variables of a command in place of the options that they are passed on as."""
    if command not in source()["commands"]:
        return text
    own = source()["commands"][command]["variables"]
    variables = {
        variable.get("option") or (OWN if name in own else COMMON).sub("", name): name
        for name, variable in variables_of(command, connection=False).items()
    }
    names = "|".join(sorted(map(re.escape, variables), key=len, reverse=True))
    places = r"(?:^|(?<=: )|(?<=; )|(?<=set )|(?<=because )|(?<=value of ))"
    text = re.sub(rf"{places}({names})(?=[:.,;]|$| \(| is | must )", lambda found: variables[found[1]], text)
    # A single word may be one of the message as well.
    for option, name in ((option, name) for option, name in variables.items() if "_" in option):
        text = re.sub(rf"(?<![\w.]){option}(?!\w)", name, text)
    own_names = "|".join(variables.values())
    return re.sub(rf"(?<=required )option(s?: (?:{own_names})\b)", r"variable\1", text)


def is_given(value: Any) -> bool:
    """Return whether a variable has a value: an empty text, an empty list and null are none."""
    return value is not None and not (isinstance(value, (str, list, tuple, Mapping)) and not _stripped(value))


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _text(value: Any, _variable: Variable) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError(f"{value!r} is not text; put it in quotes")
    return str(value).strip()


def _secret(value: Any, _variable: Variable) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError("it is not text; put it in quotes")
    return str(value)


def _integer(value: Any, _variable: Variable) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,18}", str(value).strip()):
        raise ValueError(f"{value!r} is not a whole number")
    return int(value)


def _boolean(value: Any, _variable: Variable) -> bool:
    try:
        return bool(boolean(_stripped(value)))
    except TypeError:
        raise ValueError(f"{value!r} is neither true nor false") from None


def _choice(value: Any, variable: Variable) -> str:
    text = _text(value, variable)
    if text not in variable["choices"]:
        raise ValueError(f"{text!r} is none of {', '.join(variable['choices'])}")
    return text


def _mode(value: Any, variable: Variable) -> str:
    """Read permissions: text such as 0644, or the number that YAML makes of that without quotes."""
    return f"{value:04o}" if isinstance(value, int) and not isinstance(value, bool) else _text(value, variable)


def _list(value: Any, variable: Variable) -> list[str]:
    """Read a list: of YAML, or text with commas or line breaks between its elements."""
    parts = re.split(r"[,\n]", str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else value
    if not isinstance(parts, (list, tuple)):
        raise ValueError(f"{value!r} is not a list; separate its elements by commas or line breaks")
    return [text for text in (_text(part, variable) for part in parts) if text]


def _pairs(value: Any, variable: Variable) -> dict[str, str]:
    """Read pairs such as ``old=new``: a list of them, or a mapping of YAML."""
    if isinstance(value, Mapping):
        value = [f"{old}={new}" for old, new in value.items()]
    pairs: dict[str, str] = {}
    for text in _list(value, variable):
        old, sign, new = (part.strip() for part in text.partition("="))
        if not (old and sign and new):
            raise ValueError(f"{text!r} is not a pair such as old=new")
        if old in pairs:
            raise ValueError(f"{old!r} is a duplicate")
        pairs[old] = new
    return pairs


def _path(value: Any, variable: Variable) -> str:
    """Read a path, which is relative to the folder in which Ansible was started."""
    return os.path.realpath(os.path.expanduser(os.path.expandvars(_text(value, variable))))


def _folder(value: Any, variable: Variable) -> str:
    """Read a folder to write to; ``none`` is none."""
    return "" if value == "none" else os.path.join(_path(value, variable), "")


def _paths(value: Any, variable: Variable) -> list[str]:
    return [_path(one, variable) for one in _list(value, variable)]


def _files(value: Any, variable: Variable) -> list[str]:
    """Read pairs of a name and a path, such as ``xivo-nord=nord.csv``."""
    return [f"{name}={_path(path, variable)}" for name, path in _pairs(value, variable).items()]


def _data(value: Any, variable: Variable) -> Any:
    """Read a mapping of YAML as it is, and text as the path of a file that has one."""
    return value if isinstance(value, Mapping) else _path(value, variable)


READERS: dict[str, Callable[[Any, Variable], Any]] = {
    "text": _text,
    "secret": _secret,
    "integer": _integer,
    "boolean": _boolean,
    "choice": _choice,
    "mode": _mode,
    "list": _list,
    "pairs": lambda value, variable: [f"{old}={new}" for old, new in _pairs(value, variable).items()],
    "path": _path,
    "folder": _folder,
    "paths": _paths,
    "files": _files,
    "data": _data,
}
