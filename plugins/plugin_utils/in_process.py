# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the modules inside the controller's worker, where an item of a loop costs milliseconds.

On a local connection, without become and async, the action plugin runs the library itself; otherwise Ansible runs the
ordinary module. One worker process runs all items of a loop, so that they share a session and what was read. What must
be shared between workers is in the folder that Ansible makes for each run and removes at its end.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.plugins.action.normal import ActionModule as OrdinaryModule
from ansible.plugins.loader import module_loader

from ansible_collections.xivo.xci.plugins.module_utils.api.arguments import reveal
from ansible_collections.xivo.xci.plugins.module_utils.api.cancellation import ANCESTOR, Cancellation, end_descendants
from ansible_collections.xivo.xci.plugins.module_utils.api.client import Client
from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, XciError, texts
from ansible_collections.xivo.xci.plugins.module_utils.api.session import REQUESTS_IMPORT_ERROR
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings, from_environment
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.plugins.module_utils.modules.secrecy import mask, mask_session, without_secrets
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.plugins.plugin_utils.contexts import environment, route, shared
from ansible_collections.xivo.xci.plugins.plugin_utils.hints import explained
from ansible_collections.xivo.xci.plugins.plugin_utils.plain import plain
from ansible_collections.xivo.xci.plugins.plugin_utils.quotes import Unquoted, spelled_out
from ansible_collections.xivo.xci.plugins.plugin_utils.run_folder import RunStore, forget_refusals

TASK_TIMEOUT = "TaskTimeoutError"
"""The name of what Ansible raises when the time-out of a task is over; where it is differs between releases."""

_IMPORTER, _PARENT = os.getpid(), os.getppid()

_kept: dict[tuple[Any, ...], Context] = {}
"""The context of the task that this worker runs, with its session and what it has read, for the next item of a loop."""

_warned: set[str] = set()
"""The tasks that have warned of numbers without quotes."""


class InProcess(OrdinaryModule):
    """One of the collection's modules, in the worker where that is possible, as Ansible runs any module elsewhere."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        self._unquoted = Unquoted()
        try:
            self._unquoted.check(_validator(self.module_name, here=True).argument_spec, self._task.args)
            result = self._run(tmp, task_vars)
        except XciError as error:
            arguments = without_secrets(plain(self._task.args))
            result = {"failed": True, **error.result(), "invocation": {"module_args": arguments}}
        if Cancellation.of_worker(_ansible()).requested:
            # Nobody takes the result any more, and a large one would wait for that for ever.
            os._exit(1)
        return self._with_warnings(explained(result, task_vars or {}))

    def _run(self, tmp: Any, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        variables = task_vars or {}
        if not self._can_stay(variables):
            # Checked here as well: Ansible's own error would show a password whose name is misspelt.
            self._checked(here=False)
            return self._located(self._run_ordinary(tmp, task_vars))
        result = ActionBase.run(self, tmp, task_vars)
        with environment(self._own_environment()):
            return {**result, **self._work(variables)}

    def _with_warnings(self, result: dict[str, Any]) -> dict[str, Any]:
        """Return the result with the warning of numbers without quotes, once for all items of a loop."""
        found = self._unquoted.warnings()
        if not found or self._task._uuid in _warned:
            return result
        _warned.add(self._task._uuid)
        return {**result, "warnings": [*result.get("warnings", ()), *found]}

    def _run_ordinary(self, tmp: Any, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        given = self._task.args
        options = self._completed(spelled_out(MODULES[self.module_name].options, given))
        options = self._with_known_names(options)
        Cancellation.of_worker(_ansible()).check()
        # A copy: Ansible adds keys of its own, and a task that is retried begins with what the playbook says.
        self._task.args = dict(options)
        try:
            return super().run(tmp, task_vars)
        except Exception:
            raise
        except BaseException:
            # A signal, or the time-out of the task: Ansible no longer waits for the module, and lets it go on.
            end_descendants()
            raise
        finally:
            self._task.args = given

    def _compute_environment_string(self, raw_environment_out: dict[str, Any] | None = None) -> str:
        """Return the environment of an ordinary module, with the process that it works for.

        What is asynchronous goes on without it.
        """
        given = self._task.environment
        if not self._task.async_val:
            all_given = given if isinstance(given, list) else [given]
            self._task.environment = [*all_given, {ANCESTOR: str(_ansible())}]
        try:
            return super()._compute_environment_string(raw_environment_out)
        finally:
            self._task.environment = given

    @cached_property
    def module_name(self) -> str:
        """The name of the module, such as ``xci_user``, which another collection may redirect to."""
        action = str(self._task.action)
        name = action.rpartition(".")[2]
        if name in MODULES:
            return name
        found = module_loader.find_plugin_with_context(action, collection_list=self._task.collections)
        return str(found.resolved_fqcn).rpartition(".")[2]

    def _can_stay(self, variables: Mapping[str, Any]) -> bool:
        local = self._connection.transport == "local" and getattr(self._connection, "become", None) is None
        if not local or self._task.async_val or REQUESTS_IMPORT_ERROR:
            return False
        return self._setting(variables, "xci_in_worker", True)

    def _setting(self, variables: Mapping[str, Any], name: str, default: Any) -> Any:
        value = self._templar.template(variables[name]) if name in variables else default
        return boolean(value) if isinstance(default, bool) else value

    def _own_environment(self) -> dict[str, str]:
        """Return what the task's keyword environment says; it does not reach a worker by itself."""
        environment: dict[str, Any] = {}
        super()._compute_environment_string(environment)
        return {str(name): str(value) for name, value in environment.items()}

    def _checked(self, here: bool) -> dict[str, Any]:
        """Return the options as Ansible validates them; raise InputError for what is wrong with them."""
        validator = _validator(self.module_name, here)
        checked = validator.validate(plain(spelled_out(validator.argument_spec, self._task.args)))
        if checked.error_messages:
            unsupported = isinstance(checked.errors[0], UnsupportedError)
            prefix = f"Unsupported parameters for (xivo.xci.{self.module_name}) module: " if unsupported else ""
            raise InputError(prefix + checked.errors.msg)
        return reveal(checked.validated_parameters)

    def _work(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        spec = MODULES[self.module_name]
        given = self._checked(here=True)
        options = self._completed(given)
        mask(options)
        context = self._context(options, one_login=self._setting(variables, "xci_session", "run") != "task")
        if context.check and "id" in self._task.args and given["id"] is None:
            context.warnings.append(
                "id is null and counts as not given; in check mode that is so for the id of an object that an earlier "
                "task would create"
            )
        try:
            with self._prepared(context):
                result = spec(options, context)
        except BaseException as error:
            context.client.cancellation.request()
            if type(error).__name__ != TASK_TIMEOUT or not context.interrupted:
                raise
            result = self._timed_out(context.interrupted)
        mask_session(context.client.session_secrets())
        self._keep(context, result)
        warnings = texts(context.warnings)
        invocation = {"module_args": without_secrets(given)}
        return {**result, "invocation": invocation, **({"warnings": warnings} if warnings else {})}

    def _timed_out(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result of a document that the time-out of the task ended; Ansible's own says only that."""
        seconds = self._task.timeout
        outcome = result.get("msg", "all writes were done")
        msg = f"the task did not end within {seconds} seconds (timeout), and was ended: {outcome}"
        return {**result, "msg": msg, "timedout": {"period": seconds}}

    def _completed(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the options with what is on the controller; after Ansible checked them, since it may be much."""
        return options

    def _with_known_names(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return options for the ordinary module without names that do not exist.

        Ansible itself would name the first one only, without its place, and show the entry.
        """
        return options

    def _located(self, result: dict[str, Any]) -> dict[str, Any]:
        """Return the result of the ordinary module with what it can't know: where the entries of a document are."""
        return result

    @contextlib.contextmanager
    def _prepared(self, context: Context) -> Iterator[Context]:
        """Add to the context what only some modules need."""
        yield context

    def _context(self, options: Mapping[str, Any], one_login: bool) -> Context:
        """Return the context of the task that this worker runs, as it is for this item."""
        settings = Settings.from_options(options)
        key = (self._task._uuid, settings, route(), one_login)
        # What is repeated until something comes true has to look again each time.
        repeated = self._task.until or self._task.retries
        if repeated:
            forget_refusals()
        if key not in _kept or repeated or _kept[key].client.cancellation.requested:
            store = RunStore.beside(settings, route()) if one_login else None
            client = Client(settings, store, Cancellation.of_worker(_ansible()))
            _kept[key] = shared(client)
        context = _kept[key]
        # Each item of a loop may have its own mode.
        context.check, context.diff = self._task.check_mode, self._task.diff
        context.warnings, context.problems = [*settings.warnings()], []
        return context

    def _keep(self, context: Context, result: Mapping[str, Any]) -> None:
        """Keep what was read for the next item, unless something failed; keep what was planned while it is true."""
        if result.get("failed"):
            context.state = State(context.client, context.state.reservations, context.state.recent)
        if result.get("changed") and not context.check:
            forget_refusals()
            context.forget_planned()


@cache
def _validator(module: str, here: bool) -> ArgumentSpecValidator:
    """Return what checks the options of a module; *here* they may come from the environment of this process too."""
    return ArgumentSpecValidator(MODULES[module].top_level(from_environment if here else None))


def _ansible() -> int:
    """Return the process of Ansible itself, of which this one is a worker.

    It is asked in the worker, of which it may not be the parent any more, and has imported this unless the worker did.
    """
    return _PARENT if os.getpid() == _IMPORTER else _IMPORTER
