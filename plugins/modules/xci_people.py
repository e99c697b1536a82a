#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_people

short_description: Bring users to what a personnel system says

version_added: 1.0.0

description:
  - Reads the people of a table (CSV) that a personnel system exported. People are known by their CTI login.
  - Who is not on XCI joins, with the number of the row or the first available one. Whose entity is another one moves,
    to the number of the row, the present one, or the next one, whichever is available first. Who stays in an entity
    keeps the number. A last or first name that differs in more than case and accents is changed. Who is not in the
    table leaves.
  - Users without a login, such as meeting rooms and fax machines, are never touched. If O(map) names the entities,
    people of other entities do not leave.
  - A table that is not whole is refused, and so is one in which too many people are missing, see O(max_leavers). All is
    planned before the first write.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  src:
    description:
      - The table, on the host that runs the module. Its encoding (UTF-8, UTF-16, Windows-1252) and its delimiter are
        found out.
    type: path
    required: true
  map:
    description:
      - What the columns mean, as a mapping, or as the path of a YAML file with it on the machine that runs Ansible.
      - C(columns) has the options of M(xivo.xci.xci_user) by the names of the columns; other columns are ignored.
        C(cti_login) is required.
      - >-
        C(entity) is C({value: ..}) with one entity for all, or C({column: .., values: {..}}) with the entities by what
        is in the column. A row with anything else in the column is reported. Without C(values), the column has the
        entities themselves. C(template) is the same for the line templates of new users.
      - C(delimiter) and C(encoding) are optional.
    type: raw
    required: true
  scope:
    description:
      - Who may leave. With V(with_login), users with a CTI login.
    type: str
    choices:
      - with_login
    default: with_login
  leavers:
    description:
      - Whether people who leave are only reported, or removed.
    type: str
    choices:
      - report
      - remove
    default: report
  max_leavers:
    description:
      - How many people may leave at once, as a number, or as a percentage of the people in O(scope), which is at least
        3. If there are more, nothing is changed, since the table may be cut.
    type: str
    default: 5%
  dest:
    description:
      - A folder for the files C(joiners.csv) with numbers and provisioning codes, C(movers.csv), C(leavers.csv) and
        C(unmatched.csv) with the rows about which nothing was done, on the host that runs the module. They are about
        this run, and about what an earlier run did that broke off. Until a run is over, that is kept in the folder in
        C(.unfinished.json). Missing folders are made. They are written in check mode, too.
    type: path
  mode:
    description:
      - The permissions of the files, in octal, as text.
    type: str
    default: "0600"
  default_template:
    description:
      - The line template that goes along with each change of a user, which XCI needs and never shows. Without it,
        nothing is changed if users would be. By default, the template of the map.
    type: str
  losses:
    description:
      - Whether changes that may replace what XCI never shows, such as line templates, are warned of, or refused before
        any write.
    type: str
    choices:
      - warn
      - refuse
    default: warn
  numbers:
    description:
      - Whether numbers outside of the intervals of their entity are warned of, refused, or accepted, as
        O(xivo.xci.xci_config#module:numbers).
    type: str
    choices:
      - warn
      - inside
      - any
    default: warn
  numbering:
    description:
      - Ranges of numbers that nobody gets without asking for them, as O(xivo.xci.xci_config#module:numbering).
    type: raw
  parallelism:
    description:
      - The maximum number of requests at the same time, 1 to 64.
    type: int
    default: 8
  undo_file:
    description:
      - A file for what is needed to bring back what the task changes, with O(xivo.xci.xci_config#module:undo). See
        O(xivo.xci.xci_config#module:undo_file).
    type: path

seealso:
  - module: xivo.xci.xci_config
  - module: xivo.xci.xci_user
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: See who joined, moved and left
  xivo.xci.xci_people:
    src: personnel.csv
    map:
      columns: {Login: cti_login, Nom: last_name, Prenom: first_name, Poste: internal_number}
      entity: {column: Site, values: {Nord: accueil@xivo-nord, Sud: accueil@xivo-sud}}
      template: {value: Modèle standard}
    dest: people
  check_mode: true

- name: Bring XCI up to date, and remove those who left
  xivo.xci.xci_people:
    src: personnel.csv
    map: people.yml
    leavers: remove
    max_leavers: "20"
    dest: people
"""

RETURN = r"""
joiners:
  description: Who is new.
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: [{"cti_login": "zdherve", "last_name": "D'Hervé", "first_name": "Zoé", "entity": "accueil@xivo-nord",
  "number":
    "1002", "code": "114134"}]
movers:
  description: Whose entity is another one.
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: [{"cti_login": "cdurand", "last_name": "Durand", "first_name": "Camille", "from_entity": "accueil@xivo-nord",
    "from_number": "1001", "to_entity": "accueil@xivo-sud", "to_number": "1001", "code": "114133"}]
leavers:
  description: Who is in scope and not in the table.
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: []
unmatched:
  description: The rows about which nothing was done, and why.
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: [{"line": 7, "cti_login": "", "last_name": "Accueil", "first_name": "", "reason": "no login"}]
joiners_count:
  description: How many people are new.
  type: int
  returned: success, and failure after planning
  sample: 1
movers_count:
  description: How many people move.
  type: int
  returned: success, and failure after planning
  sample: 1
leavers_count:
  description: How many people leave.
  type: int
  returned: success, and failure after planning
  sample: 0
unmatched_count:
  description: About how many rows nothing was done.
  type: int
  returned: success, and failure after planning
  sample: 1
updated_count:
  description: How many people have another name in the same entity.
  type: int
  returned: success, and failure after planning
  sample: 0
count:
  description: How many users are created, changed or deleted.
  type: int
  returned: success, and failure after planning
  sample: 2
written:
  description: Whether a file of O(dest) is another one now.
  type: bool
  returned: if O(dest) is given
  sample: true
plan:
  description:
    - The writes, in the order of the document, as in RV(xivo.xci.xci_config#module:plan). In check mode, those that are
      planned.
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: [{"action": "update", "kind": "user", "key": "1001@accueil@xivo-nord", "name": "Camille Durand", "changes":
    {"internal_number": {"before": "1001", "after": "1101"}}, "sends": {"template": "Modèle standard"}}]
summary:
  description:
    - How many objects of each kind are created, updated, deleted and left as they are.
  type: dict
  returned: success, and failure after planning
  sample: {"user": {"create": 0, "update": 1, "delete": 0, "unchanged": 0}}
losses:
  description:
    - What may be lost or replaced though nobody asked for that.
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: [{"kind": "user", "key": "1001@accueil@xivo-nord", "name": "Camille Durand", "option": "template", "why":
    "XCI does not show which one it is; the change sets 'Modèle standard' (default_template)"}]
errors:
  description:
    - What is wrong, or which writes failed, as in RV(xivo.xci.xci_config#module:errors).
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: []
not_tried:
  description:
    - The writes that were not tried after one failed.
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: []
undo_file:
  description:
    - The file that was made for O(undo_file).
  type: str
  returned: if O(undo_file) is given, and something was written or may have been
  sample: /home/ansible/.local/state/xci/undo/20261126T063000000000Z.yml
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 5, "POST": 1, "PUT": 1, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused a request.
  type: int
  returned: failure, when XCI refused a request
  sample: 403
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.people import MODULE


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
