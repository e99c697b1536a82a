#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_compare

short_description: Compare two XCIs

version_added: 1.0.0

description:
  - Compares what is on an XCI with what is on another one, or in an export of another one. It changes nothing on
    either.
  - Objects are the same if they have the same name, and users if they have the same number in the same entity. What XCI
    does not show, such as passwords and the templates of users, is not compared. With an administrator who manages
    some entities only, neither is what belongs to other entities.
  - The file is written in check mode, too.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes.info
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  src:
    description:
      - Files and folders of an export of the other XCI, or of any document. Kinds of objects of which they have no list
        are not compared. They are read on the machine that runs Ansible.
      - Either O(src) or O(with_url) is required.
    type: list
    elements: path
  document:
    description:
      - The same as data. It is set from O(src).
    type: dict
  with_url:
    description:
      - The address of the other XCI.
    type: str
  with_login:
    description:
      - The login on the other XCI. By default, O(xci_login).
    type: str
  with_password:
    description:
      - The password of O(with_login). By default, O(xci_password).
    type: str
  rename:
    description:
      - XiVOs that have other names on the other XCI, as pairs such as V(test-xivo=prod-xivo). If the first name of a
        pair is on this XCI, it is taken for the second one here, otherwise there.
    type: list
    elements: str
    default: []
  dest:
    description:
      - A file to write the differences to, on the host that runs the module, as a table if its name ends with C(.csv),
        otherwise as JSON. Missing folders are made.
    type: path
  mode:
    description:
      - The permissions of the file, in octal, as text.
    type: str
    default: "0600"
  parallelism:
    description:
      - The maximum number of requests at the same time, 1 to 64.
    type: int
    default: 8

seealso:
  - module: xivo.xci.xci_config
  - module: xivo.xci.xci_config_info
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Compare with the XCI of the test environment
  xivo.xci.xci_compare:
    with_url: https://xci-test.example.org
    with_password: "{{ vault_test_password }}"
    rename:
      - test-xivo=prod-xivo
  register: compared

- name: Compare with an export of last month
  xivo.xci.xci_compare:
    src: archive/2026-01
    dest: since-january.csv
"""

RETURN = r"""
differences:
  description:
    - The objects that differ, by kind and name.
  type: list
  elements: dict
  returned: success
  contains:
    kind:
      description: The kind of the object.
      type: str
      sample: user
    key:
      description: The name of the object, or the number of a user.
      type: str
      sample: 1001@accueil@xivo-nord
    label:
      description: Who or what it is.
      type: str
      sample: Camille Durand
    where:
      description: V(here) if only this XCI has it, V(there) if only the other one has it, V(both) if it differs.
      type: str
      sample: both
    changes:
      description: For V(both), the options that differ, each with its value V(here) and V(there).
      type: dict
      sample: {"last_name": {"here": "Durand", "there": "Martin"}}
count:
  description:
    - How many objects differ.
  type: int
  returned: success
  sample: 1
not_compared:
  description:
    - The kinds of objects of which O(src) has no list, and those that XCI does not show to this administrator.
  type: list
  elements: str
  returned: success
  sample: ["admins"]
not_shown:
  description:
    - What XCI does not show to this administrator, and what is left out for that.
  type: list
  elements: str
  returned: success
  sample: ["users of compta@xivo-nord"]
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
from ansible_collections.xivo.xci.plugins.module_utils.modules.comparison import MODULE


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
