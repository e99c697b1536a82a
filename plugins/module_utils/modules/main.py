# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a verb as an ordinary module: the one place of the library that knows AnsibleModule."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule, env_fallback

from ..api.errors import XciError
from .context import Task
from .registry import VERBS, without_secrets


def run_module(name: str) -> None:
    """Run the module of that name from its arguments to its exit."""
    verb = VERBS[name]
    module = AnsibleModule(argument_spec=verb.argument_spec(env_fallback), supports_check_mode=True)
    invocation = {"module_args": without_secrets(module.params)}
    # Ansible blanks secrets wherever their text occurs: a password 1234 would blank the number 1234. What we return is
    # free of secrets field by field, so that this is not needed and would only do harm.
    module.no_log_values = set()
    warnings: list[str] = []
    try:
        task = Task.start(module.params, module.check_mode, module._diff, warnings)
        result = verb(module.params, task)
    except XciError as error:
        result = {"failed": True, **error.result()}
    for warning in dict.fromkeys(warnings):
        module.warn(warning)
    if result.get("failed"):
        module.fail_json(invocation=invocation, **result)
    module.exit_json(invocation=invocation, **result)
