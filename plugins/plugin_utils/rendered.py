# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates for long lists, such as the 20,000 changes of a first plan, by Jinja alone.

Ansible looks at each value of each expression for templates and tags, which takes milliseconds for each change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape


def rendered(path: str, variables: Mapping[str, Any]) -> str:
    """Return what a template makes of variables, such as ``{"plan": [...], "text": {...}}``; HTML escapes them.

    Raise jinja2.TemplateError for what is wrong with the template or missing from the variables.
    """
    file = Path(path)
    environment = Environment(
        loader=FileSystemLoader(file.parent),
        # As the module ansible.builtin.template does it.
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html.j2"]),
    )
    environment.filters.update(to_json=_to_json, regex_replace=_regex_replace)
    return environment.get_template(file.name).render(variables)


def _to_json(value: Any, ensure_ascii: bool = True) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii)


def _regex_replace(text: str, pattern: str, replacement: str) -> str:
    return re.sub(pattern, replacement, text)
