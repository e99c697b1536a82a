#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_admin_info

short_description: Show administrators of XCI

version_added: 1.0.0

description:
  - Shows the administrators, who can log in to XCI. All of them, or those that match the options.
  - It changes nothing. Each item can be used as the options of M(xivo.xci.xci_admin).

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes.info
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  login:
    description:
      - Only the administrator with this login.
    type: str
  id:
    description:
      - Only the administrator with this id on XCI.
    type: int
  entity:
    description:
      - Only administrators who have this entity. It is written as C(name@xivo-name), as its combinedId, or as its name
        alone if no other XiVO has an entity of that name.
      - A super-administrator manages all entities without having any, and does not match.
    type: str

seealso:
  - module: xivo.xci.xci_admin
  - module: xivo.xci.xci_entity_info
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

- name: Show all administrators
  xivo.xci.xci_admin_info:
  register: all

- name: Show who can administer an entity, including super-administrators
  ansible.builtin.debug:
    msg: "{{ (everything + here) | map(attribute='login') | unique | sort }}"
  vars:
    everything: "{{ all.admins | selectattr('super_admin') | list }}"
    here: "{{ all.admins | selectattr('entities', 'contains', 'urgences@xivo-nord') | list }}"

- name: Show the administrators who have an entity
  xivo.xci.xci_admin_info:
    entity: urgences@xivo-nord

- name: Show one administrator
  xivo.xci.xci_admin_info:
    login: mlefevre
"""

RETURN = r"""
admins:
  description:
    - The administrators, sorted by login, with the names of the options of M(xivo.xci.xci_admin). Never a
      password.
  type: list
  elements: dict
  returned: success
  contains:
    login:
      description: The login.
      type: str
      sample: mlefevre
    name:
      description: The display name.
      type: str
      sample: Marie Lefèvre
    ldap:
      description: Whether LDAP checks the password.
      type: bool
      sample: false
    super_admin:
      description: Whether the administrator is a super-administrator.
      type: bool
      sample: false
    entities:
      description: The entities that the administrator manages, in alphabetical order.
      type: list
      elements: str
      sample: [accueil@xivo-nord, urgences@xivo-nord]
    id:
      description: The id of the administrator on XCI. V(null) in check mode for one who would be created.
      type: int
      sample: 4
not_shown:
  description:
    - V([admins]) if XCI does not show the list to this administrator, with a warning. Then the list above is empty
      although nothing is known of the administrators. Otherwise V([]).
  type: list
  elements: str
  returned: success
  sample: []
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 3, "POST": 1, "PUT": 0, "DELETE": 0}
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
    run_module(info_module("admin"))


if __name__ == "__main__":
    main()
