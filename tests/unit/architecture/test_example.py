# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example has all commands of the collection, and all that AWX needs of them."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "docs" / "example"
COMMANDS = yaml.safe_load((ROOT / "meta" / "commands.yml").read_text(encoding="utf-8"))["commands"]


def test_each_command_has_a_playbook_that_awx_sees() -> None:
    names = {path.stem for path in ROOT.glob("playbooks/*.yml")} - {"demo"}
    assert names >= COMMANDS.keys()
    assert {path.stem for path in EXAMPLE.glob("playbooks/*.yml")} == names
    for name in names:
        (play,) = yaml.safe_load((EXAMPLE / "playbooks" / f"{name}.yml").read_text(encoding="utf-8"))
        assert play["ansible.builtin.import_playbook"] == f"xivo.xci.{name}"


def test_jobs_of_awx_are_commands_with_surveys_in_each_language() -> None:
    settings = yaml.safe_load((EXAMPLE / "awx" / "settings.yml").read_text(encoding="utf-8"))
    for name in settings["xci_awx_jobs"]:
        assert name in COMMANDS
        assert all((EXAMPLE / "surveys" / f"{name}{ending}.json").exists() for ending in ("", ".fr"))


def test_the_execution_environment_has_what_jobs_need() -> None:
    wanted = yaml.safe_load((EXAMPLE / "execution-environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert wanted["ansible_runner"] == {"package_pip": "ansible-runner>=2.4.2"}
    assert "requests>=2.27" in wanted["python"]
    collections = yaml.safe_load((EXAMPLE / wanted["galaxy"]).read_text(encoding="utf-8"))["collections"]
    assert [one["name"] for one in collections] == [
        yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))["repository"] + ".git"
    ]


def test_each_page_is_in_the_contents_and_each_link_between_pages_leads_somewhere() -> None:
    folder = ROOT / "docs" / "docsite"
    sections = yaml.safe_load((folder / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    listed = [name for section in sections for name in section["toctree"]]
    pages = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("rst/*.rst")}
    assert sorted(listed) == sorted(pages)
    pages["index"] = (ROOT / "docs" / "site" / "index.rst").read_text(encoding="utf-8")
    for text in pages.values():
        assert set(re.findall(r"ansible_collections\.xivo\.xci\.docsite\.(\w+)", text)) <= pages.keys()
