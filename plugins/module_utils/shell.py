# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a verb as an ordinary module: the one place of the library that knows AnsibleModule."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule, env_fallback

from ansible_collections.xivo.xci.plugins.module_utils.errors import XciError
from ansible_collections.xivo.xci.plugins.module_utils.runner import VERBS, Task, calls_since

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def run_module(name: str) -> None:
    """Run the module of that name from its arguments to its exit."""
    verb = VERBS[name]
    module = AnsibleModule(argument_spec=verb.argument_spec(env_fallback), supports_check_mode=True)
    shown = invocation(module.params, module.argument_spec)
    # Ansible blanks secrets wherever their text occurs: a password 1234 would blank the number 1234. What we return is
    # free of secrets field by field, so that this is not needed and would only do harm.
    module.no_log_values = set()
    task = None
    try:
        task = Task.start(module.params, module.check_mode, module._diff)
        result = verb(module.params, task)
    except XciError as error:
        failed = {
            **error.result(),
            **({"calls": calls_since(dict.fromkeys(task.client.counted(), 0), task.client)} if task else {}),
        }
        tell(module, task)
        module.fail_json(invocation=shown, **failed)
    tell(module, task)
    module.exit_json(invocation=shown, **result)


def tell(module: AnsibleModule, task: Task | None) -> None:
    for warning in dict.fromkeys(task.warnings if task else ()):
        module.warn(warning)


def invocation(params: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters as -vvv may show them."""
    args = {
        name: HIDDEN if spec.get(name, {}).get("no_log") and value is not None else value
        for name, value in params.items()
    }
    return {"module_args": args}
