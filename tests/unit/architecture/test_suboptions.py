# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a document's entries are documented as those of the modules for single objects, and are the same."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import suboptions

from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.plugins.module_utils.modules.config import OPTIONS

LISTS = {resource.plural: kind for kind, resource in RESOURCES.items()}
SPECIFIED = ("type", "elements", "choices", "default", "required", "no_log")


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the modules that a test may change."""
    for folder in ("modules", "doc_fragments"):
        shutil.copytree(suboptions.MODULES.parent / folder, tmp_path / folder)
    monkeypatch.setattr(suboptions, "MODULES", tmp_path / "modules")
    return tmp_path / "modules"


def shape(options: dict[str, Any], names: tuple[str, ...] = SPECIFIED) -> dict[str, Any]:
    """Return what is specified of some options, without their descriptions."""
    return {option: {name: spec[name] for name in names if name in spec} for option, spec in options.items()}


def documented(plural: str) -> dict[str, Any]:
    return dict(suboptions.documented("xci_config")[plural]["suboptions"])


def test_each_list_has_suboptions() -> None:
    assert suboptions.LISTS == LISTS
    assert [name for name, spec in OPTIONS.items() if "options" in spec] == list(LISTS)


@pytest.mark.parametrize("plural", LISTS)
def test_they_are_as_specified(plural: str) -> None:
    # Whether a value is shown is nothing that a person has to know of.
    assert shape(documented(plural)) == shape(OPTIONS[plural]["options"], SPECIFIED[:-1])


@pytest.mark.parametrize("plural", LISTS)
def test_they_are_those_of_the_module_for_one_object(plural: str) -> None:
    module = suboptions.of_entries(LISTS[plural])
    assert shape(documented(plural)) == shape(module)
    assert list(documented(plural)) == list(module)
    assert all(spec["description"] for spec in documented(plural).values())


def test_what_the_document_gives_to_entries_has_no_default_in_them() -> None:
    """An ordinary module would take the default of the entry for what the entry says."""
    given = [name for plural in LISTS for name in OPTIONS[plural]["options"] if name in OPTIONS and name not in LISTS]
    assert set(given) == suboptions.OF_ENTRIES_AND_THE_TASK
    for plural in LISTS:
        assert not any("default" in OPTIONS[plural]["options"].get(name, {}) for name in given)


def test_the_documentation_is_what_the_tool_writes() -> None:
    text = (suboptions.MODULES / "xci_config.py").read_text(encoding="utf-8")
    assert suboptions.rewritten(text) == text
    assert suboptions.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        pytest.param("modules/xci_user.py", "      - The first name.", "      - The given name.", id="description"),
        pytest.param("modules/xci_template.py", "  ringing_time:\n    desc", "  ringing_times:\n    desc", id="name"),
        pytest.param("modules/xci_admin.py", "    default: verify\n", "    default: always\n", id="default"),
        pytest.param("doc_fragments/objects.py", "      - absent\n", "      - gone\n", id="shared"),
        pytest.param("modules/xci_config.py", "        default: verify\n", "", id="in-the-document-itself"),
    ],
)
def test_a_difference_is_found_and_written(
    modules: Path, capsys: pytest.CaptureFixture[str], module: str, old: str, new: str
) -> None:
    path, config = modules.parent / module, modules / "xci_config.py"
    before = config.read_text(encoding="utf-8")
    source = path.read_text(encoding="utf-8")
    assert source.count(old) == 1
    path.write_text(source.replace(old, new), encoding="utf-8")
    unwritten = config.read_text(encoding="utf-8")
    assert suboptions.main(["--check"]) == 1
    assert "make format" in capsys.readouterr().err
    assert config.read_text(encoding="utf-8") == unwritten
    assert suboptions.main([]) == 0
    assert suboptions.main(["--check"]) == 0
    after = config.read_text(encoding="utf-8")
    assert (after == before) is (path == config)
    assert len(after.splitlines()) == len(before.splitlines())


def test_suboptions_are_written_where_there_are_none(modules: Path) -> None:
    text = (modules / "xci_config.py").read_text(encoding="utf-8")
    bare = text
    for kind in LISTS.values():
        bare = bare.replace(suboptions.suboptions(kind), "")
    assert "suboptions" not in bare
    assert suboptions.rewritten(bare) == text
