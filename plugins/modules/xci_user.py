#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_user

short_description: Manage telephone users on XCI

version_added: 1.0.0

description:
  - Creates, updates, renumbers, moves and deletes a user, which is a person or a place with an internal number in an
    entity.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes
  - xivo.xci.connection
  - xivo.xci.connection.modules
  - xivo.xci.objects

options:
  entity:
    description:
      - The entity of the user, written as C(name@xivo-name), as its combinedId, or as its name alone if no other
        XiVO has an entity of that name.
      - Together with the option that O(match_on) names, it identifies the user. Required unless O(id) is given.
      - With O(id), or for a user whom O(search) finds elsewhere, an entity other than the current one moves the user.
    type: str
  match_on:
    description:
      - The option that identifies the user in O(entity), unless O(id) is given.
      - V(internal_number) finds the user who has O(internal_number) in O(entity).
      - V(cti_login) finds the user who has O(cti_login). V(name) finds the user with the same O(first_name) and
        O(last_name). An omitted one counts as empty.
      - With V(cti_login) and V(name), O(internal_number) is an ordinary value to set.
      - If several users match, the task fails and lists them. Give O(id) then. A document also fails if it creates or
        renames somebody, so that several would match afterwards.
      - A login or a name that is equal but for case is the same, with a warning. If XCI has one that is equal only in
        letters and digits, the task fails and names it. With O(state=absent), such a user is not deleted, with a
        warning.
    type: str
    choices:
      - internal_number
      - cti_login
      - name
    default: internal_number
  search:
    description:
      - Where to search for a user who is not in O(entity). A user who is found there moves to O(entity).
      - V(entity) searches nowhere else. V(xivo) searches the other entities of the same XiVO, and V(everywhere) those
        of all XiVOs. Both read the list of each entity, once in a run.
      - If omitted, it is V(entity), except that O(match_on=cti_login) with O(state=present) searches the XiVO, since a
        CTI login belongs to one user of a XiVO. Before such a user is created, there is a warning if another XiVO has a
        user with that login.
      - With O(state=absent), the user is only searched for in O(entity), unless this option is given.
    type: str
    choices:
      - entity
      - xivo
      - everywhere
  internal_number:
    description:
      - The internal number, digits in quotes. YAML reads V(0123) as an octal number, which is 83.
      - If omitted on creation, which requires O(match_on) to be V(cti_login) or V(name), the user gets the first number
        that is available in O(entity). In check mode, the number is predicted. Later runs leave it unchanged.
      - The number is reserved for the run of Ansible, so that hosts side by side get different ones, also in check
        mode. Ordinary modules can't share that, so there several predictions may be the same, with a warning. If
        somebody else takes the number meanwhile, the user gets the next one, whether or not XCI refuses duplicates.
      - It is an error if another user of O(entity) is known to have the number.
      - It can be outside of the intervals of the entity, if XCI allows that. See O(numbers).
    type: str
  numbers:
    description:
      - What to do about a new number that is outside of the intervals of the entity, or that another user has but for
        leading zeros.
      - With V(warn), there is a warning. With V(inside), it is an error. With V(any), it is accepted.
    type: str
    choices:
      - warn
      - inside
      - any
    default: warn
  first_name:
    description:
      - The first name. O(first_name) or O(last_name) is required to create a user.
    type: str
  last_name:
    description:
      - The last name, or the name of a place.
    type: str
  numbering:
    description:
      - Ranges of numbers that nobody gets without asking for them, for example because they were in use not long ago.
        They are not taken where O(internal_number) is omitted.
      - A mapping with the list C(reserved), of which each entry has C(entity), C(start), and optionally C(end),
        C(reason) and C(until), the last day, such as V(2027-01-31). Or the path of a YAML file with such a mapping, on
        the machine that runs Ansible.
      - A number of such a range that a user is given explicitly is treated like one outside of the intervals, see
        O(numbers).
    type: raw
  template:
    description:
      - The line template, by name or id. Required to create a user.
      - XCI does not show with which template a user was created. So it is used on creation, and sent with every change
        that is made for another reason, but never causes a change itself.
      - Give it in tasks that update a user too. XCI may refuse a change without it.
    type: str
  cti_login:
    description:
      - The login of the user for the CTI (the desktop and web assistants). An empty string removes it.
      - It is an error if another user of the XiVO is known to have the login. The module knows the lists that it reads
        in any case, which is that of O(entity) alone unless O(search) includes others.
      - There is a warning if XiVO would not accept it. XiVO accepts 2 to 254 letters without accents, digits, and some
        special characters.
    type: str
  cti_password:
    description:
      - The password of O(cti_login). See O(update_password) for when it is written.
      - It is never returned, and never shown in a diff or an error.
      - There is a warning if XiVO would not accept it. XiVO accepts 4 to 64 letters without accents, digits, and some
        special characters.
    type: str
  update_password:
    description:
      - When O(cti_password) is written to a user who already exists. On creation, it is always written.
      - If omitted, a password that XCI shows in clear text is compared, and updated if it differs. A password that XCI
        hides or masks is only set on creation.
      - With V(on_create), a different password never causes a change after the creation.
      - With V(always), the password is written in each run, and each run reports a change, unless XCI shows the same
        password in clear text.
    type: str
    choices:
      - on_create
      - always
  external_number:
    description:
      - Accepted because this module returns it, and ignored. Only XCI sets it.
    type: raw
  mail:
    description:
      - Accepted because this module returns it, and ignored. Only XCI sets it.
    type: raw
  provisioning_number:
    description:
      - Accepted because this module returns it, and ignored. Only XCI sets it.
    type: raw

attributes:
  idempotent:
    support: partial
    details:
      - With O(update_password=always), a password that XCI does not show is written in each run.

seealso:
  - module: xivo.xci.xci_user_info
  - module: xivo.xci.xci_entity
  - module: xivo.xci.xci_template
  - module: xivo.xci.xci_config
  - plugin: xivo.xci.available_numbers
    plugin_type: lookup
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html

notes:
  - XCI may replace the whole user in a change, so that what is not sent is lost. If XCI hides CTI passwords, they can't
    be sent back. So give O(cti_password) in tasks that update users who have a CTI login. It is sent with each change
    that is made for another reason, whatever O(update_password) says. There is a warning if a change is sent without
    it.
  - For thousands of users, M(xivo.xci.xci_config) applies them as one document, optionally from a file, and writes in
    parallel.
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Create a user with a number of your choice
  xivo.xci.xci_user:
    entity: accueil@xivo-nord
    internal_number: "1010"
    first_name: Nadia
    last_name: Benali
    template: Modèle standard
    cti_login: nbenali
    cti_password: "{{ vault_nbenali_cti_password }}"
  register: nadia

# XCI may lose a CTI password in a change that does not include it.
- name: Change the name of the user of a number
  xivo.xci.xci_user:
    entity: accueil@xivo-nord
    internal_number: "1001"
    last_name: Durand-Lefèvre
    template: Modèle standard
    cti_password: "{{ vault_cdurand_cti_password }}"

- name: Create a user with the next available number
  xivo.xci.xci_user:
    entity: urgences
    match_on: name
    last_name: Salle d'attente
    template: Modèle standard
  register: waiting_room

- name: Show which number it is
  ansible.builtin.debug:
    msg: "{{ waiting_room.user.last_name }} has number {{ waiting_room.user.internal_number }}"

- name: Change the number of a user without CTI login
  xivo.xci.xci_user:
    entity: urgences
    match_on: name
    last_name: Salle d'attente
    internal_number: "2010"
    template: Modèle standard

- name: Move a user to another entity, with a number from there
  xivo.xci.xci_user:
    entity: urgences@xivo-nord
    match_on: cti_login
    cti_login: cdurand
    internal_number: "2050"
    template: Modèle standard
    cti_password: "{{ vault_cdurand_cti_password }}"
  register: camille

- name: Check that the move was a single change
  ansible.builtin.assert:
    that:
      - camille is changed
      - camille.user.entity == "urgences@xivo-nord"
      - camille.calls.PUT == 1

- name: Change what usually identifies a user, with the id
  xivo.xci.xci_user:
    id: "{{ nadia.user.id }}"
    internal_number: "1011"
    last_name: Benali-Roux
    cti_login: nbenaliroux
    cti_password: "{{ vault_nbenali_cti_password }}"
    template: Modèle standard

- name: Write a new CTI password, whatever the current one is
  xivo.xci.xci_user:
    entity: accueil@xivo-nord
    internal_number: "1011"
    template: Modèle standard
    cti_password: "{{ vault_nbenali_cti_password }}"
    update_password: always

- name: Remove the CTI login
  xivo.xci.xci_user:
    entity: accueil@xivo-nord
    internal_number: "1011"
    cti_login: ""
    template: Modèle standard

- name: Preview a change
  xivo.xci.xci_user:
    entity: accueil@xivo-nord
    internal_number: "1011"
    first_name: Nadia Leïla
    template: Modèle standard
  check_mode: true
  diff: true

# Ansible prints the items of a loop, so the passwords are not in them.
- name: Create several users, each with the password for its login
  xivo.xci.xci_user:
    entity: compta
    internal_number: "{{ item.number }}"
    first_name: "{{ item.first_name }}"
    last_name: "{{ item.last_name }}"
    template: Modèle standard
    cti_login: "{{ item.login }}"
    cti_password: "{{ vault_cti_passwords[item.login] }}"
  loop:
    - number: "3001"
      first_name: Amélie
      last_name: Roche
      login: aroche
    - number: "3002"
      first_name: Jean-Noël
      last_name: N'Guyen
      login: jnguyen
  loop_control:
    label: "{{ item.number }} {{ item.first_name }} {{ item.last_name }}"

- name: Delete the user of a number
  xivo.xci.xci_user:
    entity: accueil@xivo-nord
    internal_number: "1011"
    state: absent

- name: Delete the user of a CTI login, whatever the number
  xivo.xci.xci_user:
    entity: accueil@xivo-nord
    match_on: cti_login
    cti_login: cdurand
    state: absent
"""

RETURN = r"""
user:
  description:
    - The user on XCI after the task, with the names of the options. Never a password, and not the template,
      which XCI does not show.
    - Empty with O(state=absent).
  type: dict
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
      description: The internal number. In check mode, also the predicted number of a user who would be created.
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
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 3, "POST": 1, "PUT": 1, "DELETE": 0}
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
      description: The user before the task, empty if it does not exist.
      type: str
      sample: |
        entity: accueil@xivo-nord
        first_name: Camille
        last_name: Durand
        internal_number: '1001'
        cti_login: cdurand
    after:
      description: The user after the task, empty if it is deleted. A password is not shown, only that it
        changes.
      type: str
      sample: |
        entity: accueil@xivo-nord
        first_name: Camille
        last_name: Durand
        internal_number: '1050'
        cti_login: cdurand
    before_header:
      description: The kind of the object, and its name.
      type: str
      sample: user 1001@accueil@xivo-nord (Camille Durand)
    after_header:
      description: The same as C(before_header).
      type: str
      sample: user 1001@accueil@xivo-nord (Camille Durand)
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.present import present_module


def main() -> None:
    run_module(present_module("user"))


if __name__ == "__main__":
    main()
