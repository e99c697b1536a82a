# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops a release, and the one place of the project's address."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


def tool(name: str) -> Any:
    if str(TOOLS) not in sys.path:
        sys.path.append(str(TOOLS))  # one tool imports another
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository that is ready for a release."""
    files = {
        "galaxy.yml": "version: 1.2.3\nrepository: https://git.example.org/telephony/xci\n",
        "plugins/module_utils/api/version.py": 'VERSION = "1.2.3"\n',
        "README.md": "[issues](https://git.example.org/telephony/xci/issues)\n",
        "docs/docsite/links.yml": "edit_on_github:\n  repository: telephony/xci\n",
        "changelogs/changelog.yaml": "releases: {1.2.3: {}}\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def git(checkout: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=checkout, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_checkout_that_is_ready(checkout: Path) -> None:
    assert list(tool("release").not_ready(checkout)) == []


def test_what_stops_a_release(checkout: Path) -> None:
    (checkout / "galaxy.yml").write_text("version: 1.2.4\n")
    module, changes, changelog = tool("release").not_ready(checkout)
    assert module.startswith("plugins/module_utils/api/version.py has another version")
    assert "not committed" in changes
    assert "the changelog has no 1.2.4" in changelog


def test_a_version_that_is_none(checkout: Path) -> None:
    (checkout / "galaxy.yml").write_text("version: next\n")
    assert any("not one such as 1.2.3" in reason for reason in tool("release").not_ready(checkout))


def test_fragments_and_a_tag_stop_a_release(checkout: Path) -> None:
    (checkout / "changelogs" / "fragments").mkdir()
    (checkout / "changelogs" / "fragments" / "new.yml").write_text("bugfixes: []\n")
    git(checkout, "tag", "1.2.3")
    changes, tag, fragments = tool("release").not_ready(checkout)
    assert fragments.startswith("fragments came after the changelog of 1.2.3: new.yml. Run ")
    assert "not committed" in changes
    assert tag == "the tag 1.2.3 exists"


def test_one_command_makes_a_release_of_a_development_version(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("antsibull_changelog")
    for kind in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{kind}_NAME", "a")
        monkeypatch.setenv(f"GIT_{kind}_EMAIL", "a@b")
    for name in ("galaxy.yml", "plugins/module_utils/api/version.py"):
        path = checkout / name
        path.write_text(path.read_text().replace("1.2.3", "1.3.0-dev0"))
    with (checkout / "galaxy.yml").open("a") as file:
        file.write("namespace: xivo\nname: xci\nauthors: [a]\nreadme: README.md\n")
    shutil.copy(TOOLS.parents[1] / "changelogs" / "config.yaml", checkout / "changelogs")
    (checkout / "changelogs" / "changelog.yaml").write_text("ancestor: null\nreleases: {}\n")
    (checkout / "changelogs" / "fragments").mkdir()
    (checkout / "changelogs" / "fragments" / "new.yml").write_text("bugfixes:\n  - xci_user - answers.\n")
    git(checkout, "add", ".")
    git(checkout, "commit", "-qm", "a development version")
    release = tool("release")
    assert list(release.not_ready(checkout)) == []
    release.prepare(checkout, "https://code.example.com/hospital/phones/xci")
    assert list(release.not_ready(checkout)) == []
    assert release.galaxy(checkout)["version"] == "1.3.0"
    assert release.galaxy(checkout)["repository"] == "https://code.example.com/hospital/phones/xci"
    assert "answers" in (checkout / "CHANGELOG.md").read_text()
    assert list((checkout / "changelogs" / "fragments").iterdir()) == []
    made = git(checkout, "rev-parse", "HEAD")
    release.prepare(checkout)
    assert git(checkout, "rev-parse", "HEAD") == made


def test_the_address_is_set_in_one_place(checkout: Path) -> None:
    address = tool("address")
    assert address.main(["--check"], checkout) == 0
    assert address.main(["https://code.example.com/hospital/phones/xci"], checkout) == 0
    assert address.main(["--check"], checkout) == 0
    assert address.address(checkout) == "https://code.example.com/hospital/phones/xci"
    assert "https://code.example.com/hospital/phones/xci/issues" in (checkout / "README.md").read_text()
    assert "repository: phones/xci" in (checkout / "docs" / "docsite" / "links.yml").read_text()
    (checkout / "README.md").write_text("[issues](https://git.example.org/telephony/xci/issues)\n")
    assert address.main(["--check"], checkout) == 1


@pytest.mark.parametrize("wrong", [[], ["http://example.org/a/b"], ["https://example.org"], ["--chek"]])
def test_an_address_that_is_none(checkout: Path, wrong: list[str]) -> None:
    before = (checkout / "galaxy.yml").read_text()
    assert tool("address").main(wrong, checkout) == 2
    assert (checkout / "galaxy.yml").read_text() == before
