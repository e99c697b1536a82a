#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_user_info

short_description: Find telephone users

version_added: 1.0.0

description:
  - Shows users, which are persons or places with an internal number in an entity. All of them, or those that match all
    options.
  - XCI lists users by entity. Without O(entity), the lists of all entities are read in parallel.
  - It changes nothing. Each item can be used as the options of M(xivo.xci.xci_user).

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes.info
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  entity:
    description:
      - Only users of this entity, written as C(name@xivo-name), as its combinedId, or as its name alone if no other
        XiVO has an entity of that name, or with O(xivo). Only that list is read.
    type: str
  xivo:
    description:
      - Only users of entities of this XiVO, by name, uuid or id. Only their lists are read.
    type: str
  internal_number:
    description:
      - Only users with this internal number, in quotes. Several entities can have the same number. If nobody has it,
        but somebody has it with more or fewer leading zeros, a warning says so.
    type: str
  cti_login:
    description:
      - Only the user with this login for the CTI. An empty string finds users without one.
    type: str
  first_name:
    description:
      - Only users with exactly this first name. An empty string finds users without one.
    type: str
  last_name:
    description:
      - Only users with exactly this last name. An empty string finds users without one.
    type: str
  who:
    description:
      - Only users of whom the first name, the last name, the number or the login has each word of this text in it. Case
        and accents do not matter.
    type: str
  id:
    description:
      - Only the user with this id on XCI. No list is read.
    type: int

seealso:
  - module: xivo.xci.xci_user
  - module: xivo.xci.xci_entity_info
  - plugin: xivo.xci.available_numbers
    plugin_type: lookup
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

- name: Find the user of a number, on any site
  xivo.xci.xci_user_info:
    internal_number: "1001"
  register: found

- name: Show the result
  ansible.builtin.debug:
    msg: "{{ item.internal_number }} in {{ item.entity }} is {{ item.first_name }} {{ item.last_name }}"
  loop: "{{ found.users }}"
  loop_control:
    label: "{{ item.entity }}"

- name: Find all users without a CTI login
  xivo.xci.xci_user_info:
    cti_login: ""

- name: Read all users of a XiVO
  xivo.xci.xci_user_info:
    xivo: xivo-nord
  register: nord

- name: Show the numbers of users with a similar name
  ansible.builtin.debug:
    msg: "{{ nord.users | selectattr('last_name', 'search', '(?i)dur') | map(attribute='internal_number') | list }}"

- name: Wait until XCI has imported a user from the XiVO
  xivo.xci.xci_user_info:
    entity: accueil@xivo-nord
    internal_number: "1001"
  register: camille
  until: camille.users | length > 0
  retries: 10
  delay: 30
"""

RETURN = r"""
users:
  description:
    - The users, sorted by entity and number, with the names of the options of M(xivo.xci.xci_user). Never a password,
      and not the template, which XCI does not show.
  type: list
  elements: dict
  returned: success
  contains:
    entity:
      description: The entity of the user. Its combinedId if the name and the XiVO are ambiguous.
      type: str
      sample: urgences@xivo-nord
    first_name:
      description: The first name.
      type: str
      sample: Camille
    last_name:
      description: The last name.
      type: str
      sample: Durand
    internal_number:
      description: The internal number.
      type: str
      sample: "2050"
    cti_login:
      description: The login for the CTI. Empty if there is none.
      type: str
      sample: cdurand
    id:
      description: The id of the user on XCI. V(null) in check mode for one who would be created.
      type: int
      sample: 559
    external_number:
      description:
        - What XCI shows as the external number, which may be a name. V(null) in check mode for one who would be
          created.
        - XCI may show something else in a list of users than for a single user.
      type: str
      sample: "0155002050"
    mail:
      description: The email address. V(null) in check mode for one who would be created.
      type: str
      sample: camille.durand@example.org
    provisioning_number:
      description:
        - The code that assigns a telephone to the user. V(null) in check mode for one who would be created.
      type: str
      sample: "114133"
not_shown:
  description:
    - V([users]) if XCI does not show the entities to this administrator, with a warning. Then nothing is known of the
      users, and the list above is empty.
    - With O(who), also the entities whose users are not shown, such as V(users of compta@xivo-nord). Without O(who),
      that is an error.
    - Otherwise V([]).
  type: list
  elements: str
  returned: success
  sample: []
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 5, "POST": 1, "PUT": 0, "DELETE": 0}
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
    run_module(info_module("user"))


if __name__ == "__main__":
    main()
