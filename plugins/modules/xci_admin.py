#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_admin

short_description: Manage administrators of XCI

version_added: 1.0.0

description:
  - Creates, changes, renames and removes an administrator, somebody who may log in to XCI.
  - A super-administrator manages everything. Others manage only their entities.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes
  - xivo.xci.connection
  - xivo.xci.objects

options:
  login:
    description:
      - The login of the administrator. It says which administrator is meant, unless O(id) does.
    type: str
  name:
    description:
      - The name that people see. On creation, empty if this is left out.
    type: str
  ldap:
    description:
      - Whether the password is checked by the LDAP server that XCI is configured with, and not by XCI.
      - On creation, V(false) if this is left out.
    type: bool
  password:
    description:
      - The password of an administrator who is not from LDAP. With O(ldap=true), it is passed over.
      - XCI's API wants the password in every change of an administrator who is not from LDAP, and never shows it. So
        it is needed to create one and to change anything of one, and goes along with each change. The task fails
        before anything is written if it is missing then.
      - It is never returned, and never shown in a diff or an error.
    type: str
  update_password:
    description:
      - How to find out whether O(password) has to be written to an administrator who exists.
      - With V(verify), the module tries to log in as that administrator, in check mode too, and writes the password
        if XCI refuses. XCI sees a failed login then.
      - With V(on_create), the password is no reason for a change after the creation. It still goes along with a
        change that is made for another reason, since XCI wants it there, and is the password from then on.
      - With V(always), the password is written in each run, which is a change each time.
    type: str
    choices:
      - verify
      - on_create
      - always
    default: verify
  super_admin:
    description:
      - Whether the administrator is a super-administrator, who can manage everything.
      - On creation, V(false) if this is left out.
    type: bool
  entities:
    description:
      - The entities that the administrator may manage. All of them, as a set. V([]) takes away all.
      - Each is written as C(name@xivo-name), as its combinedId, or as its name alone where no other XiVO has an
        entity of that name.
      - On creation, none if this is left out.
    type: list
    elements: str
  allow_self:
    description:
      - Whether the administrator of O(xci_login) may be removed, renamed, demoted (O(super_admin=false)) or moved to
        LDAP (O(ldap=true)). Without it, the task fails before anything is written, because the tasks that follow could
        not log in any more. The name and the password can always be changed.
      - If XCI lists no administrator with exactly that login, one whose login is the same without a domain counts, such
        as V(ansible) for V(ansible@example.org).
    type: bool
    default: false

attributes:
  idempotent:
    support: partial
    details:
      - With O(update_password=always), the password is written in each run.

seealso:
  - module: xivo.xci.xci_admin_info
  - module: xivo.xci.xci_entity
  - module: xivo.xci.xci_config
  - name: The REST API of XCI
    description: The reference of the API that this collection uses, edition 2017.03.
    link: https://documentation.xivo.solutions/en/2017.03/xivocc/centralized_interface/api.html

notes:
  - XCI shows and changes administrators for super-administrators only, so O(xci_login) must be one.
  - After a change of the password of the administrator O(xci_login) itself, the tasks that follow need the new one.
"""

EXAMPLES = r"""
# The connection comes from module_defaults or from the environment, see the notes.

- name: Create an administrator of two entities
  xivo.xci.xci_admin:
    login: cfontaine
    name: Claire Fontaine
    password: "{{ vault_cfontaine_password }}"
    entities:
      - accueil@xivo-nord
      - urgences
  register: claire

- name: Give an administrator exactly these entities, with the password that XCI wants in every change
  xivo.xci.xci_admin:
    login: mlefevre
    password: "{{ vault_mlefevre_password }}"
    entities:
      - accueil@xivo-sud
      - compta

- name: Create an administrator who logs in by LDAP
  xivo.xci.xci_admin:
    login: pgarnier
    name: Paul Garnier
    ldap: true
    super_admin: true

- name: Take the entities of an administrator away, for an absence
  xivo.xci.xci_admin:
    login: cfontaine
    password: "{{ vault_cfontaine_password }}"
    entities: []

- name: Rename an administrator by the id
  xivo.xci.xci_admin:
    id: "{{ claire.admin.id }}"
    login: cmoreau
    name: Claire Moreau
    password: "{{ vault_cfontaine_password }}"

- name: Set a new password, and write it only if XCI does not accept it yet
  xivo.xci.xci_admin:
    login: cmoreau
    password: "{{ vault_cmoreau_password }}"
  register: rotation

- name: Tell whether it was new
  ansible.builtin.debug:
    msg: "The password of {{ rotation.admin.login }} was {{ 'changed' if rotation is changed else 'right already' }}"

# Ansible prints the items of a loop, so the passwords are no part of them.
- name: Create several administrators, with the password that belongs to each login
  xivo.xci.xci_admin:
    login: "{{ item.login }}"
    name: "{{ item.name }}"
    password: "{{ vault_admin_passwords[item.login] }}"
    entities: "{{ item.entities }}"
  loop:
    - login: standard-nord
      name: Standard de l'Hôpital Nord
      entities: [accueil@xivo-nord]
    - login: standard-sud
      name: Standard de l'Hôpital Sud
      entities: [accueil@xivo-sud]
  loop_control:
    label: "{{ item.login }}"

- name: Remove an administrator
  xivo.xci.xci_admin:
    login: cmoreau
    state: absent
"""

RETURN = r"""
admin:
  description:
    - The administrator as XCI has it after the task, in the words of the options. Never a password.
    - Empty with O(state=absent).
  type: dict
  returned: success
  contains:
    login:
      description: The login.
      type: str
      sample: cfontaine
    name:
      description: The name that people see.
      type: str
      sample: Claire Fontaine
    ldap:
      description: Whether LDAP checks the password.
      type: bool
      sample: false
    super_admin:
      description: Whether it is a super-administrator.
      type: bool
      sample: false
    entities:
      description: The entities that the administrator may manage, in alphabetical order.
      type: list
      elements: str
      sample: [accueil@xivo-nord, urgences@xivo-nord]
    id:
      description: The number by which XCI knows the administrator. V(null) in check mode for one who would be created.
      type: int
      sample: 4
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure once the connection options are right
  sample: {"GET": 3, "POST": 2, "PUT": 1, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused a request.
  type: int
  returned: failure, when XCI refused a request
  sample: 400
diff:
  description:
    - The object before and after, in the words of the options. Both sides are YAML, as in a playbook.
    - Where the module's Python has no PyYAML, both are dictionaries.
  type: dict
  returned: in diff mode
  contains:
    before:
      description: The administrator as XCI has it, empty if it is not there.
      type: str
      sample: |
        login: cfontaine
        name: Claire Fontaine
        ldap: false
        super_admin: false
        entities:
        - accueil@xivo-nord
    after:
      description: The administrator as the task leaves it, empty if it is removed. A password is not shown, only that
        it changes.
      type: str
      sample: |
        login: cfontaine
        name: Claire Fontaine
        ldap: false
        super_admin: false
        entities:
        - accueil@xivo-nord
        - urgences@xivo-nord
    before_header:
      description: What and which it is.
      type: str
      sample: admin cfontaine
    after_header:
      description: The same.
      type: str
      sample: admin cfontaine
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module


def main() -> None:
    run_module("xci_admin")


if __name__ == "__main__":
    main()
