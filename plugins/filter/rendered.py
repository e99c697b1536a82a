# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter rendered."""

from __future__ import annotations

DOCUMENTATION = r"""
name: rendered

short_description: What a template makes of a long list

version_added: 1.0.0

description:
  - Renders a template by Jinja alone, which takes a fraction of the time that Ansible takes.
  - The roles of the collection use it for the changes of a plan, of which there may be thousands.
  - The template has the variables that it is given, the filters of Jinja, and C(to_json) and C(regex_replace). In a
    file whose name ends in C(.html.j2), values are escaped.

positional: path

options:
  _input:
    description: The variables of the template.
    type: dict
    required: true
  path:
    description: The path of the template. It can import other ones of its folder.
    type: path
    required: true
"""

EXAMPLES = r"""
- name: Write a list of your own of what would be changed
  ansible.builtin.copy:
    content: "{{ {'plan': planned.plan} | xivo.xci.rendered(playbook_dir ~ '/templates/changes.md.j2') }}"
    dest: changes.md
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The text.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from jinja2 import TemplateError

from ansible_collections.xivo.xci.plugins.plugin_utils.plain import plain
from ansible_collections.xivo.xci.plugins.plugin_utils.rendered import rendered


def _rendered(variables: Any, path: str) -> str:
    try:
        return rendered(str(path), plain(variables))
    except TemplateError as error:
        raise AnsibleFilterError(f"rendered: {path}: {type(error).__name__}: {error}") from error


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rendered": _rendered}
