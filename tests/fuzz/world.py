# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server with something on it, a module run on it in this process, and values of every kind."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import env_fallback
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from xcisandbox.dialects import SWITCHES
from xcisandbox.server import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import MODULES
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.examples import RANDOM, REPEATED
from ansible_collections.xivo.xci.tests.support.modules import defaults
from ansible_collections.xivo.xci.tests.support.objects import SMALL

# A few hundred examples in `make test`, many more in `make test-all`.
THOROUGH = int(os.environ.get("FUZZ_FACTOR", "1"))
SEED: dict[str, Any] = {
    "xivos": [*SMALL["xivos"], {"name": "sud", "host": "192.0.2.2"}],
    "entities": [
        *SMALL["entities"],
        {"name": "accueil", "xivo": "sud", "intervals": [{"start": "100", "end": ""}, {"start": "300", "end": "309"}]},
        {"name": "urgences", "xivo": "nord"},
    ],
    "templates": [*SMALL["templates"], {"name": "sud", "entities": ["accueil@sud"]}],
    "users": [
        *SMALL["users"],
        {"entity": "accueil@sud", "lastName": "Standard", "internalNumber": "300", "ctiLogin": "standard"},
    ],
    "administrators": SMALL["administrators"],
}
KNOWN = (
    "nord", "sud", "accueil", "accueil@nord", "accueil@sud", "urgences@nord", "standard", "admin", "claire", "101",
    "300", "0123", "102", "Zoé", "D'Arc", "Standard", "192.0.2.1", "inbNo", "custom", "anonymous", "auto", "verify",
    "always", "on_create", "absent", "present", "cti_login", "name", "internal_number", "users", "entities",
)  # fmt: skip


def bounded(examples: int) -> settings:
    """Return the settings of a test that draws so many examples."""
    return settings(
        REPEATED if THOROUGH == 1 else RANDOM,
        max_examples=examples * THOROUGH,
        suppress_health_check=list(HealthCheck),
        # Explaining takes minutes, and says nothing of what a server answered.
        phases=[phase for phase in Phase if phase is not Phase.explain],
    )


# -- values -------------------------------------------------------------------------------------------------

# What YAML makes of on, 0123, 12:30, .inf, .nan, 2026-01-01 and ~, and what a person did not mean by them.
SURPRISES: st.SearchStrategy[Any] = st.sampled_from([
    True, False, None, 83, 750, 0, -1, 1, 2, 2**31, 2**63, 10**30, 1.0, 1e300, float("inf"), float("nan"), "",
    " ", "on", "off", "yes", "0123", "1_000", "0x10", "0o17", "null", "~", "12:30", "=1+1", "{{ 7 * 7 }}",
    datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), b"bytes",
    "a" * 70_000, "9" * 5000, "\x00", "a\nb", "\r\n", "\u202e", "\ufeff", "é", "e\u0301", "\U0001f4de", "\ud83d", "%00",
    "a/b", "../..", "a@b@c", "@", "?", "#", "\\", '"', "<script>", "'; DROP TABLE users; --", [], {}, [[]], [None],
])  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.text(st.characters(), max_size=8),  # halves of surrogate pairs as well, which JSON can hold
    SURPRISES,
)
WILD = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6) | st.integers(), inner, max_size=4),
    max_leaves=8,
)
TAME = st.sampled_from(KNOWN)


def deep(levels: int = 2000) -> Any:
    value: Any = []
    for _level in range(levels):
        value = [value]
    return value


def tame(spec: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return values that an option may well have, so that what lies behind them is reached."""
    if "choices" in spec and spec["type"] == "str":
        return st.sampled_from(spec["choices"])
    if spec["type"] == "list":
        element = {"type": spec["elements"], **{k: v for k, v in spec.items() if k in ("choices", "options")}}
        if spec["elements"] == "dict" and "options" not in spec:
            return st.lists(WILD, max_size=3)
        return st.lists(tame({**element, "type": "str"} if "choices" in spec else element), max_size=3)
    if spec["type"] == "dict" and "options" not in spec:
        return st.dictionaries(st.sampled_from(sorted(one.plural for one in RESOURCES.values())), WILD, max_size=3)
    if spec["type"] == "dict":
        return st.fixed_dictionaries({}, optional={k: tame(s) | WILD for k, s in spec["options"].items()})
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "bool": st.booleans(),
        "int": st.integers(0, 70),
        "float": st.floats(0.001, 1000),
        "str": TAME,
        "path": st.just("nowhere/file"),
        "raw": WILD,
    }
    return kinds[spec["type"]]


def arguments(options: Mapping[str, Any], odds: st.SearchStrategy[Any] = WILD) -> st.SearchStrategy[dict[str, Any]]:
    """Return what a task may say of these options: each left out, plausible, or anything at all."""
    return st.fixed_dictionaries({}, optional={name: tame(spec) | tame(spec) | odds for name, spec in options.items()})


DIALECTS = st.fixed_dictionaries(
    {},
    optional={name: st.sampled_from(values) for name, values in server.alike().items() if len(values) > 1},
)

# -- running ------------------------------------------------------------------------------------------------


def start(sandbox: Sandbox, check: bool = False) -> Context:
    limits = {"timeout": 20.0, "retries": 1, "read_back_timeout": 0.2}
    return Context.start(server.connection(sandbox, validate_certs=True, **limits), check, True)


def checked(name: str, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the options as Ansible checks them; None where it refuses them itself."""
    try:
        outcome = ArgumentSpecValidator(MODULES[name].argument_spec(env_fallback)).validate(dict(given))
    except (OverflowError, TypeError):
        return None  # Ansible's checker has no words for an infinite integer, nor for keys that are no text
    return None if outcome.error_messages else outcome.validated_parameters


def run(name: str, given: Mapping[str, Any], sandbox: Sandbox, check: bool = False) -> dict[str, Any]:
    """Run a module as the two shells do, with options that need not be checked again."""
    context = start(sandbox, check)
    try:
        result = MODULES[name]({**defaults(name), **given}, context)
    finally:
        context.client.close()
    json.dumps(result)
    return result


def refill(sandbox: Sandbox, document: Any, dialects: Mapping[str, str] | None = None) -> None:
    """Make the server anew."""
    sandbox.reset()
    sandbox.dialects.change({**{name: values[0] for name, values in SWITCHES.items()}, **(dialects or {})})
    sandbox.load(document)
