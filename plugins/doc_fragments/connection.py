# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where XCI is and how to talk to it: the same options in every module."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragment C(xivo.xci.connection)."""

    DOCUMENTATION = r"""
options:
  xci_url:
    description:
      - The address of XCI, such as V(https://xci.example.org) or V(http://xci.example.org:9001).
      - A path is fine where XCI stands behind a proxy, such as V(https://www.example.org/xci). V(/api/1.0) is added
        where it is missing.
      - Redirects are never followed, so that the password goes nowhere else. Give the address at which XCI itself
        answers.
      - If this is not set, the environment variable E(XCI_URL) is used. One of the two is needed.
    type: str
  xci_login:
    description:
      - The login of the XCI administrator to work as. An administrator who is not a
        super-administrator sees only what belongs to the entities they manage.
      - If this is not set, the environment variable E(XCI_LOGIN) is used. One of the two is needed.
    type: str
  xci_password:
    description:
      - The password of O(xci_login).
      - If this is not set, the environment variable E(XCI_PASSWORD) is used. One of the two is needed.
    type: str
  validate_certs:
    description:
      - Whether the TLS certificate of XCI must be signed by a trusted CA and fit its name.
      - With V(false), whoever answers at O(xci_url) gets the password, and a warning says so. O(ca_path) is the
        better way to reach a server with a certificate of your own CA.
      - If this is not set, the environment variable E(XCI_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates of trusted CAs in PEM form, or a folder with such files as C(openssl rehash)
        prepares it.
      - If this is not set, the environment variable E(XCI_CA_PATH) is used; without that, the CAs that the Python
        library C(requests) trusts.
    type: path
  timeout:
    description:
      - How many seconds to wait for XCI to accept a connection, and for each further piece of its answer. An answer
        that takes more than twice as long in all is given up.
      - XCI can be slow where it has many users. Raise this rather than O(retries).
      - If this is not set, the environment variable E(XCI_TIMEOUT) is used.
    type: float
    default: 60
  retries:
    description:
      - How often a request is sent again at most, after pauses of random length that get longer each time. No attempt
        starts later than twice O(timeout) after the first.
      - A request that only reads is sent again when XCI can't be reached, does not answer in time, breaks off, or
        answers with the status 408, 429, 500, 502, 503 or 504.
      - A request that writes is sent again only where it provably did nothing, when XCI can't be reached or answers
        with the status 408 or 429. See the notes for what happens when the answer to a write is lost.
      - If this is not set, the environment variable E(XCI_RETRIES) is used.
    type: int
    default: 3
requirements:
  - Python 3.9 or newer on the host that runs the module
  - The Python library C(requests) on the host that runs the module
notes:
  - >-
    The connection is best set once for all modules of a play, by environment variables or as in
    C(module_defaults: {group/xivo.xci.xci: {xci_url: "https://xci.example.org", xci_login: ansible, xci_password:
    "{{ vault_xci_password }}"}}).
    An option of the task comes first, then C(module_defaults), then the environment variable, then the default.
    Don't put the password into the keyword C(environment) of a task or play, since Ansible writes that into the command
    line of a module that it runs the ordinary way.
  - On a local connection, without C(become) and C(async), the module runs inside Ansible's own process and with its
    Python. An item of a loop takes milliseconds then, and one login serves the whole run. Set the variable
    C(xci_session) to V(task) for a login in each task, or C(xci_in_worker) to V(false) to run it like other modules.
  - Everywhere else, Ansible runs the module with the Python of the host. Where that is the machine that runs Ansible,
    this may be one without C(requests). Set C(ansible_python_interpreter) to C("{{ ansible_playbook_python }}") there.
  - XCI itself speaks plain C(http) on port 9001. The password then travels in clear, and a warning says so unless XCI
    is on the same machine. Put a proxy with TLS before it.
  - A write is never sent a second time blindly. When its answer is lost (a time-out, a broken connection, the status
    502, 503 or 504), the module looks at XCI first. If the write is done, the task goes on; if nothing happened, the
    write is sent once more, but a creation only when an answer shows that XCI is done with the first; if that can't be
    told, the task fails and says what is not known.
  - When XCI ends the session, the module logs in again once and goes on.
"""
