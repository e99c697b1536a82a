# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command of the collection says at its end."""

from __future__ import annotations

DOCUMENTATION = r"""
name: sentences

short_description: What a command says at its end

version_added: 1.0.0

description:
  - Returns the result of a command's module as plain sentences, in English or French. The playbooks of the collection
    use it.

author:
  - The xivo.xci authors (@xivo-xci)

positional: command, language, check

options:
  _input:
    description: The result of the module.
    type: dict
    required: true
  command:
    description: The name of the command.
    type: str
    required: true
  language:
    description: The language.
    type: str
    choices:
      - en
      - fr
    default: en
  check:
    description: Whether the command ran in check mode.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Say what was found, in French
  ansible.builtin.debug:
    msg: "{{ found | xivo.xci.sentences('who', 'fr') }}"
"""

RETURN = r"""
_value:
  description: The sentences.
  type: list
  elements: str
  sample: ["Found 2 people."]
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.plugin_utils.plain import plain
from ansible_collections.xivo.xci.plugins.plugin_utils.sentences import sentences


def _sentences(result: Mapping[str, Any], command: str, language: str = "en", check: bool = False) -> list[str]:
    try:
        return sentences(command, plain(result), language, boolean(check))
    except InputError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        return {"sentences": _sentences}
