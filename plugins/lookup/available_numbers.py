# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The next available numbers of an entity, for templates."""

from __future__ import annotations

DOCUMENTATION = r"""
name: available_numbers

short_description: Available internal numbers of an entity on XCI

version_added: 1.0.0

description:
  - Returns the next available internal numbers of an entity, as XCI lists them.
  - The numbers are reserved for the run of Ansible. Each host, and each item of its loop, gets its own numbers, also if
    several hosts ask at the same time, and also in check mode, in which no user is created.
  - The same host with the same item of its loop gets the same numbers again as long as they are available. So a number
    stays the same within a task, and changes once a user has it.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.connection
  - xivo.xci.connection.plugins

options:
  _terms:
    description:
      - The entities, each written as C(name@xivo-name), as its combinedId, or as its name alone if no other XiVO has an
        entity of that name.
    type: list
    elements: str
    required: true
  count:
    description:
      - The number of numbers to return for each entity.
    type: int
    default: 1
  consecutive:
    description:
      - Whether the numbers of an entity must follow each other without a gap.
    type: bool
    default: false
  numbering:
    description:
      - Ranges of numbers that are reserved and are not returned, as a mapping or as the path of a YAML file, like
        O(xivo.xci.xci_user#module:numbering).
    type: raw
    vars:
      - name: xci_numbering

seealso:
  - module: xivo.xci.xci_user
  - module: xivo.xci.xci_entity_info

notes:
  - The lookup runs in the controller. It can read variables, and the environment of C(ansible-playbook), but neither
    C(module_defaults) nor the keyword C(environment) of a task. Keep the connection in variables, and use them in
    C(module_defaults) too.
  - XCI is read each time, so a number that has been taken meanwhile is not returned.
  - It is an error if an entity has fewer available numbers than requested.
  - To give one user any available number, M(xivo.xci.xci_user) needs no lookup. Omit its
    O(xivo.xci.xci_user#module:internal_number) with O(xivo.xci.xci_user#module:match_on=cti_login) or
    O(xivo.xci.xci_user#module:match_on=name). A second run then leaves the number unchanged, whereas a task
    with this lookup creates another user each time.
"""

EXAMPLES = r"""
- name: Use available numbers
  hosts: localhost
  gather_facts: false
  # The connection, set once for modules and lookups.
  vars:
    xci_url: https://xci.example.org
    xci_login: ansible
    xci_password: "{{ vault_xci_password }}"
  module_defaults:
    group/xivo.xci.xci:
      xci_url: "{{ xci_url }}"
      xci_login: "{{ xci_login }}"
      xci_password: "{{ xci_password }}"
  tasks:
    - name: Show the next available number
      ansible.builtin.debug:
        msg: "{{ lookup('xivo.xci.available_numbers', 'accueil@xivo-nord') }}"

    - name: Show the next five
      ansible.builtin.debug:
        msg: "{{ query('xivo.xci.available_numbers', 'accueil@xivo-nord', count=5) }}"

    - name: Show the next ten in a row
      ansible.builtin.debug:
        msg: "{{ query('xivo.xci.available_numbers', 'accueil@xivo-nord', count=10, consecutive=true) }}"

    - name: Give each meeting room a number, a different one for each item
      xivo.xci.xci_user:
        entity: accueil@xivo-nord
        internal_number: "{{ lookup('xivo.xci.available_numbers', 'accueil@xivo-nord') }}"
        last_name: "{{ item }}"
        template: Modèle standard
      loop:
        - Salle Rivière
        - Salle Forêt

    - name: Create three telephones with the next three numbers
      xivo.xci.xci_user:
        entity: urgences@xivo-nord
        internal_number: "{{ item }}"
        last_name: "Box {{ item }}"
        template: Modèle standard
      loop: "{{ query('xivo.xci.available_numbers', 'urgences@xivo-nord', count=3) }}"
"""

RETURN = r"""
_raw:
  description:
    - The numbers, in XCI's order, by entity. Use C(query) rather than C(lookup) for more than one.
  type: list
  elements: str
  sample: ["1002", "1003"]
"""

import hashlib
import json
import os
from functools import partial
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import InputError, XciError
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import CONNECTION, variable_of
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ENTITY
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.plugin_utils.contexts import given_variables, settings_of, start
from ansible_collections.xivo.xci.plugins.plugin_utils.mappings import read_mapping
from ansible_collections.xivo.xci.plugins.plugin_utils.plain import plain


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        known = variables or {}
        names = {variable_of(option).lower() for option in CONNECTION}
        with given_variables():
            given = {name: value for name, value in known.items() if name not in names or value != ""}
            self.set_options(var_options=given, direct=kwargs)
        try:
            return self._numbers([plain(term) for term in terms], known)
        except XciError as error:
            raise AnsibleError(f"xivo.xci.available_numbers: {error}") from None

    def _numbers(self, terms: list[Any], variables: dict[str, Any]) -> list[str]:
        count = self.get_option("count")
        if count < 1:
            raise InputError(f"invalid value for count: {count} is less than 1")
        context = start(settings_of(self.get_option), boolean(plain(variables.get("ansible_check_mode", False))))
        for warning in context.warnings:
            Display().warning(str(warning))
        context.reserve(self._numbering())
        take = partial(_of_entity, count=count, consecutive=self.get_option("consecutive"), asker=_asker(variables))
        return [number for term in terms for number in take(term, context=context)]

    def _numbering(self) -> Any:
        """Return the ranges that are reserved, from a file or a variable."""
        numbering = plain(self._templar.template(self.get_option("numbering")))
        if not isinstance(numbering, str) or not numbering.strip():
            return numbering
        loader = self._loader
        path = os.path.realpath(os.path.expanduser(numbering.strip()))
        try:
            return read_mapping(path, lambda name: loader._get_file_contents(name)[0], loader._vault.decrypt)
        except AnsibleError as error:
            raise InputError(f"numbering: {error}") from None


def _of_entity(term: Any, count: int, consecutive: bool, asker: str, context: Context) -> list[str]:
    if not isinstance(term, str) or not term:
        raise InputError(f"invalid value: {term!r} is not an entity such as accueil@xivo-nord")
    state = context.current()
    scope = state.resolve(ENTITY.kind, term)
    label, (available,) = state.label_of(ENTITY, scope), state.numbers.free([scope])
    free = [number for number in available if not state.numbers.kept(scope, number)]
    numbers = state.reservations.take(label, asker, free, count, consecutive)
    if len(numbers) < count:
        others = len(available) - len(numbers)
        reserved = f" ({others} more are reserved in this run or by numbering)" if others and not consecutive else ""
        row = " in a row" if consecutive else ""
        raise InputError(
            f"entity {label} has {len(numbers)} of {count} requested numbers available{row}{reserved}; request fewer, "
            "or widen its intervals"
        )
    return numbers


def _asker(variables: dict[str, Any]) -> str:
    """Return who asks, as far as a lookup can know: a host with an item of its loop. It reveals nothing of the item."""
    loop_names = (variables.get("ansible_loop_var") or "item", variables.get("ansible_index_var") or "")
    who = [plain(variables.get(name)) for name in ("inventory_hostname", *loop_names)]
    return hashlib.sha256(json.dumps(who, sort_keys=True, default=str).encode()).hexdigest()
