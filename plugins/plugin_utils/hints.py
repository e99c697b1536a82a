# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about an error that only the variables of a play explain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.xivo.xci.plugins.module_utils.api.settings import CONNECTION
from ansible_collections.xivo.xci.plugins.plugin_utils.commands import in_words_of


def explained(result: dict[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result that says what to do where somebody set variables for options that a task omits.

    Who runs a command does not know the options of a module: there, the message names the variables of the command.
    """
    msg = str(result.get("msg", "")) if result.get("failed") else ""
    if msg and "xci_command" in variables:
        msg = in_words_of(str(variables["xci_command"]), msg)
        result = {**result, "msg": msg}
    given = [name for name in CONNECTION if name in variables and f"missing required option: {name} " in msg]
    if not given:
        return result
    example = ", ".join(f'{name}: "{{{{ {name} }}}}"' for name in given)
    advice = (
        f"Variables such as {given[0]} are not read as options: pass them on in the task, or to all tasks of a play"
    )
    return {**result, "msg": f"{msg}. {advice} with module_defaults: {{group/xivo.xci.xci: {{{example}}}}}"}
