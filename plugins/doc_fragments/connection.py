# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection to XCI: the same options in every module and plugin."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragment C(xivo.xci.connection): the options.

    A module adds C(xivo.xci.connection.modules), a plugin of the controller C(xivo.xci.connection.plugins), which gives
    the same options their other sources.
    """

    DOCUMENTATION = r"""
options:
  xci_url:
    description:
      - The address of XCI, such as V(https://xci.example.org) or V(http://xci.example.org:9001).
      - It can have a path if XCI is behind a proxy, such as V(https://www.example.org/xci). V(/api/1.0) is added if it
        is missing.
      - Redirects are never followed, so that the password is sent to no other server. Give the address at which XCI
        itself answers.
      - If this is not set, the environment variable E(XCI_URL) is used. One of the two is required.
    type: str
  xci_login:
    description:
      - The login of the XCI administrator to work as. An administrator who is not a super-administrator sees only what
        belongs to the entities that they manage.
      - If this is not set, the environment variable E(XCI_LOGIN) is used. One of the two is required.
    type: str
  xci_password:
    description:
      - The password of O(xci_login).
      - If this is not set, the environment variable E(XCI_PASSWORD) is used. One of the two is required.
    type: str
  validate_certs:
    description:
      - Whether to validate the TLS certificate of XCI. It must be signed by a trusted CA and match the host name.
      - With V(false), any server that answers at O(xci_url) gets the password, and there is a warning. To reach a
        server with a certificate of your own CA, use O(ca_path) instead.
      - If this is not set, the environment variable E(XCI_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates of trusted CAs in PEM format, or a folder of such files, prepared with
        C(openssl rehash).
      - If this is not set, the environment variable E(XCI_CA_PATH) is used. Without that, the system's CAs are trusted,
        and those of the Python library C(certifi). E(REQUESTS_CA_BUNDLE) replaces both.
      - With this option, only these CAs are trusted.
    type: path
  timeout:
    description:
      - How many seconds to wait for a connection to XCI, and for each further piece of its answer. An answer that takes
        more than twice as long in total is an error.
      - XCI can be slow with many users. Increase this rather than O(retries).
      - If this is not set, the environment variable E(XCI_TIMEOUT) is used.
    type: float
    default: 60
  retries:
    description:
      - The maximum number of retries of a request, after pauses of random length that get longer each time. No retry
        starts later than twice O(timeout) after the first attempt.
      - A request that only reads is retried if XCI can't be reached, does not answer in time, closes the connection, or
        answers with the status 408, 429, 500, 502, 503 or 504.
      - A request that writes is retried only if it certainly did nothing, when XCI can't be reached or answers with
        the status 408 or 429. If the answer to a write is lost, the module reads back what happened.
      - If this is not set, the environment variable E(XCI_RETRIES) is used.
    type: int
    default: 3
  read_back_timeout:
    description:
      - How many seconds a write may take to show. What XCI was asked to write is read back, unless its answer shows it,
        and read again until it shows or this time is over.
      - For as long after a write, lists that do not show it yet are completed with it. So nothing is created twice.
      - Increase this if XCI shows what was written later than that. With V(0), it is read back once.
      - If this is not set, the environment variable E(XCI_READ_BACK_TIMEOUT) is used.
    type: float
    default: 5
"""

    MODULES = r"""
options: {}
requirements:
  - Python 3.9 or newer on the host that runs the module
  - The Python library C(requests) on the host that runs the module
notes:
  - >-
    Set the connection once for all modules of a play, by environment variables or by
    C(module_defaults: {group/xivo.xci.xci: {xci_url: "https://xci.example.org", xci_login: ansible, xci_password:
    "{{ vault_xci_password }}"}}).
    An option of the task comes first, then C(module_defaults), then the environment variable, then the default. An
    empty environment variable counts as not set.
    Do not set the password in the keyword C(environment) of a task or play, because Ansible writes that into the
    command line of a module that does not run inside its own process.
  - On a local connection, without C(become) and C(async), the module runs inside Ansible's own process and with its
    Python. An item of a loop then takes milliseconds, and the whole run uses one login. Set the variable
    C(xci_session) to V(task) for a login in each task, or C(xci_in_worker) to V(false) to run it like other modules.
  - Everywhere else, Ansible runs the module with the Python of the host. If that is the machine that runs Ansible, this
    may be a Python without C(requests). Set C(ansible_python_interpreter) to C("{{ ansible_playbook_python }}") there.
  - XCI itself uses plain C(http) on port 9001. The password is then sent unencrypted, and there is a warning unless XCI
    is on the same machine. Put a proxy with TLS in front of it.
  - A write is never blindly sent a second time, and never if XCI accepted it. If its answer is lost (a time-out, a
    broken connection, the status 502, 503 or 504), the module reads back what happened. If the write was applied, the
    task continues. If it was not, the write is sent once more, but a creation only if an answer shows that XCI has
    finished with the first one. If this can't be found out, the task fails and says what is not known.
  - What was written is read back unless the answer shows it, again and again for O(read_back_timeout) seconds until it
    shows. If XCI keeps something else than was sent, such as a name in capitals, there is a warning with an example.
    Take XCI's spelling over then, or each run writes it again. An update after which nothing is different is C(ok). In
    check mode, it is shown as a change all the same.
  - If XCI ends the session, the module logs in again once and continues.
  - Put telephone numbers and names in quotes. YAML reads V(0501) without quotes as the octal number 321, and V(No) as a
    boolean. Where text is expected, a boolean or a decimal number is an error. An integer is used as it arrives, with
    one warning for the task that shows it.
  - Texts are compared without blanks at their ends, and with each accent composed in one character with its letter
    (NFC). Where only that differs, there is no change, and XCI's text is kept. Passwords are used exactly as given.
  - A new text with a line break, a control character, or an invisible or bidirectional character is an error, and so is
    an error of a spreadsheet such as C(#REF!). A text that XCI has already is accepted.
"""

    PLUGINS = r"""
options:
  xci_url:
    env:
      - name: XCI_URL
    ini:
      - section: xci
        key: url
    vars:
      - name: xci_url
  xci_login:
    env:
      - name: XCI_LOGIN
    ini:
      - section: xci
        key: login
    vars:
      - name: xci_login
  xci_password:
    env:
      - name: XCI_PASSWORD
    vars:
      - name: xci_password
  validate_certs:
    env:
      - name: XCI_VALIDATE_CERTS
    ini:
      - section: xci
        key: validate_certs
    vars:
      - name: xci_validate_certs
  ca_path:
    env:
      - name: XCI_CA_PATH
    ini:
      - section: xci
        key: ca_path
    vars:
      - name: xci_ca_path
  timeout:
    env:
      - name: XCI_TIMEOUT
    ini:
      - section: xci
        key: timeout
    vars:
      - name: xci_timeout
  retries:
    env:
      - name: XCI_RETRIES
    ini:
      - section: xci
        key: retries
    vars:
      - name: xci_retries
  read_back_timeout:
    env:
      - name: XCI_READ_BACK_TIMEOUT
    ini:
      - section: xci
        key: read_back_timeout
    vars:
      - name: xci_read_back_timeout
requirements:
  - The Python library C(requests), for the Python that runs Ansible
"""
