# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the parameters of a task to its result; knows neither AnsibleModule nor ActionBase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Callable, Protocol, Union

from ansible.module_utils.common.yaml import HAS_YAML, yaml_dump
from ansible_collections.xivo.xci.plugins.module_utils import info, plan
from ansible_collections.xivo.xci.plugins.module_utils.apply import apply
from ansible_collections.xivo.xci.plugins.module_utils.client import Client
from ansible_collections.xivo.xci.plugins.module_utils.directory import Directory
from ansible_collections.xivo.xci.plugins.module_utils.errors import InputError, XciError
from ansible_collections.xivo.xci.plugins.module_utils.foresight import Foresight, Foretold
from ansible_collections.xivo.xci.plugins.module_utils.listing import Item
from ansible_collections.xivo.xci.plugins.module_utils.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.schema import Field, Resource, Values, is_foretold, parse
from ansible_collections.xivo.xci.plugins.module_utils.sync import synchronize
from ansible_collections.xivo.xci.plugins.module_utils.transport import Settings

CONNECTION: dict[str, dict[str, Any]] = {
    "xci_url": {"type": "str"},
    "xci_login": {"type": "str"},
    "xci_password": {"type": "str", "no_log": True},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "timeout": {"type": "float", "default": 60.0},
    "retries": {"type": "int", "default": 3},
}
VARIABLES = {
    "xci_url": "XCI_URL",
    "xci_login": "XCI_LOGIN",
    "xci_password": "XCI_PASSWORD",
    "validate_certs": "XCI_VALIDATE_CERTS",
    "ca_path": "XCI_CA_PATH",
    "timeout": "XCI_TIMEOUT",
    "retries": "XCI_RETRIES",
}


class Journal(Protocol):
    """What the tasks of a run foretold so far."""

    def read(self) -> Iterable[Foretold]:
        """Return the planned writes that this object has neither returned nor added yet, in their order."""

    def add(self, change: Foretold) -> None:
        """Keep one more."""


@dataclass
class Task:
    """One run of a module: the server it works on, how it runs, and what it has to say.

    *directory* outlives the task where the worker keeps it for the next item of a loop. *journal* keeps what is planned
    in check mode for the tasks that follow; it is None where they could not see it.
    """

    client: Client
    directory: Directory
    check: bool = False
    diff: bool = False
    journal: Journal | None = None
    warnings: list[str] = field(default_factory=list)
    _view: Foresight | None = None

    @classmethod
    def start(
        cls, options: Mapping[str, Any], check: bool = False, diff: bool = False, warnings: list[str] | None = None
    ) -> Task:
        """Return a task on its own, as an ordinary module runs it; *warnings* collects what it has to say."""
        settings = Settings.from_options(options)
        client = Client(settings)
        task = cls(client, Directory(client), check, diff, warnings=[] if warnings is None else warnings)
        task.warnings += settings.warnings()
        return task

    def foresight(self) -> Foresight:
        """Return the directory to plan on in check mode: with all that was foretold."""
        if self._view is None:
            self._view = Foresight(self.directory, assume=self.journal is None)
        for change in self.journal.read() if self.journal else ():
            self._view.foretell(change)
        return self._view


def manage(resource: Resource, options: Mapping[str, Any], task: Task) -> dict[str, Any]:
    """Bring one object to the state that the options want; return the module's result."""
    own = {name: value for name, value in options.items() if name not in CONNECTION}
    parsed = parse(resource, own).checked()
    task.warnings += parsed.warnings
    before, operation, after = (_foretell if task.check else _act)(resource, own, parsed.wanted, task)
    result = {"changed": operation is not None, resource.kind: resource.public(after) if after else {}}
    if operation is not None:
        task.warnings += operation.warnings
    if task.diff:
        result["diff"] = as_text(operation.diff() if operation else plan.diff(resource, before, before))
    return result


def as_text(diff: dict[str, Any]) -> dict[str, Any]:
    """Return a diff whose two sides are YAML, as in a playbook; Ansible would show a mapping as JSON in ASCII."""
    if not HAS_YAML:
        return diff
    sides = {side: yaml_dump(diff[side], allow_unicode=True, sort_keys=False) for side in ("before", "after")}
    return {**diff, **{side: text if diff[side] else "" for side, text in sides.items()}}


Outcome = tuple[Values, Union[plan.Operation, None], Values]
"""An object before, the write that it needed, the object after; empty where there is none."""


def _act(resource: Resource, options: Mapping[str, Any], wanted: Values, task: Task) -> Outcome:
    directory = task.directory
    current, operation = propose(resource, options, wanted, directory)
    before = current.values if current else {}
    if operation is None:
        return before, None, before
    apply(operation, directory)
    if operation.action == plan.DELETE:
        return before, operation, {}
    known = {"id": operation.before["id"]} if operation.before else {}
    found = directory.find(resource, known or {n: v for n, v in operation.after.items() if n != "id"})
    return before, operation, found.values if found else operation.after


def _foretell(resource: Resource, options: Mapping[str, Any], wanted: Values, task: Task) -> Outcome:
    directory = task.foresight()
    current, operation = propose(resource, options, wanted, directory)
    task.warnings += [
        f"{kind} {text!r} is not on XCI; it is taken for one that an earlier task of this check would create"
        for kind, text in directory.assumed
    ]
    before = current.values if current else {}
    if operation is None:
        return before, None, before
    change = directory.take_in(operation)
    if task.journal:
        task.journal.add(change)
    return before, operation, {} if operation.action == plan.DELETE else {**operation.after, "id": change.id}


def propose(
    resource: Resource, options: Mapping[str, Any], wanted: Values, directory: Directory
) -> tuple[Item | None, plan.Operation | None]:
    """Return the object that is meant, and the write that it needs."""
    match = options.get("match_on") or next(iter(resource.matches))
    _need_identity(resource, wanted, match)
    absent = options.get("state") == "absent"
    wanted = directory.with_labels(resource, wanted)
    current = directory.find(resource, wanted, match)
    if current is None:
        if "id" in wanted and not absent:
            raise InputError(f"there is no {resource.kind} with id {wanted['id']} on this XCI")
        if not absent:
            plan.check_creation(resource, wanted)
            _fill(resource, wanted, directory)
    stale = [] if absent else _stale(resource, wanted, current, options.get("update_password"), directory.client)
    operation = plan.decide(resource, wanted, current.values if current else None, absent=absent, stale=stale)
    if operation is not None and current is not None:
        operation.raw = current.raw
    if operation is not None and not absent:
        operation.wanted = directory.with_labels(resource, operation.wanted, riding=True)
    return current, operation


def _need_identity(resource: Resource, wanted: Values, match: str) -> None:
    if "id" in wanted:
        return
    fields = resource.matches[match]
    missing = [] if any(wanted.get(name) for name in fields) else [" or ".join(fields)]
    if len(resource.matches) == 1:
        missing = [name for name in fields if not wanted.get(name)]
    if resource.scope and resource.scope not in wanted:
        missing.append(resource.scope)
    if missing:
        raise InputError(f"to know which {resource.kind} is meant, {' and '.join(missing)} must be given (or id)")


def _fill(resource: Resource, wanted: Values, directory: Directory) -> None:
    """Add what a creation takes where the playbook says nothing and the answer needs the rest of it."""
    for one in resource.fields:
        if callable(one.default) and one.name not in wanted:
            wanted[one.name] = one.default(wanted, directory)


def _stale(resource: Resource, wanted: Values, current: Item | None, policy: str | None, client: Client) -> list[str]:
    """Return the secrets of an object that have to be written."""
    if current is None:
        return []
    return [
        one.name
        for one in resource.fields
        if one.secret and wanted.get(one.name) is not None and one.applies({**current.values, **wanted})
        if _is_stale(one, wanted, current.values, policy, client)
    ]


def _is_stale(one: Field, wanted: Values, current: Values, policy: str | None, client: Client) -> bool:
    if policy == "on_create":
        return False
    if policy == "verify":
        return not is_foretold(current) and not client.accepts(current["login"], wanted[one.name])
    if current.get(one.name) is not None:
        return wanted[one.name] != current[one.name]
    return policy == "always"


@dataclass(frozen=True)
class Verb:
    """One module: its options, and what it does with them."""

    options: Mapping[str, Any]
    run: Callable[[Mapping[str, Any], Task], dict[str, Any]]

    def argument_spec(self, fallback: Callable[..., Any]) -> dict[str, Any]:
        """Return the whole argument spec; *fallback* is Ansible's env_fallback."""
        connection = {name: {**spec, "fallback": (fallback, [VARIABLES[name]])} for name, spec in CONNECTION.items()}
        return {**connection, **self.options}

    def __call__(self, options: Mapping[str, Any], task: Task) -> dict[str, Any]:
        """Run and return the result, failed or not: ``changed``, what the module returns, ``calls``."""
        start = task.client.counted()
        try:
            result = self.run(options, task)
        except XciError as error:
            result = {"failed": True, **error.result()}
        calls = {method: count - start[method] for method, count in task.client.counted().items()}
        return {**result, "calls": calls}


SECRETS = {"xci_password", *(one.name for resource in RESOURCES.values() for one in resource.fields if one.secret)}
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def without_secrets(options: Any) -> Any:
    """Return options as they may be shown, however deep a secret lies."""
    if isinstance(options, Mapping):
        return {k: HIDDEN if k in SECRETS and v is not None else without_secrets(v) for k, v in options.items()}
    return [without_secrets(one) for one in options] if isinstance(options, list) else options


def _manager(resource: Resource) -> Verb:
    return Verb(resource.argument_spec(), lambda options, task: manage(resource, options, task))


def _informer(resource: Resource) -> Verb:
    return Verb(info.argument_spec(resource), partial(info.show, resource))


VERBS: dict[str, Verb] = {
    **{f"xci_{kind}": _manager(resource) for kind, resource in RESOURCES.items()},
    **{f"xci_{kind}_info": _informer(resource) for kind, resource in RESOURCES.items()},
    "xci_sync": Verb({}, synchronize),
}
