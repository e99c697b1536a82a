#!/usr/bin/python
# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: xci_config

short_description: Apply a whole document to XCI

version_added: 1.0.0

description:
  - Applies a document of XiVOs, entities, line templates, users and administrators, or any part of one, in one task and
    with one login.
  - The document declares the desired state. It is validated and planned as a whole before anything is written. All
    errors are reported together, each with its place, such as C(users[5].internal_number) or C(users/nord.csv line 7).
    Objects can refer to others that the same document creates, in any order.
  - Only differences are written, in parallel, in the order of their dependencies. What refers to a new object is
    written after it, and what is deleted is deleted last, unless something else needs what it has.
  - Only one object can have a certain name, an interval of numbers of a XiVO, an internal number of an entity, or a CTI
    login of a XiVO. Objects can take over such values from others that the document changes or deletes, and exchange
    them. In an exchange, one of them is written twice. It temporarily has another free number of its entity, no CTI
    login, a temporary name, or only those of its intervals that no other gets. Such a number is one that nobody is to
    get; if an entity has none, the document is invalid.
  - A document that gives such a value to two objects is invalid, also if XCI may allow that. What XCI has already and
    the document does not change is no error. Objects are compared with those of the document and of the lists that are
    read for it. These are not the users of entities that the document does not mention.
  - What the document does not list is left unchanged, unless O(purge) says otherwise.

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
    suboptions:
      name:
        description:
          - The name of the XiVO on XCI. It identifies the XiVO, unless O(xivo.xci.xci_xivo#module:id) does.
        type: str
      host:
        description:
          - The host name or the IP address at which XCI reaches the XiVO.
        type: str
      configure:
        description:
          - Whether XCI configures the XiVO immediately when it is added. If omitted, XCI only adds it to its list.
        type: bool
      id:
        description:
          - The id of the object on XCI, as this module and the corresponding C(_info) module return it.
        type: int
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
          - With V(present), the object is created if it does not exist, and updated if it differs.
        type: str
        choices:
          - present
          - absent
        default: present
  entities:
    description:
      - Entities, each with the options of M(xivo.xci.xci_entity), which are C(name), C(xivo), C(display_name),
        C(intervals), C(presented_number), C(force), C(state) and C(id).
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the entity, which is the name of its context on the XiVO.
        type: str
      xivo:
        description:
          - The XiVO of the entity, by name, uuid or id.
        type: str
      display_name:
        description:
          - The display name. On creation, it is the same as O(xivo.xci.xci_entity#module:name) if omitted.
        type: str
      intervals:
        description:
          - The intervals of internal numbers of the entity, as a complete set. An interval that is on XCI but not in
            the list is removed. V([]) removes all.
        type: list
        elements: dict
      presented_number:
        description:
          - The number shown on outgoing calls. XCI also accepts words, so any text is sent unchanged.
        type: str
      force:
        description:
          - Whether to delete the users of the entity too, when the entity is deleted. They are deleted one by one,
            before the entity.
        type: bool
        default: false
      combined_id:
        description:
          - Accepted because this module returns it, and ignored. XCI builds it from O(xivo.xci.xci_entity#module:name)
            and the uuid of the XiVO.
        type: raw
      available_numbers:
        description:
          - Accepted because M(xivo.xci.xci_entity_info) can return it, and ignored.
        type: raw
      usage:
        description:
          - Accepted because M(xivo.xci.xci_entity_info) can return it, and ignored.
        type: raw
      id:
        description:
          - The id of the object on XCI, as this module and the corresponding C(_info) module return it.
        type: int
      state:
        description:
          - With V(present), the object is created if it does not exist, and updated if it differs.
        type: str
        choices:
          - present
          - absent
        default: present
  templates:
    description:
      - Line templates, each with the options of M(xivo.xci.xci_template), which are C(name), C(xivos), C(entities),
        C(peer_sip_name), C(ringing_time), C(routed_inbound), C(routed_inbound_prefix), C(caller_id_mode),
        C(custom_caller_id), C(voice_mail_enabled), C(voice_mail_number_mode), C(voice_mail_custom_number),
        C(voice_mail_send_email), C(state) and C(id).
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the template. It identifies the template, unless O(xivo.xci.xci_template#module:id) does.
        type: str
      xivos:
        description:
          - The XiVOs that can use the template, each by name, uuid or id, as a complete set. V([]) removes all.
        type: list
        elements: str
      entities:
        description:
          - The entities that can use the template, as a complete set. V([]) removes all.
        type: list
        elements: str
      peer_sip_name:
        description:
          - How the SIP peer of a line gets its name, V(auto) or V(model).
        type: str
      ringing_time:
        description:
          - After how many seconds an incoming call is rejected. There is a warning if it is not between 0 and 60.
        type: int
      routed_inbound:
        description:
          - Whether the telephone can be called from outside.
        type: bool
      routed_inbound_prefix:
        description:
          - The direct inward dialling (SDA) prefix by which the telephone is called from outside.
        type: str
      caller_id_mode:
        description:
          - Which number is shown on outgoing calls. V(incomingNo) is the one with the SDA prefix, V(anonymous) is none,
            and V(custom) is O(xivo.xci.xci_template#module:custom_caller_id).
        type: str
      custom_caller_id:
        description:
          - The number shown on outgoing calls.
        type: str
      voice_mail_enabled:
        description:
          - Whether a user gets a voice mail.
        type: bool
      voice_mail_number_mode:
        description:
          - Which number calls the voice mail. V(short_number) is the usual short number, and V(custom) is
            O(xivo.xci.xci_template#module:voice_mail_custom_number).
        type: str
      voice_mail_custom_number:
        description:
          - The number that calls the voice mail.
        type: str
      voice_mail_send_email:
        description:
          - Whether a new message in the voice mail is announced by email.
        type: bool
      id:
        description:
          - The id of the object on XCI, as this module and the corresponding C(_info) module return it.
        type: int
      state:
        description:
          - With V(present), the object is created if it does not exist, and updated if it differs.
        type: str
        choices:
          - present
          - absent
        default: present
  users:
    description:
      - Users, each with the options of M(xivo.xci.xci_user), which are C(entity), C(match_on), C(search),
        C(internal_number), C(numbers), C(first_name), C(last_name), C(template), C(cti_login), C(cti_password),
        C(update_password), C(state) and C(id).
      - A user who is not found by C(internal_number), and whose C(cti_login) is that of a user of the same XiVO whom
        O(purge) would delete, is that user. The number is changed, and nobody is deleted. If a part of the name differs
        too, there is a warning with both names. If all of the name differs, it is another person, with the same
        warning. Then the old user is deleted, and a new one created.
    type: list
    elements: dict
    suboptions:
      entity:
        description:
          - The entity of the user, written as C(name@xivo-name), as its combinedId, or as its name alone if no other
            XiVO has an entity of that name.
        type: str
      match_on:
        description:
          - The option that identifies the user in O(xivo.xci.xci_user#module:entity), unless
            O(xivo.xci.xci_user#module:id) is given.
        type: str
        choices:
          - internal_number
          - cti_login
          - name
        default: internal_number
      search:
        description:
          - Where to search for a user who is not in O(xivo.xci.xci_user#module:entity). A user who is found there moves
            to O(xivo.xci.xci_user#module:entity).
        type: str
        choices:
          - entity
          - xivo
          - everywhere
      internal_number:
        description:
          - The internal number, digits in quotes. YAML reads V(0123) as an octal number, which is 83.
        type: str
      numbers:
        description:
          - What to do about a new number that is outside of the intervals of the entity, or that another user has but
            for leading zeros. If omitted, it is O(numbers) of the document.
        type: str
        choices:
          - warn
          - inside
          - any
      first_name:
        description:
          - The first name. O(xivo.xci.xci_user#module:first_name) or O(xivo.xci.xci_user#module:last_name) is required
            to create a user.
        type: str
      last_name:
        description:
          - The last name, or the name of a place.
        type: str
      template:
        description:
          - The line template, by name or id. Required to create a user.
        type: str
      cti_login:
        description:
          - The login of the user for the CTI (the desktop and web assistants). An empty string removes it.
        type: str
      cti_password:
        description:
          - The password of O(xivo.xci.xci_user#module:cti_login). See O(xivo.xci.xci_user#module:update_password) for
            when it is written.
        type: str
      update_password:
        description:
          - When O(xivo.xci.xci_user#module:cti_password) is written to a user who already exists. On creation, it is
            always written.
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
      id:
        description:
          - The id of the object on XCI, as this module and the corresponding C(_info) module return it.
        type: int
      state:
        description:
          - With V(present), the object is created if it does not exist, and updated if it differs.
        type: str
        choices:
          - present
          - absent
        default: present
  admins:
    description:
      - Administrators, each with the options of M(xivo.xci.xci_admin), which are C(login), C(name), C(ldap),
        C(password), C(update_password), C(super_admin), C(entities), C(allow_self), C(state) and C(id).
      - As in that module, the default of C(update_password) is C(verify). Each password is tried with a login.
      - The administrator O(xci_login) is not deleted, renamed, demoted or moved to LDAP unless its C(allow_self) is
        V(true).
    type: list
    elements: dict
    suboptions:
      login:
        description:
          - The login of the administrator. It identifies the administrator, unless O(xivo.xci.xci_admin#module:id)
            does.
        type: str
      name:
        description:
          - The display name. On creation, empty if omitted.
        type: str
      ldap:
        description:
          - Whether the LDAP server that XCI is configured with checks the password, instead of XCI.
        type: bool
      password:
        description:
          - The password of an administrator who is not from LDAP. With O(xivo.xci.xci_admin#module:ldap=true), it is
            ignored.
        type: str
      update_password:
        description:
          - When O(xivo.xci.xci_admin#module:password) is written to an administrator who already exists.
        type: str
        choices:
          - verify
          - on_create
          - always
        default: verify
      super_admin:
        description:
          - Whether the administrator is a super-administrator, who manages everything.
        type: bool
      entities:
        description:
          - The entities that the administrator manages, as a complete set. V([]) removes all.
        type: list
        elements: str
      allow_self:
        description:
          - Whether the administrator O(xci_login) can be deleted, renamed, demoted
            (O(xivo.xci.xci_admin#module:super_admin=false)) or moved to LDAP (O(xivo.xci.xci_admin#module:ldap=true)).
            With V(false), the task then fails before anything is written, because later tasks could not log in. The
            name and the password can always be changed.
        type: bool
        default: false
      id:
        description:
          - The id of the object on XCI, as this module and the corresponding C(_info) module return it.
        type: int
      state:
        description:
          - With V(present), the object is created if it does not exist, and updated if it differs.
        type: str
        choices:
          - present
          - absent
        default: present
  src:
    description:
      - Files and folders with the document or parts of it. Of a folder, all files are read whose names end with
        C(.json), C(.yml), C(.yaml) or C(.csv), in small or capital letters, sorted by path. Their lists are added to
        those of the task itself. Folders behind links are read once. Files and folders whose names begin with a dot are
        not read. What can't be read, and what is no regular file, is an error.
      - The files are on the machine that runs Ansible, also if the module runs elsewhere. They are searched for like
        those of M(ansible.builtin.copy), for example in the folder C(files) next to the playbook, and then in the
        folder in which C(ansible-playbook) was started, but never in a folder of this collection.
      - JSON and YAML files contain a mapping of O(xivos), O(entities), O(templates), O(users) and O(admins), or some of
        these. In YAML, V(0123) stays the number 0123, with or without quotes. Keys that begin with C(x-) are ignored,
        so that they can hold anchors.
      - A CSV file contains users, one per row. Its first row has the names of the options. The cells are separated by
        commas, semicolons, tabs or vertical bars, or by what a first line such as C(sep=;) says. An empty cell is an
        omitted option. The encoding is UTF-8, with or without a byte order mark, or Windows-1252. A quote that is not
        closed, a line break in a cell, a row with other cells than the first one has columns, and letters that are
        damaged are errors, because a part of the table may be lost.
      - Errors name each file relative to the folder in which C(ansible-playbook) was started, or with its whole path if
        it is elsewhere.
      - Files that are encrypted with C(ansible-vault) are decrypted, and so are single values in YAML. Nothing in a
        file is a template.
      - For thousands of users, use files rather than variables, which Ansible loads slowly.
    type: list
    elements: path
  default_template:
    description:
      - The line template, by name or id, of all O(users) that have no C(template).
      - It is sent with changes of existing users too, since XCI never shows which template a user has. That may replace
        the template that the user has now. See O(losses).
    type: str
  purge:
    description:
      - The kinds of objects to purge. Objects of these kinds that are in scope, but not in the document, are deleted.
        The document must have a list of each such kind. An empty list, V([]), deletes all objects in its scope.
      - What an entry of the document refers to is never purged, with a warning that names it. The same holds for users
        without an internal number, since no document can list them.
      - A file of O(src) that is empty, has a header and no rows, or has a list without entries and without V([]), is an
        error if its kind is purged. Such a file may have lost its content.
        A list of the task that is null is an error, too.
      - For V(users), the scope is the users of all entities that the document lists, and of all entities of which it
        lists a user.
      - For V(entities), the scope is the entities of all XiVOs that the document lists, including those that XCI found
        on the XiVO by itself. An entity with users is only deleted if V(users) is purged too, or if the document moves
        them. Its users are then deleted first, one by one, and count for O(max_deletions).
      - For V(templates) and V(admins), the scope is everything that XCI shows to O(xci_login), except the administrator
        O(xci_login). If XCI lists no administrator with that login, none is deleted, and there is a warning.
      - XiVOs are never deleted, because XCI's API can't do it.
      - Nothing is deleted if a list of current objects can't be read completely.
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
      - The maximum number of deletions, by O(purge) and C(state=absent) together. If there are more, the task fails
        before anything is written. The first entries of the plan are still returned.
    type: int
    default: 10
  max_changes:
    description:
      - The maximum number of writes, deletions included. If there are more, the task fails before anything is written.
        By default, there is no limit.
    type: int
  losses:
    description:
      - What to do about changes that may replace what XCI never shows, such as the line template of a user for whom
        O(default_template) is sent, or a CTI password that XCI hides and the document does not give. The deletion of a
        line template is one, too. XCI never shows which users use it, and may delete them with it.
      - With V(warn), there is one warning for all that are alike. With V(refuse), the task fails before anything is
        written. Either way, they are returned in RV(losses).
    type: str
    choices:
      - warn
      - refuse
    default: warn
  approved:
    description:
      - The RV(plan_id) of a plan that somebody approved. Then exactly that plan is carried out, or nothing is. If what
        would be done now is anything else, the task fails before anything is written.
      - The plan is another one if an object of it has changed on XCI, or if the document, one of its passwords, a
        predicted number, the login, its password, the address of XCI, or the version of this collection has. What the
        plan does not write may change.
      - Each object is read again before it is written. One that has changed since the planning is not written, and the
        task fails.
      - If there is nothing to do, the task is ok, whatever was approved.
      - In check mode, the task fails if the approval does not hold, and writes nothing.
    type: str
  plan_file:
    description:
      - In check mode, a file to which the whole result is written as JSON, with what is signed of each operation, for
        a run with O(approved). It has no passwords, but names of people, and is readable for its owner only.
      - With O(approved), the file of that plan, which is read. If the plan does not hold, RV(errors) says what has
        changed since. A run that ended early can be continued with it. What is left of the plan is then carried out. It
        must not be changed by hand.
      - Otherwise, it is an error.
      - The path is on the host that runs the module.
    type: path
  undo_file:
    description:
      - A file for what is needed to bring back what the task changes. It is begun before the first write, and each
        write adds to it, so that it is complete wherever the task ends. See O(undo).
      - If it is a folder, or ends with V(/), a new file is made in it, whose name begins with the time, and the last 20
        are kept. RV(undo_file) is the path.
      - It has no passwords, but names of people, and is readable for its owner only. If nothing is written, there is
        none. The path is on the host that runs the module.
    type: path
  undo:
    description:
      - The O(undo_file) of an earlier run. What that run changed is brought back, and nothing else. This replaces the
        document.
      - An object that somebody changed since is left unchanged, and so is one that can't be brought back because of
        what others did. The rest is brought back, and then the task fails and names them in RV(errors).
      - What is as it was before the run is nothing to bring back.
      - Only objects that the run created are deleted, and O(max_deletions) does not apply.
      - What can't be brought back at all, such as passwords, is in RV(losses).
    type: path
  numbers:
    description:
      - The value of O(users[].numbers) of users who have none.
    type: str
    choices:
      - warn
      - inside
      - any
    default: warn
  rename:
    description:
      - XiVOs that have other names on this XCI than in the document, as pairs such as V(test-xivo=prod-xivo). The entry
        of a renamed XiVO counts with its name alone, because its host is that of the other one.
    type: list
    elements: str
    default: []
  numbering:
    description:
      - Ranges of numbers that nobody gets without asking for them, for example because they were in use not long ago.
        They are not taken where a user has no number in the document.
      - A mapping with the list C(reserved), of which each entry has C(entity), C(start), and optionally C(end),
        C(reason) and C(until), the last day, such as V(2027-01-31). Or the path of a YAML file with such a mapping, on
        the machine that runs Ansible.
      - A number of such a range that a user is given explicitly is treated like one outside of the intervals, see
        O(numbers).
    type: raw
  parallelism:
    description:
      - The maximum number of requests at the same time, V(1) to V(64).
    type: int
    default: 8
  on_error:
    description:
      - What to do when a write fails. With V(stop), writes in progress are finished, and no other write is started.
        With V(continue), all writes that do not depend on the failed one are tried. The task fails in both cases, and
        reports what was done and what was not. Run it again to do what is left.
      - A write depends on another one if it refers to a new object, deletes an object that others leave, or takes over
        what another one gives up. An object that gave up a value for an exchange that then failed gets it back. If that
        is not possible, RV(errors) says what it temporarily has.
      - If XCI can't be reached any more or refuses the login, no other write is started.
    type: str
    choices:
      - stop
      - continue
    default: stop
  on_invalid:
    description:
      - What to do when the document is invalid. With V(fail), the task fails. With V(report), it does not. What is
        valid is compared with XCI and returned in RV(plan), and RV(errors) has what is invalid. In both cases, nothing
        is written.
      - A file of O(src) that can't be read, an option of the task itself that is invalid, and exceeding
        O(max_deletions) or O(max_changes) are errors in any case.
    type: str
    choices:
      - fail
      - report
    default: fail

attributes:
  idempotent:
    support: partial
    details:
      - An administrator with C(update_password=always) is written in each run, and so is a user with it whose password
        XCI does not show.

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
  - In an object of the document, an option that is omitted is left unchanged on XCI. An empty string or an empty list
    clears it. Any other value is set exactly.
  - An object can be defined only once in the document. A duplicate is an error.
  - An entry with C(state=absent) means the object that has that number, login or name before the task. Another entry
    can give it to another object. If that object has it already, nothing is deleted, and there is a warning.
  - An object to which another entry refers can't be deleted.
  - It is an error if a user's template is not available to the user's entity. For M(xivo.xci.xci_user), it is only a
    warning.
  - Writing that takes more than 3 seconds shows its progress if the task runs in the controller's process. In a
    terminal, one line is updated. Elsewhere, such as in the output of an AWX job, there is a line every 15 seconds at
    first, and later more rarely, about 14 in an hour.
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

# XCI may lose a CTI password in a change that does not include it.
- name: Preview the changes
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

- name: Show the preview
  ansible.builtin.debug:
    msg: "{{ preview.summary.user['update'] }} users would change, {{ preview.plan | map(attribute='key') | list }}"

- name: Give one user the number of another user, who gets a new number
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

- name: Keep exactly the listed users in an entity
  xivo.xci.xci_config:
    users:
      - entity: pediatrie@xivo-nord
        internal_number: "5102"
        last_name: Accueil pédiatrie
    default_template: Modèle pédiatrie
    purge: [users]
    max_deletions: 5

- name: Plan, for somebody to approve
  xivo.xci.xci_config:
    src: config
    plan_file: plan.json
  check_mode: true
  register: planned

- name: Do what was approved, or nothing
  xivo.xci.xci_config:
    src: config
    approved: "{{ planned.plan_id }}"
    plan_file: plan.json
    undo_file: undo/
  register: applied

- name: Bring back what was changed
  xivo.xci.xci_config:
    undo: "{{ applied.undo_file }}"
    default_template: Modèle pédiatrie
  when: applied is changed

# The next tasks read files, such as an export of a staff directory, which starts with
#   entity;internal_number;first_name;last_name
#   pediatrie@xivo-nord;5110;Gaëtan;Le Goff

- name: Apply users from a table
  xivo.xci.xci_config:
    src: users.csv
    default_template: Modèle pédiatrie
    parallelism: 16

- name: Apply two folders, the second of which belongs to one environment
  xivo.xci.xci_config:
    src:
      - config/all
      - config/production
    on_error: continue
"""

RETURN = r"""
plan:
  description:
    - The planned changes, in the order of the document. In check mode and on failure, what would have been written.
    - If the task fails, the first 10 entries. If they are long, they have no C(changes), or there are fewer.
  type: list
  elements: dict
  returned: if the document could be planned
  contains:
    action:
      description: What is done, which is V(create), V(update) or V(delete).
      type: str
      sample: update
    kind:
      description: The kind of the object, which is V(xivo), V(entity), V(template), V(user) or V(admin).
      type: str
      sample: user
    key:
      description: The object, by its name or number before the change.
      type: str
      sample: 5101@pediatrie@xivo-nord
    name:
      description:
        - Who or what the object is before the change. It is the first and the last name of a user, the display name of
          an entity, the name of an administrator, and otherwise the same as C(key).
      type: str
      sample: Anaïs N'Guyen
    changes:
      description:
        - The options that differ, each with its value C(before) and C(after). The value of a password is not shown.
        - Empty for V(delete).
      type: dict
      sample: {"first_name": {"before": "Anaïs", "after": "Anaïs Léa"}}
    sends:
      description:
        - What V(update) sends along because XCI never shows it, such as the line template of a user. The value of a
          password is not shown.
      type: dict
      sample: {"template": "Modèle pédiatrie"}
summary:
  description:
    - The number of objects of each kind to create, to update and to delete, and of those in the document that are
      unchanged.
    - In a template, write C(summary.user['update']), because C(summary.user.update) is a method in Python.
  type: dict
  returned: if the document could be planned
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
plan_id:
  description:
    - Identifies the plan, for O(approved). It is signed with a key that is derived from the XCI password.
    - With O(approved), the approved plan, also if only a part of it was left to do.
  type: str
  returned: if the document is valid
  sample: plan-3f7a1c0b5d9e2f4a6b8c0d1e2f3a4b5c6d7e8f90
login:
  description:
    - The login of this run.
  type: str
  returned: if the document could be planned
  sample: ansible
address:
  description:
    - The address of XCI's API.
  type: str
  returned: if the document could be planned
  sample: https://xci.example.org/api/1.0
time:
  description:
    - When the task began, in UTC.
  type: str
  returned: if the document could be planned
  sample: "2026-11-26T06:30:00Z"
undo_file:
  description:
    - The file that was made for O(undo_file).
  type: str
  returned: if O(undo_file) is given, and something was written or may have been
  sample: /home/ansible/.local/state/xci/undo/20261126T063000000000Z.yml
losses:
  description:
    - What the changes may replace or delete though nobody asked for that, since XCI never shows it. See O(losses).
    - With O(undo), also what can not be brought back.
  type: list
  elements: dict
  returned: if the document could be planned
  contains:
    kind:
      description: The kind of the object.
      type: str
      sample: user
    key:
      description: The object, by its name at present.
      type: str
      sample: 5101@pediatrie@xivo-nord
    name:
      description: Who or what it is.
      type: str
      sample: Anaïs Nguyen
    option:
      description: The option that may be replaced, or V(users) that may be deleted.
      type: str
      sample: template
    why:
      description: Why.
      type: str
      sample: XCI does not show which one it is; the change sets 'Modèle pédiatrie' (default_template)
errors:
  description:
    - The errors of an invalid document, or the writes that failed, in the order of the plan. Empty if there are none.
    - With an invalid document, RV(plan) still has what could be planned, and nothing is written.
    - If the task fails, the first 10. Texts are cut, or there are fewer, if they are long.
  type: list
  elements: dict
  returned: if the document could be planned
  contains:
    action:
      description: The write that failed, which is V(create), V(update) or V(delete). Empty for an invalid document.
      type: str
      sample: create
    kind:
      description: The kind of the object. Empty if the error is about no single kind.
      type: str
      sample: user
    key:
      description: The object of a write that failed, as in RV(plan). Empty for an invalid document.
      type: str
      sample: 5101@pediatrie@xivo-nord
    index:
      description:
        - The index of the entry in its list, which has the entries of the task first and then those of its files. It
          starts with 0.
        - V(null) if the error is about no entry, such as a failed deletion by O(purge).
      type: int
      sample: 5
    option:
      description: The option of the entry that is invalid. Empty if the error is not about one option.
      type: str
      sample: internal_number
    place:
      description:
        - >-
          Where the entry is written, such as V(users[5]) for one of the task, V(people.csv line 7) or
          V(site.yml: users[5]) for one of a file.
        - V(purge) for a failed deletion by O(purge). Empty if it is not known.
      type: str
      sample: people.csv line 7
    msg:
      description: The error itself, without its place and option.
      type: str
      sample: "invalid value: '51O1' is not a number in digits"
  sample:
    - action: create
      kind: user
      key: 5101@pediatrie@xivo-nord
      index: 1
      option: ""
      place: users[1]
      msg: "create user 5101@pediatrie@xivo-nord: POST https://xci.example.org/api/1.0/users answered 400: number 5101
        is taken"
not_tried:
  description:
    - The writes that were not tried because others failed, each with V(action), V(kind) and V(key). The first 10.
  type: list
  elements: dict
  returned: if the document could be planned
  sample:
    - action: create
      kind: user
      key: 5102@pediatrie@xivo-nord
counts:
  description:
    - The length of each list of which a failed result has the first entries only.
  type: dict
  returned: failure, if the document could be planned
  sample: {"plan": 19999, "errors": 1, "not_tried": 0}
msg:
  description:
    - What failed. For an invalid document, its errors. Of many that are alike, the first ones and a count.
  type: str
  returned: failure, and with O(on_invalid=report) if the document is invalid
  sample: "invalid document, nothing was changed (2 errors): users[1].internal_number: invalid value: 'abc' is not a
    number in digits; users[7].entity: entity 'pediatri' not found; did you mean pediatrie@xivo-nord?"
calls:
  description:
    - How many requests were made to XCI, by HTTP method. Logins are V(POST).
  type: dict
  returned: success, and failure if the connection options are valid
  sample: {"GET": 6, "POST": 6, "PUT": 1, "DELETE": 0}
status:
  description:
    - The HTTP status with which XCI refused a request that only reads.
  type: int
  returned: failure, when XCI refused a request that only reads
  sample: 403
diff:
  description:
    - The differences, one item for each entry of RV(plan), with the names of the options.
    - If the module's Python has no PyYAML, C(before) and C(after) are dictionaries.
  type: list
  elements: dict
  returned: in diff mode, if the document could be planned
  contains:
    before_header:
      description: The kind of the object, and its name.
      type: str
      sample: user 5101@pediatrie@xivo-nord (Anaïs N'Guyen)
    after_header:
      description: The same as C(before_header).
      type: str
      sample: user 5101@pediatrie@xivo-nord (Anaïs N'Guyen)
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
from ansible_collections.xivo.xci.plugins.module_utils.modules.config import MODULE


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
