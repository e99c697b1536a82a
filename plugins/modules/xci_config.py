#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_config

short_description: Bring XCI to what a whole document says

version_added: 1.0.0

description:
  - Takes a document of XiVOs, entities, line templates, users and administrators, or any part of one, and brings XCI to
    what it says, in one task and with one login.
  - The document is checked and planned as a whole before anything is written. All its faults are told at once, each
    with its place, such as C(users[5].internal_number) or C(users/nord.csv line 7). What one part creates, another can
    refer to, in any order.
  - What differs is written in parallel, in the order in which the objects need each other. Nothing else is written.
  - What the document does not list is left alone, unless O(purge) says otherwise.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes
  - xivo.xci.connection
  - xivo.xci.connection.modules

options:
  xivos:
    description:
      - XiVOs, each with the options of M(xivo.xci.xci_xivo), which are C(name), C(host), C(configure) and C(id).
    type: list
    elements: dict
  entities:
    description:
      - Entities, each with the options of M(xivo.xci.xci_entity), which are C(name), C(xivo), C(display_name),
        C(intervals), C(presented_number), C(state) and C(id).
    type: list
    elements: dict
  templates:
    description:
      - Line templates, each with the options of M(xivo.xci.xci_template), which are C(name), C(xivos), C(entities),
        C(peer_sip_name), C(ringing_time), C(routed_inbound), C(routed_inbound_prefix), C(caller_id_mode),
        C(custom_caller_id), C(voice_mail_enabled), C(voice_mail_number_mode), C(voice_mail_custom_number),
        C(voice_mail_send_email), C(state) and C(id).
    type: list
    elements: dict
  users:
    description:
      - Users, each with the options of M(xivo.xci.xci_user), which are C(entity), C(match_on), C(internal_number),
        C(first_name), C(last_name), C(template), C(cti_login), C(cti_password), C(update_password), C(state) and
        C(id).
      - Numbers may be exchanged. A user gets the number that another one in the document gives up. Where some take
        each other's, one of them has a free number of the entity in between, for the moment that it takes.
    type: list
    elements: dict
  admins:
    description:
      - Administrators, each with the options of M(xivo.xci.xci_admin), which are C(login), C(name), C(ldap),
        C(password), C(update_password), C(super_admin), C(entities), C(allow_self), C(state) and C(id).
      - As in that module, C(update_password) is C(verify) unless it is given. Each password is tried, which costs a
        login.
      - The administrator of O(xci_login) is not removed, renamed, demoted or moved to LDAP unless its C(allow_self) is
        V(true).
    type: list
    elements: dict
  src:
    description:
      - A file with the document or a part of it, or a folder, of which all files are taken whose names end with
        C(.json), C(.yml), C(.yaml) or C(.csv), in the order of their paths. Several can be given. Their lists are
        joined, and come after what the task itself lists.
      - The files are on the machine that runs Ansible, also where the module runs elsewhere. They are looked for as
        M(ansible.builtin.copy) does it, for example in the folder C(files) beside the playbook, and then in the folder
        in which C(ansible-playbook) was started.
      - JSON and YAML files hold a mapping of O(xivos), O(entities), O(templates), O(users) and O(admins), or some of
        these. In YAML, V(0123) stays the number 0123, with or without quotes.
      - A CSV file holds users, a row each. Its first row has the names of the options. The cells are separated by
        commas, semicolons, tabs or vertical bars. An empty cell is an option that is not given. It is in UTF-8, with or
        without a byte order mark.
      - Files that are encrypted with C(ansible-vault) are decrypted, and so are single values in YAML. Nothing in a
        file is a template.
      - Thousands of users are better kept here than in variables, which Ansible takes long to load.
    type: list
    elements: path
  default_template:
    description:
      - The line template, by name or id, of all O(users) that do not name one.
    type: str
  purge:
    description:
      - The kinds of objects of which those that the document does not list are removed. A kind needs its list in the
        document. An empty list, V([]), removes all objects in its scope.
      - A file of O(src) that is empty, has a header and no rows, or names a list without entries and without V([]), is
        an error if its kind is purged. Such a file may have lost its content.
      - For V(users), the scope is the users of all entities that the document lists, and of all entities of which it
        lists a user.
      - For V(entities), the scope is the entities of all XiVOs that the document lists. That takes in those that XCI
        found on the XiVO by itself.
      - For V(templates) and V(admins), the scope is all that O(xci_login) is shown, without the administrator of
        O(xci_login). If XCI lists no administrator with that login, none is removed, with a warning.
      - XiVOs are never removed. XCI's API has no means for that.
      - Nothing is removed if a list that tells what is there can't be read whole.
    type: list
    elements: str
    choices:
      - entities
      - templates
      - users
      - admins
    default: []
  max_deletions:
    description:
      - How many objects may be removed at most, by O(purge) and by C(state=absent) together. With more, nothing at all
        is written and the task fails. The plan is returned all the same.
    type: int
    default: 10
  parallelism:
    description:
      - How many requests are sent to XCI at the same time at most.
    type: int
    default: 8
  on_error:
    description:
      - What to do when XCI refuses a write. With V(stop), what is under way is finished and nothing new is begun. With
        V(continue), everything is tried that does not depend on what failed. The task fails in either case, and says
        what was done and what was not. Running it again does what is left.
      - When XCI can't be reached any more or refuses the login, nothing new is begun.
    type: str
    choices:
      - stop
      - continue
    default: stop

attributes:
  idempotent:
    support: partial
    details:
      - A user with C(update_password=always) whose password XCI does not show, and an administrator with it, are
        written in each run.

seealso:
  - module: xivo.xci.xci_config_info
  - module: xivo.xci.xci_xivo
  - module: xivo.xci.xci_entity
  - module: xivo.xci.xci_template
  - module: xivo.xci.xci_user
  - module: xivo.xci.xci_admin
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html

notes:
  - In an object of the document, an option that is left out leaves alone what is on XCI. An empty string or an empty
    list clears it. Any other value is set exactly.
  - An object may stand in the document only once.
  - Other than a task for a single user, a document is refused when a user's template is not available to the user's
    entity.
  - Writing that takes more than 3 seconds shows its progress where the task runs in the controller's process. In a
    terminal one line renews itself. Elsewhere, such as in the output of an AWX job, there is a line every 15 seconds.
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Declare a site
  xivo.xci.xci_config:
    xivos:
      - name: xivo-nord
        host: 192.0.2.10
    entities:
      - name: pediatrie
        xivo: xivo-nord
        display_name: Pédiatrie
        intervals:
          - start: "5100"
            end: "5199"
    templates:
      - name: Modèle pédiatrie
        entities: [pediatrie@xivo-nord]
        ringing_time: 20
    users:
      - entity: pediatrie@xivo-nord
        internal_number: "5100"
        last_name: Accueil pédiatrie
      - entity: pediatrie@xivo-nord
        internal_number: "5101"
        first_name: Anaïs
        last_name: N'Guyen
        cti_login: anguyen
        cti_password: "{{ vault_anguyen_cti_password }}"
    admins:
      - login: pediatrie
        name: Secrétariat de pédiatrie
        password: "{{ vault_pediatrie_password }}"
        entities: [pediatrie@xivo-nord]
    default_template: Modèle pédiatrie

# XCI may lose a CTI password in a change that does not give it.
- name: See what would change
  xivo.xci.xci_config:
    users:
      - entity: pediatrie@xivo-nord
        internal_number: "5101"
        first_name: Anaïs Léa
        cti_password: "{{ vault_anguyen_cti_password }}"
    default_template: Modèle pédiatrie
  check_mode: true
  diff: true
  register: preview

- name: Tell it
  ansible.builtin.debug:
    msg: "{{ preview.summary.user['update'] }} users would change, {{ preview.plan | map(attribute='key') | list }}"

- name: Let one user take over the number of another, who gets a new one
  xivo.xci.xci_config:
    users:
      - entity: pediatrie@xivo-nord
        match_on: name
        first_name: Anaïs
        last_name: N'Guyen
        internal_number: "5100"
        cti_password: "{{ vault_anguyen_cti_password }}"
      - entity: pediatrie@xivo-nord
        match_on: name
        last_name: Accueil pédiatrie
        internal_number: "5102"
    default_template: Modèle pédiatrie

- name: Keep an entity's users exactly as a list has them
  xivo.xci.xci_config:
    users:
      - entity: pediatrie@xivo-nord
        internal_number: "5102"
        last_name: Accueil pédiatrie
    default_template: Modèle pédiatrie
    purge: [users]
    max_deletions: 5

# These read files, such as an export of the directory of persons, which begins
#   entity;internal_number;first_name;last_name
#   pediatrie@xivo-nord;5110;Gaëtan;Le Goff

- name: Take users from a table
  xivo.xci.xci_config:
    src: users.csv
    default_template: Modèle pédiatrie
    parallelism: 16

- name: Take everything from two folders, the second of which belongs to one environment
  xivo.xci.xci_config:
    src:
      - config/all
      - config/production
    on_error: continue
"""

RETURN = r"""
plan:
  description:
    - What differs, and nothing else, in the order of the document. In check mode and on failure, what would have been
      written.
  type: list
  elements: dict
  returned: when the document could be planned
  contains:
    action:
      description: What is done.
      type: str
      sample: update
    kind:
      description: To what kind of object, which is V(xivo), V(entity), V(template), V(user) or V(admin).
      type: str
      sample: user
    key:
      description: Which one, by the name or number that it has before the change.
      type: str
      sample: 5101@pediatrie@xivo-nord
    changes:
      description:
        - The options that differ, each with its value C(before) and C(after). A password only says that it changes.
        - Empty for V(delete).
      type: dict
      sample: {"first_name": {"before": "Anaïs", "after": "Anaïs Léa"}}
summary:
  description:
    - How many objects of each kind there were to create, to update and to delete, and how many of the document were
      as they should be.
    - In a template, write C(summary.user['update']), since C(summary.user.update) is something else in Python.
  type: dict
  returned: when the document could be planned
  contains:
    xivo:
      description: The XiVOs.
      type: dict
      sample: {"create": 0, "update": 0, "delete": 0, "unchanged": 1}
    entity:
      description: The entities.
      type: dict
      sample: {"create": 1, "update": 0, "delete": 0, "unchanged": 3}
    template:
      description: The line templates.
      type: dict
      sample: {"create": 1, "update": 0, "delete": 0, "unchanged": 0}
    user:
      description: The users.
      type: dict
      sample: {"create": 2, "update": 1, "delete": 0, "unchanged": 40}
    admin:
      description: The administrators.
      type: dict
      sample: {"create": 1, "update": 0, "delete": 0, "unchanged": 0}
errors:
  description:
    - The writes that failed, in the order of the plan, each with V(action), V(kind), V(key) and V(msg).
    - For a document with faults, each of the faults as V(msg). The plan then holds what could be planned all the same.
  type: list
  elements: dict
  returned: when the document could be planned
  sample:
    - action: create
      kind: user
      key: 5101@pediatrie@xivo-nord
      msg: "POST /users: XCI answers 400 Bad Request: number 5101 is taken"
not_tried:
  description:
    - The writes that were not begun after others failed, each with V(action), V(kind) and V(key).
  type: list
  elements: dict
  returned: when the document could be planned
  sample:
    - action: create
      kind: user
      key: 5102@pediatrie@xivo-nord
msg:
  description:
    - What went wrong. A document with faults is told all of them.
  type: str
  returned: failure
  sample: "users[1].internal_number: 'abc' is no number; users[7].entity: there is no entity 'pediatri' on this XCI"
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 6, "POST": 6, "PUT": 1, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused to show what is there.
  type: int
  returned: failure, when XCI refused a request that only reads
  sample: 403
diff:
  description:
    - What differs, one item for each entry of RV(plan), in the words of the options.
    - Where the module's Python has no PyYAML, C(before) and C(after) are dictionaries.
  type: list
  elements: dict
  returned: in diff mode, when the document could be planned
  contains:
    before_header:
      description: Which object it is.
      type: str
      sample: user 5101@pediatrie@xivo-nord
    after_header:
      description: Which object it is.
      type: str
      sample: user 5101@pediatrie@xivo-nord
    before:
      description: The object before, as YAML.
      type: str
      sample: "first_name: Anaïs\n"
    after:
      description: The object after, as YAML.
      type: str
      sample: "first_name: Anaïs Léa\n"
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module


def main() -> None:
    run_module("xci_config")


if __name__ == "__main__":
    main()
