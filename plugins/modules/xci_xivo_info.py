#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_xivo_info

short_description: Show the XiVOs that XCI manages

version_added: 1.0.0

description:
  - Shows the XiVOs, the telephone servers, that XCI manages. All of them, or those that match the options.
  - It changes nothing. Each item can be used as the options of M(xivo.xci.xci_xivo).

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes.info
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  name:
    description:
      - Only XiVOs with this name. XCI can have several.
    type: str
  id:
    description:
      - Only the XiVO with this id on XCI.
    type: int
  uuid:
    description:
      - Only the XiVO with this uuid.
    type: str

seealso:
  - module: xivo.xci.xci_xivo
  - module: xivo.xci.xci_entity_info
  - module: xivo.xci.xci_sync
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

- name: Show all XiVOs
  xivo.xci.xci_xivo_info:
  register: all

- name: Show which XiVOs are nearly full
  ansible.builtin.debug:
    msg: "{{ item.name }} has {{ item.remaining_slots }} slots left"
  loop: "{{ all.xivos | selectattr('remaining_slots', 'lt', 50) | list }}"
  loop_control:
    label: "{{ item.name }}"

- name: Show one XiVO
  xivo.xci.xci_xivo_info:
    name: xivo-nord
  register: nord

- name: Fail if it does not exist
  ansible.builtin.assert:
    that: nord.xivos | length == 1

# The inventory plugin xivo.xci.xci makes the XiVOs hosts.
"""

RETURN = r"""
xivos:
  description:
    - The XiVOs, sorted by name, with the names of the options of M(xivo.xci.xci_xivo).
  type: list
  elements: dict
  returned: success
  contains:
    name:
      description: The name of the XiVO on XCI.
      type: str
      sample: xivo-nord
    host:
      description: The host name or the IP address at which XCI reaches it. Empty if XCI does not show it.
      type: str
      sample: xivo-nord.example.org
    id:
      description: Its id on XCI. V(null) in check mode for one that would be added.
      type: int
      sample: 1
    uuid:
      description: The uuid of the XiVO itself. V(null) in check mode for one that would be added.
      type: str
      sample: 8f159082-4b25-48b3-afec-1873491a60be
    remaining_slots:
      description: The remaining slots of the XiVO. V(null) in check mode for one that would be added.
      type: int
      sample: 664
not_shown:
  description:
    - V([xivos]) if XCI does not show the list to this administrator, with a warning. Then the list above is empty
      although nothing is known of the XiVOs. Otherwise V([]).
  type: list
  elements: str
  returned: success
  sample: []
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 1, "POST": 1, "PUT": 0, "DELETE": 0}
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
    run_module(info_module("xivo"))


if __name__ == "__main__":
    main()
