# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of a command of the collection, for its playbook."""

from __future__ import annotations

DOCUMENTATION = r"""
name: command

short_description: The variables of a command, read as its playbook needs them

version_added: 1.0.0

description:
  - Returns the variables of one of the collection's commands, C(ansible-playbook xivo.xci.NAME), as a mapping. The
    playbooks of the collection use it; your own playbook can, too, if it takes the same variables.
  - Each variable may be plain text, as a survey or a command line gives it. An empty text counts as not given. Lists
    are separated by commas or line breaks, and pairs are written as C(old=new). A relative path starts in the folder in
    which Ansible was started.
  - A variable that is not given has its default, or is not in the mapping.
  - All variables that are missing or invalid are reported together.
  - Beside the variables, C(xci_process) is the process id of Ansible itself, with which a sandbox can end.

author:
  - The xivo.xci authors (@xivo-xci)

options:
  _terms:
    description:
      - The name of the command.
    type: list
    elements: str
    required: true
  problems:
    description:
      - Whether to return what is wrong with the variables, as text that is empty where nothing is. Otherwise, it is an
        error.
    type: bool
    default: false

notes:
  - The variables of the connection, such as C(xci_url), are not in the mapping.
"""

EXAMPLES = r"""
- name: Search for people as the command who does
  xivo.xci.xci_user_info:
    who: "{{ given.xci_who }}"
  vars:
    given: "{{ lookup('xivo.xci.command', 'who') }}"
"""

RETURN = r"""
_raw:
  description:
    - The variables of the command by their names; with O(problems), text.
  type: list
  elements: dict
  sample: [{"xci_who": "lefevre", "xci_language": "en", "xci_process": 4711}]
"""

import multiprocessing
import os
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError
from ansible_collections.xivo.xci.plugins.plugin_utils.commands import given
from ansible_collections.xivo.xci.plugins.plugin_utils.plain import plain


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=kwargs)
        known = variables or {}

        def value_of(name: str) -> Any:
            return plain(self._templar.template(known[name])) if name in known else None

        try:
            found = [{**given(str(term), value_of), "xci_process": _ansible()} for term in terms]
        except InputError as error:
            if self.get_option("problems"):
                return [str(error)]
            raise AnsibleLookupError(str(error)) from None
        return [""] if self.get_option("problems") else found


def _ansible() -> int:
    """Return the process of Ansible itself, of which this one may be a worker."""
    parent = multiprocessing.parent_process()
    return parent.pid if parent and parent.pid else os.getpid()
