#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_doctor

short_description: Show how an XCI answers where its API's documentation leaves that open

version_added: 1.0.0

description:
  - The documentation of XCI's API leaves many things open. This collection works with assumptions about them. This
    module shows which of them hold for an XCI, and what follows for the collection.
  - By itself it only reads, with logins and GET requests. It never asks XCI to synchronise the XiVOs.
  - With O(scratch=true) it also shows what writing does, on objects of its own. Their names begin with
    C(xci-doctor-). They are removed in any case. What a run that was killed leaves behind, the next one with
    O(scratch=true) removes.
  - The playbook C(xivo.xci.doctor) runs it, shows the table, and writes the report to a file.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  scratch:
    description:
      - Whether to make objects of its own, and to remove them again, to see what writing does.
    type: bool
    default: false
  xivo:
    description:
      - The name or the uuid of the XiVO on which scratch objects are made. Required with O(scratch=true).
    type: str
  wait:
    description:
      - For how many seconds a write may take to show in a list. Used with O(scratch=true).
    type: float
    default: 30.0
  second_login:
    description:
      - The login of an administrator with limited rights, to see what he is shown.
    type: str
  second_password:
    description:
      - The password of O(second_login). Required with it.
    type: str

attributes:
  check_mode:
    support: full
    details:
      - In check mode, no scratch objects are made. What only reads is the same.
  diff_mode:
    support: none
    details:
      - Nothing of XCI is different afterwards.
  idempotent:
    support: full
    details:
      - With O(scratch=true), each run makes objects and removes them, and reports a change.

seealso:
  - module: xivo.xci.xci_config
  - name: My XCI answers differently
    description: A guide of this collection, with the table of the assumptions.
    link: https://github.com/xivo/xivo.xci/blob/main/docs/docsite/rst/guide_doctor.rst
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html

notes:
  - The users of at most 200 entities are read.
  - The login that it uses should be a super-administrator, to see all.
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Examine XCI
  xivo.xci.xci_doctor:
  register: doctor

- name: Show the table
  ansible.builtin.debug:
    msg: "{{ doctor.table }}"

- name: Keep what can go into a bug report
  ansible.builtin.copy:
    content: "{{ doctor.report | to_nice_json }}"
    dest: doctor.json
    mode: "0644"
  delegate_to: localhost

- name: Also see what writing does
  xivo.xci.xci_doctor:
    scratch: true
    xivo: xivo-sud
"""

RETURN = r"""
verdict:
  description:
    - V(works) if all that was seen is as assumed, V(differs) if something is different and the collection works,
      V(fails) if it can't work with this XCI.
  type: str
  returned: success
  sample: differs
different:
  description:
    - How many lines of the table are different.
  type: int
  returned: success
  sample: 2
table:
  description:
    - A line for each assumption, with V(as assumed), V(DIFFERENT) or V(not seen).
  type: list
  elements: str
  returned: success
  sample: ["25 PUT replaces the whole object: not seen"]
timings:
  description:
    - A line for each route with how long its requests took.
  type: list
  elements: str
  returned: success
  sample: ["GET /xivo: 6 requests, median 0.021 s, longest 0.034 s"]
advice:
  description:
    - What follows for this collection, a sentence for each.
  type: list
  elements: str
  returned: success
  sample: ["set parallelism: 1"]
users_on_xivo:
  description:
    - How many users were seen on O(xivo).
  type: int
  returned: success, if O(xivo) is given
  sample: 12
report:
  description:
    - What was found, without any value, name, number or address of the site.
  type: dict
  returned: success
  contains:
    format:
      description: The version of this format.
      type: int
      sample: 1
    versions:
      description: Of this collection, of ansible-core, of Python, and the edition of the API's documentation.
      type: dict
    verdict:
      description: As RV(verdict).
      type: str
    dialects:
      description: What is not as the sandbox does it by itself, in the words of the sandbox's dialects.
      type: dict
      sample: {"write_body": "object"}
    rows:
      description: The outcome of each row of RV(table).
      type: dict
    advice:
      description: As RV(advice).
      type: list
      elements: str
    shapes:
      description: The types of the keys of all objects.
      type: dict
      sample: {"xivos": {"name": ["text"]}}
    unknown_keys:
      description: The keys that the API's documentation does not know, by what has them.
      type: dict
      sample: {"entities": ["mdsName"]}
    counts:
      description: How many objects were seen, and how many of them are odd.
      type: dict
      sample: {"entities": 4}
    seconds:
      description: How many requests were made for each route, and how long they took.
      type: dict
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
from ansible_collections.xivo.xci.plugins.module_utils.modules.doctor import MODULE


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
