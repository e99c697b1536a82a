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
  - Creates, updates, renames and deletes an administrator, who can log in to XCI.
  - A super-administrator manages everything. Other administrators manage only their entities.

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.attributes
  - xivo.xci.connection
  - xivo.xci.connection.modules
  - xivo.xci.objects

options:
  login:
    description:
      - The login of the administrator. It identifies the administrator, unless O(id) does.
    type: str
  name:
    description:
      - The display name. On creation, empty if omitted.
    type: str
  ldap:
    description:
      - Whether the LDAP server that XCI is configured with checks the password, instead of XCI.
      - On creation, V(false) if omitted.
    type: bool
  password:
    description:
      - The password of an administrator who is not from LDAP. With O(ldap=true), it is ignored.
      - XCI's API requires the password in every change of an administrator who is not from LDAP, and never shows it.
        So it is required to create and to update such an administrator, and is sent with each change. If it is
        missing, the task fails before anything is written.
      - It is never returned, and never shown in a diff or an error.
    type: str
  update_password:
    description:
      - When O(password) is written to an administrator who already exists.
      - With V(verify), the module tries to log in as that administrator, also in check mode, and writes the password
        if XCI refuses the login. XCI then counts a failed login.
      - With V(on_create), the password alone never causes a change after the creation. It is still sent with a change
        that is made for another reason, because XCI requires it, and is the password from then on.
      - With V(always), the password is written in each run, and each run reports a change.
    type: str
    choices:
      - verify
      - on_create
      - always
    default: verify
  super_admin:
    description:
      - Whether the administrator is a super-administrator, who manages everything.
      - On creation, V(false) if omitted.
    type: bool
  entities:
    description:
      - The entities that the administrator manages, as a complete set. V([]) removes all.
      - Each is written as C(name@xivo-name), as its combinedId, or as its name alone if no other XiVO has an
        entity of that name.
      - On creation, none if omitted.
    type: list
    elements: str
  allow_self:
    description:
      - Whether the administrator O(xci_login) can be deleted, renamed, demoted (O(super_admin=false)) or moved to LDAP
        (O(ldap=true)). With V(false), the task then fails before anything is written, because later tasks could not log
        in. The name and the password can always be changed.
      - If XCI lists no administrator with exactly that login, an administrator with the same login without the domain
        is protected, such as V(ansible) for V(ansible@example.org). If there is none either, all are protected.
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
  - XCI shows administrators to super-administrators only, so O(xci_login) must be a super-administrator.
  - After a change of the password of O(xci_login), later tasks need the new password.
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

- name: Set the entities of an administrator, with the password that XCI requires in every change
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

- name: Remove all entities of an administrator, during an absence
  xivo.xci.xci_admin:
    login: cfontaine
    password: "{{ vault_cfontaine_password }}"
    entities: []

- name: Rename an administrator by id
  xivo.xci.xci_admin:
    id: "{{ claire.admin.id }}"
    login: cmoreau
    name: Claire Moreau
    password: "{{ vault_cfontaine_password }}"

- name: Set a new password, written only if XCI does not accept it yet
  xivo.xci.xci_admin:
    login: cmoreau
    password: "{{ vault_cmoreau_password }}"
  register: rotation

- name: Show whether the password was changed
  ansible.builtin.debug:
    msg: "The password of {{ rotation.admin.login }} was {{ 'changed' if rotation is changed else 'already set' }}"

# Ansible prints the items of a loop, so the passwords are not in them.
- name: Create several administrators, each with the password for its login
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

- name: Delete an administrator
  xivo.xci.xci_admin:
    login: cmoreau
    state: absent
"""

RETURN = r"""
admin:
  description:
    - The administrator on XCI after the task, with the names of the options. Never a password.
    - Empty with O(state=absent).
  type: dict
  returned: success
  contains:
    login:
      description: The login.
      type: str
      sample: cfontaine
    name:
      description: The display name.
      type: str
      sample: Claire Fontaine
    ldap:
      description: Whether LDAP checks the password.
      type: bool
      sample: false
    super_admin:
      description: Whether the administrator is a super-administrator.
      type: bool
      sample: false
    entities:
      description: The entities that the administrator manages, in alphabetical order.
      type: list
      elements: str
      sample: [accueil@xivo-nord, urgences@xivo-nord]
    id:
      description: The id of the administrator on XCI. V(null) in check mode for one who would be created.
      type: int
      sample: 4
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 3, "POST": 2, "PUT": 1, "DELETE": 0}
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
      description: The administrator before the task, empty if it does not exist.
      type: str
      sample: |
        login: cfontaine
        name: Claire Fontaine
        ldap: false
        super_admin: false
        entities:
        - accueil@xivo-nord
    after:
      description: The administrator after the task, empty if it is deleted. A password is not shown, only that
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
      description: The kind of the object, and its name.
      type: str
      sample: admin cfontaine (Claire Fontaine)
    after_header:
      description: The same as C(before_header).
      type: str
      sample: admin cfontaine (Claire Fontaine)
"""

from ansible_collections.xivo.xci.plugins.module_utils.modules.main import run_module
from ansible_collections.xivo.xci.plugins.module_utils.modules.present import present_module


def main() -> None:
    run_module(present_module("admin"))


if __name__ == "__main__":
    main()
