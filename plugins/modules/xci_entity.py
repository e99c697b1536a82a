#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_entity

short_description: Manage entities of XiVOs on XCI

version_added: 1.0.0

description:
  - Creates, updates, renames and deletes an entity, which is a context of the dial plan of one XiVO with its
    intervals of internal numbers.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes
  - xivo.xci.connection
  - xivo.xci.connection.modules
  - xivo.xci.objects

options:
  name:
    description:
      - The name of the entity, which is the name of its context on the XiVO.
      - Together with O(xivo), it identifies the entity, unless O(id) does. The same name can exist on several XiVOs.
      - It can also be written with the XiVO, such as V(accueil@xivo-nord). O(xivo) can be omitted then; another XiVO in
        O(xivo) is an error. Beside O(xivo), an entity that has just this name is meant where there is one.
      - There is a warning if it has more than the 39 characters that XiVO accepts.
    type: str
  xivo:
    description:
      - The XiVO of the entity, by name, uuid or id.
      - Required unless O(id) is given or O(name) contains it. With O(id), a XiVO other than the current one asks XCI to
        move the entity.
    type: str
  display_name:
    description:
      - The display name. On creation, it is the same as O(name) if omitted.
    type: str
  intervals:
    description:
      - The intervals of internal numbers of the entity, as a complete set. An interval that is on XCI but not in the
        list is removed. V([]) removes all.
      - An interval can also be written as a text, V(1000-1099), or V(1000) for a single number.
      - Write the numbers in quotes. YAML reads V(0123) as an octal number, which is 83.
      - Leading zeros count. V("0500") and V("500") are different numbers.
      - There is a warning if two intervals overlap. It is an error if a new number is in an interval of another entity
        of the XiVO.
      - What later editions of XCI store with an interval besides its bounds, such as a routing mode, is left unchanged.
    type: list
    elements: dict
    suboptions:
      start:
        description:
          - The first number, in digits.
        type: str
        required: true
      end:
        description:
          - The last number, in digits.
          - If omitted, empty, or the same as O(intervals[].start), the interval is that single number.
        type: str
  presented_number:
    description:
      - The number shown on outgoing calls. XCI also accepts words, so any text is sent unchanged.
      - On creation, it is V(inbNo) if omitted.
    type: str
  force:
    description:
      - Whether to delete the users of the entity too, when the entity is deleted. They are deleted one by one, before
        the entity.
      - If V(false), an entity with users is not deleted. The error says how many users there are, and who they are.
    type: bool
    default: false
  combined_id:
    description:
      - Accepted because this module returns it, and ignored. XCI builds it from O(name) and the uuid of the XiVO.
    type: raw
  available_numbers:
    description:
      - Accepted because M(xivo.xci.xci_entity_info) can return it, and ignored.
    type: raw
  usage:
    description:
      - Accepted because M(xivo.xci.xci_entity_info) can return it, and ignored.
    type: raw

seealso:
  - module: xivo.xci.xci_entity_info
  - module: xivo.xci.xci_user
  - module: xivo.xci.xci_config
  - plugin: xivo.xci.available_numbers
    plugin_type: lookup
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html

notes:
  - Renaming an entity, or moving it to another XiVO, changes its combinedId. XCI decides whether that is allowed, and
    what happens to the users, templates and administrators of the entity.
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Create an entity with an interval and a single number
  xivo.xci.xci_entity:
    name: radiologie
    xivo: xivo-nord
    display_name: Radiologie (Hôpital Nord)
    intervals:
      - start: "4000"
        end: "4199"
      - start: "4911"
  register: radiologie

- name: Extend its numbers, by listing all intervals
  xivo.xci.xci_entity:
    name: radiologie
    xivo: xivo-nord
    intervals:
      - start: "4000"
        end: "4299"
      - start: "4911"
      - start: "0400" # leading zeros count
        end: "0409"

- name: Rename it by id, and leave its numbers unchanged
  xivo.xci.xci_entity:
    id: "{{ radiologie.entity.id }}"
    name: imagerie
    display_name: Imagerie médicale (Hôpital Nord)

- name: Remove all its numbers
  xivo.xci.xci_entity:
    name: imagerie
    xivo: xivo-nord
    intervals: []

- name: Delete it, which XCI may refuse while it has users
  xivo.xci.xci_entity:
    name: imagerie
    xivo: xivo-nord
    state: absent

- name: Create the same entity on two sites
  xivo.xci.xci_entity:
    name: pharmacie
    xivo: "{{ item }}"
    display_name: Pharmacie
    intervals:
      - start: "5000"
        end: "5099"
  loop:
    - xivo-nord
    - xivo-sud

- name: Preview a change of an entity
  xivo.xci.xci_entity:
    name: urgences
    xivo: xivo-nord
    display_name: Accueil des urgences
  check_mode: true
  diff: true
"""

RETURN = r"""
entity:
  description:
    - The entity on XCI after the task, with the names of the options.
    - Empty with O(state=absent).
  type: dict
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
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 2, "POST": 1, "PUT": 1, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused a request.
  type: int
  returned: failure, when XCI refused a request
  sample: 400
diff:
  description:
    - The object before and after, with the names of the options. Both sides are YAML, as in a playbook.
    - If the module's Python has no PyYAML, both are dictionaries.
  type: dict
  returned: in diff mode
  contains:
    before:
      description: The entity before the task, empty if it does not exist.
      type: str
      sample: |
        name: urgences
        xivo: xivo-nord
        display_name: urgences
        intervals:
        - start: '2000'
          end: '2999'
        presented_number: inbNo
    after:
      description: The entity after the task, empty if it is deleted.
      type: str
      sample: |
        name: urgences
        xivo: xivo-nord
        display_name: Accueil des urgences
        intervals:
        - start: '2000'
          end: '2999'
        presented_number: inbNo
    before_header:
      description: The kind of the object, and its name.
      type: str
      sample: entity urgences@xivo-nord
    after_header:
      description: The same as C(before_header).
      type: str
      sample: entity urgences@xivo-nord
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.present import present_module


def main() -> None:
    run_module(present_module("entity"))


if __name__ == "__main__":
    main()
