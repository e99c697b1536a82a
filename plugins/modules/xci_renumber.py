#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_renumber

short_description: Give the people of an entity other numbers

version_added: 1.0.0

description:
  - Widens the intervals of an entity, gives its users their new numbers, and narrows the intervals. All of that is
    planned before the first write.
  - Users may exchange numbers. Then one of them has a free number for a moment; nobody is ever without one.
  - A run that broke off is finished by running it again. Where numbers are exchanged, that needs the list of who had
    which number. It is kept in O(dest), and in any case below C(~/.local/state/xci/renumber) on the host that runs the
    module. As long as that list is there, a second run of the same exchange changes nothing, rather than to exchange
    the numbers back. Where that folder does not last, as in a container, O(dest) must be in one that does.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  entity:
    description:
      - The entity, written as C(name@xivo-name), as its combinedId, or as its name alone if no other XiVO has an entity
        of that name.
    type: str
    required: true
  from:
    description:
      - The present numbers, as intervals such as V(1000-1499).
    type: list
    elements: str
  to:
    description:
      - The new numbers, as intervals with as many numbers, in the same order.
    type: list
    elements: str
  map:
    description:
      - A table (CSV) with the columns C(old) and C(new), instead of O(from) and O(to), on the host that runs the
        module.
    type: path
  narrow:
    description:
      - Whether the numbers that are empty in the end leave the intervals of the entity. If somebody would stay in them,
        nothing is changed.
    type: bool
    default: true
  dest:
    description:
      - A file for the list of old and new numbers (CSV), on the host that runs the module. Missing folders are made,
        and a later run adds to the list. It is not written in check mode.
    type: path
  mode:
    description:
      - The permissions of the list, in octal, as text.
    type: str
    default: "0600"
  default_template:
    description:
      - The line template that goes along with each change of a user, which XCI needs and never shows. Without it,
        nothing is changed if users would be.
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

- name: Renumber a building
  xivo.xci.xci_renumber:
    entity: accueil@xivo-nord
    from: 1000-1499
    to: 6000-6499
    default_template: Modèle standard
    dest: renumbered.csv

- name: Renumber people one by one
  xivo.xci.xci_renumber:
    entity: accueil@xivo-nord
    map: numbers.csv
    narrow: false
    default_template: Modèle standard
"""

RETURN = r"""
renumbered:
  description:
    - Who got another number in this run, or would get it in check mode.
  type: list
  elements: dict
  returned: success, and failure after planning
  sample: [{"old": "1001", "new": "6001", "entity": "accueil@xivo-nord", "last_name": "Durand", "first_name": "Camille",
    "id": 559}]
count:
  description:
    - How many that are.
  type: int
  returned: success, and failure after planning
  sample: 1
list:
  description:
    - The file with the list, or an empty text if there is none.
  type: str
  returned: success, and failure after planning
  sample: renumbered.csv
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
from ansible_collections.xivo.xci.plugins.module_utils.modules.renumber import MODULE


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
