# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates for long lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.xivo.xci.plugins.filter.rendered import FilterModule

rendered = FilterModule().filters()["rendered"]
ODD = "Zoé <b> & \"{{ 7 * 7 }}\" {% raw %} 'x'"


def template(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_values_are_escaped_in_a_page_once_and_nowhere_else(tmp_path: Path) -> None:
    template(tmp_path, "macros.html.j2", "{% macro code(value) %}<code>{{ value | e }}</code>{% endmacro %}")
    text = "{% from 'macros.html.j2' import code %}\n{{ code(name) }}{{ name }}\n"
    page = rendered({"name": ODD}, template(tmp_path, "page.html.j2", text))
    escaped = "Zoé &lt;b&gt; &amp; &#34;{{ 7 * 7 }}&#34; {% raw %} &#39;x&#39;"
    assert page == f"<code>{escaped}</code>{escaped}\n"
    assert rendered({"name": ODD}, template(tmp_path, "text.md.j2", "{{ name }}\n")) == f"{ODD}\n"


def test_blocks_take_no_lines(tmp_path: Path) -> None:
    text = (
        "{% for one in many %}\n- {{ one | to_json(ensure_ascii=false) | regex_replace('\\\\s', '') }}\n{% endfor %}\n"
    )
    assert rendered({"many": [["é", 1], None]}, template(tmp_path, "list.md.j2", text)) == '- ["é",1]\n- null\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [("{{ absent }}", "'absent' is undefined"), ("{{ 1 | absent }}", "absent"), ("{% include 'no.j2' %}", "no.j2")],
)
def test_what_is_missing_is_named(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"rendered: .*wrong.md.j2: .*{why}"):
        rendered({}, template(tmp_path, "wrong.md.j2", text))
