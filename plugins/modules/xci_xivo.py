#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_xivo

short_description: Add XiVOs to XCI

version_added: 1.0.0

description:
  - Adds a XiVO, a telephone server, to those that XCI manages, and compares it with the options.
  - XCI's API can add a XiVO, but neither change nor delete one. A XiVO that exists with different values is therefore
    an error, which lists the differences. Change it in XCI's web interface.

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
      - The name of the XiVO on XCI. It identifies the XiVO, unless O(id) does.
    type: str
  host:
    description:
      - The host name or the IP address at which XCI reaches the XiVO.
      - Required to add a XiVO.
      - Some servers show an empty host. It can't be compared then, so there is no difference.
    type: str
  configure:
    description:
      - Whether XCI configures the XiVO immediately when it is added. If omitted, XCI only adds it to its list.
      - Used on creation only. XCI does not show whether a XiVO was configured, so it never causes a change later.
      - XCI saves the XiVO first, then connects to it by SSH, which can take minutes. Increase O(timeout) for it.
      - If the configuration fails, the XiVO still exists on XCI. The module reads it back and reports that.
    type: bool
  id:
    description:
      - The id of the XiVO on XCI, as this module and M(xivo.xci.xci_xivo_info) return it.
      - With O(id), O(name) is compared like every other value. Because the API can't rename a XiVO, another name is an
        error.
      - An O(id) that is not found is an error with O(state=present).
  uuid:
    description:
      - Accepted because this module returns it, and ignored. Only XCI sets it.
    type: raw
  remaining_slots:
    description:
      - Accepted because this module returns it, and ignored. Only XCI sets it.
    type: raw
  state:
    description:
      - With V(present), the XiVO is added if it does not exist. If it exists with different values, the task fails.
      - With V(absent), the task fails if the XiVO exists, because XCI's API can't delete one. Use it to check that a
        XiVO was deleted.

seealso:
  - module: xivo.xci.xci_xivo_info
  - module: xivo.xci.xci_sync
  - module: xivo.xci.xci_config
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Add the XiVO of a new site, without configuring it yet
  xivo.xci.xci_xivo:
    name: xivo-est
    host: xivo-est.example.org

- name: Add a XiVO and have XCI configure it, which can take minutes
  xivo.xci.xci_xivo:
    name: xivo-ouest
    host: 192.0.2.40
    configure: true
    timeout: 600

- name: Add several XiVOs
  xivo.xci.xci_xivo:
    name: "{{ item.name }}"
    host: "{{ item.host }}"
  loop:
    - name: xivo-maternite
      host: 192.0.2.51
    - name: xivo-gerontologie
      host: 192.0.2.52
  loop_control:
    label: "{{ item.name }}"

- name: Check that a XiVO exists, whatever its host
  xivo.xci.xci_xivo:
    name: xivo-nord
  register: nord

- name: Fail if the XiVO has too few slots left
  ansible.builtin.assert:
    that: nord.xivo.remaining_slots >= 100
    fail_msg: "{{ nord.xivo.name }} has {{ nord.xivo.remaining_slots }} slots left"

- name: Check that the trial server was deleted
  xivo.xci.xci_xivo:
    name: xivo-demonstration
    state: absent
"""

RETURN = r"""
xivo:
  description:
    - The XiVO on XCI after the task, with the names of the options.
    - Empty with O(state=absent).
  type: dict
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
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 2, "POST": 2, "PUT": 0, "DELETE": 0}
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
      description: The XiVO before the task, empty if it does not exist.
      type: str
      sample: ""
    after:
      description: The XiVO after the task, empty if it is deleted.
      type: str
      sample: |
        name: xivo-est
        host: xivo-est.example.org
    before_header:
      description: The kind of the object, and its name.
      type: str
      sample: xivo xivo-est
    after_header:
      description: The same as C(before_header).
      type: str
      sample: xivo xivo-est
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.present import present_module


def main() -> None:
    run_module(present_module("xivo"))


if __name__ == "__main__":
    main()
