# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands, playbooks and files of the guides and READMEs, in their order, as a reader would copy them.

A YAML block that begins with a comment such as ``# production.yml`` is that file. Tasks and plays run, and so does each
command, also one inside of a sentence. test_getting_started.py and tests/awx do the same for their pages.
"""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.xivo.xci.tests.integration.console import environment
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.integration.test_examples import EXPORT, made_up
from ansible_collections.xivo.xci.tests.support import playbook
from ansible_collections.xivo.xci.tests.support.objects import PASSWORD, START, TEMPLATE

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "example"
BLOCK = re.compile(
    r"^\.\. code-block:: (\S+)\n\n((?:    [^\n]*\n|\n)+)|^```(\w+)\n(.*?)^```"
    r"|``?((?:[A-Z_]+=\S+ )?ansible-(?:playbook|galaxy) [^`]*(?: -e |\.tar\.gz)[^`]*)``?",
    re.MULTILINE | re.DOTALL,
)
COMMENT = re.compile(r"# (\S+\.yml)\n")
RUN = ("ansible-playbook", "ansible-inventory", "ansible-galaxy", "ansible")
IN_A_SHELL = ("curl ", "rm ")
NOT_RUN = ("export ", "unset ")
"""What the test has set."""
VAULT = "made-up-password-of-the-vault"
REQUESTS = (
    "import requests; session = requests.Session(); "
    'session.post(f"{sandbox.url}/login", json={"login": "admin", "password": "superpass"}); '
    'session.get(f"{sandbox.url}/xivo")'
)
"""What the page leaves to the reader of a program."""
LOSSES = (
    "template of ",
    "cti_password of ",
    "XCI shows no ",
    "it moves to another XiVO: ",
    "never shows",
    "can neither change nor",
)
"""What warnings say that belong to what a reader does: something goes along with a change, or may be lost."""
PEOPLE = "Login;Nom;Prénom;Poste;Site\nzoe;Hervé;Zoé;;Nord\n"
MAP = """
columns: {Login: cti_login, Nom: last_name, Prénom: first_name, Poste: internal_number}
entity: {column: Site, values: {Nord: accueil@xivo-nord, Sud: accueil@xivo-sud}}
template: {value: Standard}
"""
EMPTY = "templates: []\n"
FILES = {
    "personnel.csv": PEOPLE,
    "people.yml": MAP,
    "nord.csv": EXPORT,
    "sud.csv": EXPORT,
    "config/all/templates.yml": EMPTY,
    "config/production/more.yml": EMPTY,
}
STANDARD = {**START, "templates": [*START["templates"], {"name": "Standard", "xivos": ["xivo-nord", "xivo-sud"]}]}
SERVICE = {"login": "ansible", "name": "Ansible", "password": PASSWORD, "superAdmin": True}
TESTED = {"xivos": [{"name": "xivo-test", "host": "192.0.2.30"}, {"name": "prod-xivo", "host": "192.0.2.31"}]}
"""The XiVOs that guides name beside those of the starting state."""
MARIE = {
    "entity": "compta@xivo-nord",
    "firstName": "Marie",
    "lastName": "Lefèvre",
    "internalNumber": "3002",
    "template": "Standard",
}
PHARMACY = {
    "entity": "pharmacie@hopital-nord",
    "lastName": "Deux",
    "internalNumber": "0102",
    "template": "Poste standard",
}


@dataclass(frozen=True)
class Page:
    """What a page needs: the objects on XCI, the files of a reader, and the example or the demo applied to XCI.

    *codes* are the exit codes of commands that find something, by a part of the command.
    """

    start: Any = field(default_factory=lambda: STANDARD)
    example: bool = False
    applied: bool = False
    codes: Mapping[str, int] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    more: Any = None
    before: tuple[str, ...] = ()
    """Commands of other pages that a reader has run before."""
    after: Mapping[str, Any] = field(default_factory=dict)
    """Objects that are on XCI again after a command, by a part of it, where commands do not belong together."""


PAGES = {
    "docs/docsite/rst/guide_jobs.rst": Page(more={**TESTED, "users": [MARIE]}),
    "docs/docsite/rst/guide_jobs_fr.rst": Page(more={**TESTED, "users": [MARIE]}),
    "docs/docsite/rst/guide_site.rst": Page(),
    "docs/docsite/rst/guide_config.rst": Page(start={}, applied=True, more={"users": [PHARMACY]}),
    "docs/docsite/rst/guide_plan.rst": Page(start={}, example=True),
    "docs/docsite/rst/guide_connection.rst": Page(start={}, example=True, more={"administrators": [SERVICE]}),
    "docs/docsite/rst/guide_read.rst": Page(codes={"xivo.xci.audit": 2}),
    "docs/docsite/rst/guide_doctor.rst": Page(more=TESTED, variables={"xci_doctor_yes": True}),
    "docs/docsite/rst/commands.rst": Page(
        more={**TESTED, "users": [MARIE]},
        codes={"xivo.xci.audit": 2},
        before=(
            "ansible-playbook xivo.xci.export -e xci_export_directory=export",
            "ansible-playbook xivo.xci.doctor -e xci_doctor_dest=doctor.json",
        ),
        after={"xivo.xci.offboard": {"users": START["users"]}},
    ),
    "docs/docsite/rst/versions.rst": Page(start={}, example=True),
    "docs/example/README.md": Page(start={}, example=True, codes={"xivo.xci.drift": 2}),
    **{
        f"roles/{path.parent.name}/README.md": Page(codes={"xivo.xci.audit": 2})
        for path in sorted(ROOT.glob("roles/*/README.md"))
    },
}


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield the language and the text of each block of code."""
    for rst, indented, markdown, plain, sentence in BLOCK.findall(text):
        if sentence:
            yield "console", f"$ {' '.join(sentence.split())}"
        else:
            yield (rst or markdown).partition("+")[0], textwrap.dedent(indented) if rst else plain


def commands(text: str) -> list[str]:
    return [line[2:] for line in text.replace("\\\n", " ").splitlines() if line.startswith("$ ")]


class Reader:
    """Somebody who does what a page says, in a folder of his own."""

    def __init__(self, server: Site, other: Site, folder: Path, page: Page) -> None:
        """*other* is the XCI for tests that pages name."""
        self.server, self.folder, self.page = server, folder, page
        self.url = str(other.connection["xci_url"])
        self.env = environment(server, folder)
        self.done = 0
        self._lay_files()

    def _lay_files(self) -> None:
        """Lay what pages only name: a login, the token of a sandbox, an editor, a program of a XiVO."""
        login = {"login": self.server.connection["xci_login"], "password": PASSWORD}
        for name, text in (
            ("login.json", json.dumps(login)),
            ("home/.cache/xci_sandbox/9001/token", self.server.sandbox.token),
            ("home/vault-password", VAULT),
            ("bin/editor", f"#!/bin/sh\necho 'vault_xci_password: {PASSWORD}' >$1\n"),
            ("bin/xivo-version", "#!/bin/sh\necho 2026.10\n"),
        ):
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            if file.parent.name == "bin":
                file.chmod(0o700)
        self.env |= {"PATH": f"{self.folder / 'bin'}:{self.env['PATH']}", "EDITOR": "editor"}

    def follow(self, text: str) -> None:
        for language, block in blocks(text):
            if "xci_sandbox.py" in block:
                self.start(block)
            elif language == "console":
                for command in commands(block):
                    self.type(command)
            elif language == "yaml":
                self.take(block)
            elif language == "json":
                (self.folder / "site.json").write_text(block, encoding="utf-8")
            elif language == "python":
                program = block.replace("...  #", f"{REQUESTS}  #")
                self.shell(shlex.join([sys.executable, "-c", f"import sys\n{program}"]), ROOT)

    def type(self, command: str) -> None:
        if command.startswith(NOT_RUN):
            return
        if command.startswith(IN_A_SHELL):
            self.shell(command, self.folder)
            return
        words = [self.filled(word) for word in shlex.split(command, comments=True)]
        if words[0] == "ansible-vault":
            self.edit(words)
            return
        more = {}
        while "=" in words[0]:
            name, _equals, value = words.pop(0).partition("=")
            more[name] = value
        assert words[0] in RUN, f"nothing is known of {command}"
        self.run(*words, name=command, **more)

    def edit(self, words: list[str]) -> None:
        """Run what opens an editor; it wants a terminal."""
        reader, terminal = pty.openpty()
        env = self.env | {"ANSIBLE_VAULT_PASSWORD_FILE": str(self.folder / "home" / "vault-password")}
        subprocess.run(words, cwd=self.folder, env=env, stdin=terminal, stdout=terminal, check=True)
        os.close(reader)
        os.close(terminal)
        self.done += 1

    def shell(self, command: str, folder: Path) -> None:
        """Run a command that is none of Ansible's; a page's XCI is ours, and so is the sandbox that a role starts."""
        for there, here in (
            ("https://xci.example.org", str(self.server.connection["xci_url"])),
            ("http://127.0.0.1:9001/_sandbox", self.server.sandbox.control),
            ("curl ", "curl --fail "),
        ):
            command = command.replace(there, here)
        done = subprocess.run(
            ["bash", "-euc", command], cwd=folder, env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        self.done += 1

    def start(self, block: str) -> None:
        """Start a program that goes on; what it prints is as on the page, but for the last words."""
        command, *expected = block.splitlines()
        words = shlex.split(command[2:])
        with subprocess.Popen(words, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            printed = [process.stdout.readline() for _line in expected]
            process.terminate()
        assert [line.split()[:-1] for line in printed] == [line.split()[:-1] for line in expected]
        self.done += 1

    def take(self, block: str) -> None:
        """Write the file that a block is, or run it if it has tasks or plays."""
        named = COMMENT.match(block)
        if named:
            (self.folder / named[1]).write_text(
                block.replace("https://xci-test.example.org", self.url), encoding="utf-8"
            )
            return
        content = yaml.safe_load(block)
        if isinstance(content, dict) and content.get("plugin"):
            (self.folder / "xci.yml").write_text(block, encoding="utf-8")
        elif isinstance(content, dict) and content.keys() == {"module_defaults"}:
            play = {"hosts": "localhost", "gather_facts": False, "tasks": [{"xivo.xci.xci_xivo_info": {}}], **content}
            play["module_defaults"]["group/xivo.xci.xci"]["xci_url"] = self.server.connection["xci_url"]
            playbook.written(self.folder, play, name="site.yml")
        elif isinstance(content, dict) and "tasks" in content:
            self.play({"hosts": "localhost", "gather_facts": False, **content})
        elif isinstance(content, list) and "hosts" not in content[0]:
            self.play({"hosts": "localhost", "gather_facts": False, "tasks": content})
        elif isinstance(content, list) and content[0].keys() & {"tasks", "roles"}:
            self.play(content[0])

    def play(self, play: dict[str, Any]) -> None:
        file = playbook.written(self.folder, play, name="written.yml")
        inventory = [] if play["hosts"] == "localhost" else ["-i", "xci.yml"]
        starts = "xivo.xci.xci_sandbox" in json.dumps(play)
        own = {"xci_sandbox_port": 0, "xci_sandbox_directory": str(self.folder / "sandbox")} if starts else {}
        for state in ({}, {"xci_sandbox_state": "stopped"}) if starts else ({},):
            if state:
                play["tasks"] = []
                playbook.written(self.folder, play, name="written.yml")
            extra = {**made_up(play.get("tasks", [])), **own, **state}
            self.run("ansible-playbook", *inventory, str(file), "-e", json.dumps(extra), name=play.get("name", ""))

    def run(self, *words: str, name: str, **more: str) -> None:
        """Run a command of Ansible's; *more* is what a page sets for this one."""
        given = list(words)
        env, stdin = self.env | more, None
        if words[0] == "ansible-playbook" and self.page.variables:
            given += ["-e", json.dumps(dict(self.page.variables))]
        if words[0] == "ansible":  # there is no server with SSH
            given += ["-e", json.dumps(playbook.LOCAL)]
        if "--ask-vault-pass" in words:
            stdin = self.folder / "home" / "vault-password"
            del env["XCI_PASSWORD"]
        if more or stdin:
            # Without a terminal that it could ask.
            ran = playbook.start(self.folder, *given, env=env, stdin=stdin, session=True).finish()
        else:
            ran = playbook.run(self.folder, *given, env=env)
        expected = next((code for part, code in self.page.codes.items() if part in name), 0)
        assert ran.code == expected, f"{name}\n{ran.output}"
        warnings = [
            one for one in re.findall(r"\[WARNING\]: (.*)", ran.output) if not any(part in one for part in LOSSES)
        ]
        assert expected or warnings == [], f"{name}\n{ran.output}"
        assert self.server.connection["xci_password"] not in ran.output
        for part, objects in self.page.after.items():
            if part in name:
                self.server.load(objects)
        self.done += 1

    def filled(self, word: str) -> str:
        """Put what a run before has made into the place of what the page made up."""
        plan = self.folder / "plan" / "plan.json"
        if word.endswith(".tar.gz"):
            dist = self.folder / "dist"
            self.run("ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(dist), name="build")
            return str(next(dist.glob("*.tar.gz")))
        if word.startswith("xci_approved="):
            return f"xci_approved={json.loads(plan.read_text(encoding='utf-8'))['plan_id']}"
        if word.startswith("xci_undo_file="):
            folder = self.folder / "home" / ".local" / "state" / "xci" / "undo"
            if not folder.exists():  # the page is about undo alone
                users = [{"entity": "accueil@xivo-nord", "internal_number": "1040", "last_name": "Un"}]
                self.run(
                    "ansible-playbook",
                    "xivo.xci.apply",
                    "-e",
                    json.dumps({"xci_users": users, "xci_default_template": TEMPLATE}),
                    name="apply",
                )
            return f"xci_undo_file={max(path for path in folder.iterdir() if path.is_file())}"
        return word.replace("https://xci-test.example.org", self.url)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["worker"])
@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_says_works(site: Callable[..., Site], tmp_path: Path, name: str) -> None:
    page = PAGES[name]
    server, other = site(start=page.start), site(start={"xivos": [{"name": "test-xivo", "host": "192.0.2.31"}]})
    folder = tmp_path / "repository"
    if page.example or page.applied:
        shutil.copytree(EXAMPLE, folder)
    if page.applied:
        Reader(server, other, folder, page).type("ansible-playbook xivo.xci.apply -e @production.yml")
        shutil.rmtree(folder)
    if page.more:
        server.load(page.more)
    if not page.example:
        for path, text in FILES.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text.replace("Standard", TEMPLATE) if page.start == START else text)
    text = (ROOT / name).read_text(encoding="utf-8")
    reader = Reader(server, other, folder, page)
    for command in page.before:
        reader.type(command)
    reader.follow(text)
    assert reader.done or not re.search(r"^(?:    )?\$ ansible-", text, re.MULTILINE)


def typed(path: Path) -> list[str]:
    """Return the commands of a page."""
    found = blocks(path.read_text(encoding="utf-8"))
    return [command for language, block in found if language == "console" for command in commands(block)]


def test_each_page_with_commands_is_followed() -> None:
    followed = {"getting_started", "getting_started_fr", "guide_awx", "contributing", "commands_fr"}
    pages = [path for path in ROOT.glob("docs/docsite/rst/*.rst") if path.stem not in followed and typed(path)]
    assert {os.path.relpath(path, ROOT) for path in pages} <= PAGES.keys()


def test_the_french_page_of_commands_has_the_same() -> None:
    pages = ROOT / "docs" / "docsite" / "rst"
    assert typed(pages / "commands_fr.rst") == typed(pages / "commands.rst")
