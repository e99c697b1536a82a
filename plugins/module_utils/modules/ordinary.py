# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module the ordinary way: the one place of the library that knows AnsibleModule."""

from __future__ import annotations

import os
from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule

from ..api.arguments import reveal
from ..api.cancellation import ANCESTOR, Cancellation
from ..api.errors import Problem, XciError, texts
from ..api.settings import from_environment
from ..model.parsing import index_place
from .context import LOCATED, Context
from .secrecy import mask, mask_session, without_secrets
from .spec import ModuleSpec


def run(spec: ModuleSpec) -> None:
    """Run a module, from its arguments to its exit."""
    module = AnsibleModule(argument_spec=spec.argument_spec(from_environment), supports_check_mode=True)
    options = reveal(module.params)
    invocation = {"module_args": without_secrets(options)}
    mask(options)
    try:
        context = Context.start(options, module.check_mode, module._diff, Cancellation.of_module())
    except XciError as error:
        module.fail_json(invocation=invocation, **error.result())
    result = spec(options, context)
    mask_session(context.client.session_secrets())
    located: list[Problem] = []
    other: list[Problem | str] = []
    # The action plugin waits for what it can locate in the task's document; nothing does for what is asynchronous.
    waits = bool(os.environ.get(ANCESTOR)) and context.place is index_place
    for one in context.warnings:
        if waits and isinstance(one, Problem) and one.index is not None:
            located.append(one)
        else:
            other.append(one)
    if waits and (located or context.problems):
        result[LOCATED] = {"errors": list(map(asdict, context.problems)), "warnings": list(map(asdict, located))}
    for warning in texts(other):
        module.warn(warning)
    if result.get("failed"):
        module.fail_json(invocation=invocation, **result)
    module.exit_json(invocation=invocation, **result)
