#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_report

short_description: Read all of XCI once, for a report or an audit

version_added: 1.0.0

description:
  - Reads XCI once and returns what is on it, how full the intervals of numbers are, where intervals of several XiVOs
    overlap, which users are outside of the intervals, who may use a line template, what each administrator reaches, and
    what an audit finds.
  - The role P(xivo.xci.xci_report#role) makes a page of it, the role P(xivo.xci.xci_audit#role) a list for machines.
  - It changes nothing.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes.info
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  people:
    description:
      - With V(full), the report has the names, numbers and logins of people.
      - With V(counts), it has numbers of people only, and neither the address of XCI nor the hosts of the XiVOs, so
        that it can be published.
    type: str
    choices: [full, counts]
    default: full
  ignore:
    description:
      - The rules of the audit to leave out.
    type: list
    elements: str
    choices: [XA01, XA02, XA03, XA04, XA05, XA06, XA07, XA08, XA09, XA10, XA11]
    default: []
  language:
    description:
      - The language of the texts for people, which are RV(report.findings[].msg), RV(report.left_out) and the titles of
        RV(report.rules).
    type: str
    choices: [en, fr]
    default: en
  parallelism:
    description:
      - The maximum number of lists of users to read at the same time, V(1) to V(64).
    type: int
    default: 8

seealso:
  - module: xivo.xci.xci_config_info
  - module: xivo.xci.xci_entity_info
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html

notes:
  - "The rules of the audit: V(XA01) user outside of the intervals, V(XA02) the same name twice on a XiVO (case and
    accents aside), V(XA03) a CTI login twice (case aside), V(XA04) interval of at least ten numbers of which at least
    90 % are used, V(XA05) intervals that overlap on one XiVO, V(XA06) template with neither XiVOs nor entities,
    V(XA07) dangling reference, V(XA08) more than two super-administrators, V(XA09) administrator with more than ten
    entities, V(XA10) user without number, V(XA11) entity without users."
  - An administrator who is not a super-administrator sees a part of XCI. What is not shown, and which rules can't be
    checked then, is in RV(report.left_out).
  - In check mode, the result includes the changes that earlier tasks planned.
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Read XCI
  xivo.xci.xci_report:
  register: read

- name: Show the intervals that are nearly full
  ansible.builtin.debug:
    msg: "{{ item.start }} to {{ item.end }} of {{ item.entity }}: {{ item.free }} free"
  loop: "{{ read.report.nearly_full }}"

- name: Look for mistakes, but accept any number of super-administrators
  xivo.xci.xci_report:
    people: counts
    ignore: [XA08]
  register: audit

- name: Show how many findings there are
  ansible.builtin.debug:
    msg: "{{ audit.report.counts.findings }} findings"
"""

RETURN = r"""
report:
  description:
    - All of the report. A reference to an object is its shortest unambiguous name, such as V(urgences@xivo-nord).
  type: dict
  returned: success
  contains:
    people:
      description: The option O(people).
      type: str
      sample: full
    address:
      description: The address of XCI.
      type: str
      returned: if O(people=full)
      sample: https://xci.example.org/api/1.0
    login:
      description: The login that XCI was read with.
      type: str
      returned: if O(people=full)
      sample: ansible
    counts:
      description: How many there are of everything.
      type: dict
      sample: {"xivos": 2, "users": 3000, "size": 5000, "used": 2950, "free": 2050, "remaining_slots": 200}
    xivos:
      description:
        - The XiVOs as M(xivo.xci.xci_xivo_info) returns them, with the number of their C(entities), C(users), users
          C(with_login), numbers in intervals (C(size)), and how many of these are C(used) and C(free).
        - With O(people=counts), they have no C(host).
      type: list
      elements: dict
      sample:
        - xivo: xivo-nord
          name: xivo-nord
          host: 192.0.2.10
          remaining_slots: 100
          entities: 3
          users: 60
          with_login: 40
          size: 300
          used: 59
          free: 241
    entities:
      description:
        - The entities with the same numbers, for all of their intervals together, where a number in two of them counts
          once, and for each of the C(intervals).
        - What depends on users that are not shown is null.
      type: list
      elements: dict
      sample:
        - entity: urgences@xivo-nord
          name: urgences
          xivo: xivo-nord
          display_name: Accueil des urgences
          presented_number: inbNo
          users: 20
          with_login: 12
          size: 100
          used: 20
          free: 80
          intervals:
            - {"start": "2000", "end": "2099", "size": 100, "used": 20, "free": 80}
    nearly_full:
      description: The intervals of at least ten numbers of which at least 90 % are in use, each with its C(entity).
      type: list
      elements: dict
      sample:
        - {"entity": "urgences@xivo-nord", "start": "2000", "end": "2019", "size": 20, "used": 19, "free": 1}
    overlaps:
      description: The numbers that entities of several XiVOs have in their intervals.
      type: list
      elements: dict
      sample:
        - start: "2000"
          end: "2009"
          size: 10
          entities: [urgences@xivo-nord, accueil@xivo-sud]
          xivos: [xivo-nord, xivo-sud]
    outside:
      description:
        - The users with a number that is in none of the intervals of their entity, as in RV(report.users). With
          O(people=counts), how many of them each entity has.
      type: list
      elements: dict
      sample:
        - {"entity": "urgences@xivo-nord", "internal_number": "5001", "last_name": "Durand"}
    users:
      description:
        - The users as M(xivo.xci.xci_user_info) returns them, sorted by name, with their C(xivo), and whether they are
          C(outside) of the intervals of their entity.
      type: list
      elements: dict
      returned: if O(people=full)
      sample:
        - entity: urgences@xivo-nord
          xivo: xivo-nord
          internal_number: "2050"
          first_name: Camille
          last_name: Durand
          outside: false
    templates:
      description:
        - The line templates as M(xivo.xci.xci_template_info) returns them, with the entities whose users may have it
          (C(usable_in)); null for a template that names neither XiVOs nor entities.
      type: list
      elements: dict
      sample:
        - {"name": "Modèle standard", "xivos": ["xivo-nord"], "usable_in": ["urgences@xivo-nord"]}
    admins:
      description:
        - The administrators as M(xivo.xci.xci_admin_info) returns them, and how many entities and users each manages
          (C(reach)).
      type: list
      elements: dict
      returned: if O(people=full)
      sample:
        - login: nord
          super_admin: false
          entities: [urgences@xivo-nord]
          reach: {"entities": 1, "users": 20}
    findings:
      description: What the audit finds, in the order of its rules. A group of duplicates is one finding.
      type: list
      elements: dict
      returned: if O(people=full)
      contains:
        rule:
          description: The rule.
          type: str
          sample: XA06
        kind:
          description: The kind of object.
          type: str
          sample: template
        key:
          description: The name of the object, as in the plan of M(xivo.xci.xci_config); of a group, that of the first.
          type: str
          sample: Ancien modèle
        msg:
          description: What was found, for people.
          type: str
          sample: "names neither XiVOs nor entities: everybody or nobody may use it"
    rules:
      description:
        - The rules of the audit, each with a C(title). With O(people=counts) also the number of its C(findings).
      type: dict
      sample: {"XA06": {"title": "template with neither XiVOs nor entities"}}
    left_out:
      description: What is not in the report because XCI does not show it to this administrator.
      type: list
      elements: str
      sample: ["administrators: not shown to nord"]
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 7, "POST": 1, "PUT": 0, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused a request.
  type: int
  returned: failure, when XCI refused a request
  sample: 403
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.report import MODULE


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
