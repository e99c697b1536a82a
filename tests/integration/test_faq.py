# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each message that the page of questions explains is still said, by what it is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.xivo.xci.tests.integration.harness import Site, user
from ansible_collections.xivo.xci.tests.support import playbook
from ansible_collections.xivo.xci.tests.support.objects import TEMPLATE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst" / "faq.rst"
OF_ANSIBLE = "couldn't resolve module/action"
NO_REQUESTS = "the Python library requests is missing"
"""Said where requests can't be imported; tests/unit/plugins/module_utils/api tests it."""


def headings() -> list[str]:
    page = PAGE.read_text(encoding="utf-8").replace(r"\@", "@")
    return re.findall(r"^(.+)\n-{5,}$", page, re.MULTILINE)


def config(**options: Any) -> dict[str, Any]:
    return {"xivo.xci.xci_config": options}


@pytest.mark.parametrize("way", ["worker"])
def test_each_message_is_said_by_what_it_is_about(site: Callable[..., Site]) -> None:
    server = site()
    inside = {"entity": "accueil@xivo-nord", "template": TEMPLATE}
    tasks = [
        {**user(**inside, internal_number="1001"), "module_defaults": {"group/xivo.xci.xci": {}}},
        user(**inside, internal_number="1001", xci_url="http://127.0.0.1:1", retries=0),
        user(**inside, internal_number="1001", xci_password="wrong-made-up"),
        user(**inside, internal_number="1001", xci_url="http://192.0.2.1:1", retries=0, timeout=0.1),
        user(**{**inside, "entity": "acueil@xivo-nord"}, internal_number="1001"),
        user(**{**inside, "entity": "accueil"}, internal_number="1001"),
        user(entity="accueil@xivo-nord", internal_number="1005", last_name="Un"),
        config(users=[{**inside, "internal_number": "1005", "frist_name": "Un"}]),
        config(entities=[{"name": "accueil", "xivo": "xivo-nord"}], users=[], purge=["users"], max_deletions=0),
        config(entities=[{"name": "accueil", "xivo": "xivo-nord"}], purge=["users"]),
        user(**inside, internal_number=1005, last_name="Un"),
    ]
    explained = [one for one in headings() if not one.startswith((OF_ANSIBLE, NO_REQUESTS))]
    assert len(explained) == len(tasks)
    outcomes = server.play(*tasks, may_fail=True, may_warn=True, logins=3)
    for heading, outcome in zip(explained, outcomes, strict=True):
        pattern = ".*".join(map(re.escape, heading.split("...")))
        assert re.search(pattern, " ".join([outcome.msg, *outcome.warnings]), re.DOTALL), (heading, outcome.result)


@pytest.mark.slow
def test_what_ansible_says_where_the_collection_is_not_installed(tmp_path: Path) -> None:
    def said(*arguments: Any) -> str:
        env = playbook.environment(tmp_path, ANSIBLE_COLLECTIONS_PATH=str(tmp_path / "empty"))
        done = playbook.start(tmp_path, "ansible-playbook", *arguments, env=env).finish()
        assert done.code != 0
        return " ".join(done.output.split())

    (heading,) = [one for one in headings() if one.startswith(OF_ANSIBLE)]
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    play = playbook.play_of([user(entity="accueil", internal_number="1001")], {})
    with_defaults = said("-i", "localhost,", playbook.written(tmp_path, play))
    del play["module_defaults"]
    assert heading in said("-i", "localhost,", playbook.written(tmp_path, play))
    for text, output in (
        ("could not resolve the module_defaults group xivo.xci.xci", with_defaults),
        ("the playbook: xivo.xci.who could not be found", said("xivo.xci.who")),
    ):
        assert f"``{text}``" in page
        assert text in output
