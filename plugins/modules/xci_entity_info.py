#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_entity_info

short_description: Show entities, their available numbers and the usage of their intervals

version_added: 1.0.0

description:
  - Shows the entities, the contexts of the dial plans of the XiVOs, with their intervals of internal numbers. All of
    them, or those that match the options.
  - On request, adds the available numbers, and how many numbers of each interval are in use.
  - It changes nothing. Each item can be used as the options of M(xivo.xci.xci_entity).

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes.info
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  name:
    description:
      - Only entities with this name. Several XiVOs can have one each.
    type: str
  xivo:
    description:
      - Only entities of this XiVO, by name, uuid or id.
    type: str
  id:
    description:
      - Only the entity with this id on XCI.
    type: int
  combined_id:
    description:
      - Only the entity with this combinedId, which is its name and the uuid of its XiVO.
    type: str
  available_numbers:
    description:
      - Whether to add the available numbers, as XCI lists them. This reads one more list per entity.
    type: bool
    default: false
  usage:
    description:
      - Whether to add how many numbers of each interval are in use. This reads the users of each entity.
    type: bool
    default: false

seealso:
  - module: xivo.xci.xci_entity
  - module: xivo.xci.xci_user_info
  - plugin: xivo.xci.available_numbers
    plugin_type: lookup
  - plugin: xivo.xci.xci
    plugin_type: inventory
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html

notes:
  - If nothing is found, the list is empty; that is not an error. A reference to something that does not exist on XCI,
    such as an unknown entity, is an error.
  - In check mode, the result includes the changes that earlier tasks planned. If the tasks do not run on a local
    connection, a module can't see what others planned. An unknown reference then gives a warning and an empty list.
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Show all entities
  xivo.xci.xci_entity_info:

- name: Read how many numbers are free on each site
  xivo.xci.xci_entity_info:
    usage: true
  register: all

- name: Show it for each entity
  ansible.builtin.debug:
    msg: "{{ item.name }}@{{ item.xivo }}: {{ item.usage | map(attribute='free') | sum }} numbers are free"
  loop: "{{ all.entities }}"
  loop_control:
    label: "{{ item.name }}@{{ item.xivo }}"

- name: Show it for each XiVO
  ansible.builtin.debug:
    msg: "{{ item }}: {{ here | map(attribute='usage') | flatten | map(attribute='free') | sum }} numbers are free"
  loop: "{{ all.entities | map(attribute='xivo') | unique }}"
  vars:
    here: "{{ all.entities | selectattr('xivo', 'eq', item) | list }}"

- name: Show the entities of a XiVO, with all their available numbers
  xivo.xci.xci_entity_info:
    xivo: xivo-nord
    available_numbers: true

- name: Show one entity
  xivo.xci.xci_entity_info:
    name: urgences
    xivo: xivo-nord
  register: urgences

- name: Set the same numbers on another site
  xivo.xci.xci_entity:
    name: urgences
    xivo: xivo-sud
    intervals: "{{ urgences.entities[0].intervals }}"
"""

RETURN = r"""
entities:
  description:
    - The entities, sorted by name, with the names of the options of M(xivo.xci.xci_entity).
  type: list
  elements: dict
  returned: success
  contains:
    name:
      description: The name of the entity.
      type: str
      sample: urgences
    xivo:
      description: The name of its XiVO. Its uuid if several XiVOs have that name.
      type: str
      sample: xivo-nord
    display_name:
      description: The display name.
      type: str
      sample: Accueil des urgences
    intervals:
      description: Its intervals of internal numbers, sorted. A single number has the same start and end.
      type: list
      elements: dict
      contains:
        start:
          description: The first number.
          type: str
          sample: "2000"
        end:
          description: The last number.
          type: str
          sample: "2999"
      sample:
        - {"start": "112", "end": "112"}
        - {"start": "2000", "end": "2999"}
    presented_number:
      description: The number shown on outgoing calls, or a word for it.
      type: str
      sample: inbNo
    id:
      description: Its id on XCI. V(null) in check mode for one that would be created.
      type: int
      sample: 17
    combined_id:
      description: Its name and the uuid of its XiVO. V(null) in check mode for one that would be created.
      type: str
      sample: urgences@8f159082-4b25-48b3-afec-1873491a60be
    available_numbers:
      description:
        - The numbers that XCI lists as available, in its order. XCI may list only the first ones.
        - In check mode, without those that earlier tasks planned for users.
      type: list
      elements: str
      returned: when O(available_numbers=true)
      sample: ["2003", "2004", "2005"]
    usage:
      description: Its intervals, each with its usage.
      type: list
      elements: dict
      returned: when O(usage=true)
      contains:
        start:
          description: The first number.
          type: str
          sample: "2000"
        end:
          description: The last number.
          type: str
          sample: "2999"
        size:
          description: How many numbers the interval has.
          type: int
          sample: 1000
        used:
          description: How many of them users of the entity have. A number that several users have counts once.
          type: int
          sample: 3
        free:
          description:
            - How many of them no user of the entity has. The XiVO may use some for other purposes, so XCI may list
              fewer of them as available.
          type: int
          sample: 997
not_shown:
  description:
    - V([entities]) if XCI does not show the list to this administrator, with a warning. Then the list above is empty
      although nothing is known of the entities. Otherwise V([]).
  type: list
  elements: str
  returned: success
  sample: []
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 2, "POST": 1, "PUT": 0, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused a request.
  type: int
  returned: failure, when XCI refused a request
  sample: 403
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.info import info_module


def main() -> None:
    run_module(info_module("entity"))


if __name__ == "__main__":
    main()
