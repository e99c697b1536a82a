# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret in anything that a run leaves: output with -vvvvv and diff, log, results, files, command lines."""

from __future__ import annotations

import json
import shutil
import threading
import time
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from xcisandbox.server import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.modules.registry import JOBS, MODULES
from ansible_collections.xivo.xci.tests.secrets.canaries import Canaries, Run, canary, cti
from ansible_collections.xivo.xci.tests.support.objects import ADMIN
from ansible_collections.xivo.xci.tests.support.playbook import Task
from ansible_collections.xivo.xci.tests.support.server import connection, variables

ROOT = Path(__file__).resolve().parents[2]


def xci(module: str, /, **options: Any) -> Task:
    return {f"xivo.xci.xci_{module}": options}


def user(**options: Any) -> Task:
    return xci("user", **{"entity": "accueil@nord", "template": "standard", "first_name": "Zoé", **options})


def check(run: Run, canaries: Canaries) -> None:
    assert canaries.sessions
    leaks = run.leaks(canaries)
    assert leaks == [], leaks


def every_module(canaries: Canaries) -> list[Task]:
    """Return a run through all modules, with a secret in each option that takes one."""
    plant = canaries.plant
    document = {
        "users": [
            {"entity": "accueil@nord", "internal_number": "1003", "first_name": "Luc", "template": "standard",
             "cti_login": "luc", "cti_password": plant(cti("document"))},
        ],
        "admins": [{"login": "doc", "name": "D", "password": plant(canary("document-admin"))}],
    }  # fmt: skip
    return [
        xci("xivo", name="sud", host="192.0.2.2"),
        xci("entity", name="urgences", xivo="nord", intervals=[{"start": "2000", "end": "2999"}]),
        xci("template", name="bureau", xivos=["nord"]),
        user(internal_number="1001", first_name="Zoé-Lou", cti_password=plant(cti("kept"))),
        user(internal_number="1001", cti_password=plant(cti("always")), update_password="always"),
        user(internal_number="1002", cti_login="luc.b", cti_password=plant(cti("new"))),
        {**user(internal_number="1009", cti_login="li", cti_password=plant(cti("check"))), "check_mode": True},
        xci("admin", login="claire", password=canary("claire"), name="Claire"),
        xci("admin", login="claire", password=plant(canary("verify"))),
        xci("admin", login="luc", password=plant(canary("luc")), entities=["accueil"]),
        {**xci("admin", login="lea", password=plant(canary("lea"))), "check_mode": True},
        {**xci("config", **document), "check_mode": True},
        xci("config", **document),
        {**xci("config_info"), "register": "exported"},
        {"ansible.builtin.copy": {"content": "{{ exported.config | to_nice_json }}", "dest": "export.json"}},
        {"ansible.builtin.debug": {"var": "exported"}},
        *(xci(f"{kind}_info") for kind in ("xivo", "entity", "template", "user", "admin")),
        xci("user", entity="accueil", internal_number="1002", state="absent"),
        xci("admin", login="luc", state="absent", password=plant(canary("absent"))),
        xci("sync"),
        # Of a loop Ansible shows the item itself, so that the passwords stand beside it.
        {
            **user(internal_number="{{ item }}", cti_login="l{{ item }}", cti_password="{{ passwords[item] }}"),
            "loop": ["1101", "1102"],
            "vars": {"passwords": {"1101": plant(cti("loop1")), "1102": plant(cti("loop2"))}},
        },
    ]  # fmt: skip


def test_every_module(run: Run, canaries: Canaries, sandbox: Sandbox) -> None:
    tasks = every_module(canaries)
    used = {name.rpartition(".")[2] for task in tasks for name in task if name.startswith("xivo.xci.")}
    # Those are in tests of their own.
    assert used == set(MODULES) - JOBS.keys()
    run.play(tasks, connection(sandbox))
    assert set(run.statuses()) == {"ok"}, run.output
    check(run, canaries)


def wrong(canaries: Canaries, sandbox: Sandbox) -> list[Task]:
    """Return tasks that fail before or at the login, or for what they say."""
    plant = canaries.plant
    return [
        xci("user_info", xci_password=plant(canary("wrong"))),
        xci("user_info", xci_url="http://127.0.0.1:1", retries=0),
        xci("user_info", xci_url=sandbox.origin.replace("http:", "https:"), retries=0, timeout=2),
        xci("user_info", xci_url="nonsense"),
        xci("user_info", timeout=0),
        xci("user_info", ca_path="/nowhere"),
        user(internal_number="1001", template="nowhere", cti_password=plant(cti("no-template"))),
        user(internal_number=["a"], cti_password=plant(cti("bad-number"))),
        user(internal_number="1004", cti_login="x", cti_password=plant(cti("control") + "\x07")),
        user(internal_number="12x", cti_login="xy", cti_password=plant(cti("refused"))),
        user(internal_number="1005", cti_login="zoe", cti_password=plant(cti("twin"))),
        xci("admin", login="claire", ldap="perhaps", password=plant(canary("bad-ldap"))),
        xci("admin", login="eve", password=plant(canary("bad-entity")), entities=["nowhere"]),
        xci("admin", login="eve", password=plant(canary("bad-policy")), update_password="sometimes"),
        xci("admin", id=999, login="eve", password=plant(canary("no-id"))),
        xci("config", users=[{"entity": "nowhere", "cti_password": plant(cti("lost-entity"))}]),
        xci("config", users=[{"entity": "accueil", "internal_number": "1", "cti_password": [plant(cti("listed"))]}]),
        xci("config", users=[plant(canary("no-mapping"))]),
        xci("config", users=plant(canary("no-list"))),
        xci("config", admins=[[plant(canary("nested"))]]),
        xci("config", admins=[{"login": "on", "password": plant(canary("typo")), "nme": "x"}]),
        xci("config", admins=[{"login": ADMIN, "state": "absent", "password": plant(canary("own"))}]),
        xci("config", xivos=[{"name": "nord", "host": "x"}], admins=[{"login": "x", "password": canary("typo")}]),
        xci("user_info", xci_url=f"http://admin:{plant('canary-in-url-7f3a')}@127.0.0.1:1"),
        xci("config", admins=[{"login": "eve", "passwort": plant(canary("misspelt-entry"))}]),
    ]  # fmt: skip


def test_what_a_task_says_wrong(run: Run, canaries: Canaries, sandbox: Sandbox) -> None:
    tasks = wrong(canaries, sandbox)
    if run.way == "worker":
        # An ordinary module's misspelt option is Ansible's to show, and it does; see docs/security.md.
        tasks.append(xci("admin", login="eve", passwort=canaries.plant(canary("misspelt"))))
    run.play(tasks, connection(sandbox, retries=1))
    assert set(run.statuses()) == {"failed"}, run.output
    check(run, canaries)


FAULTS: list[dict[str, Any]] = [
    *({"kind": "status", "status": status} for status in (400, 401, 403, 409, 500, 503)),
    *({"kind": kind} for kind in ("reset", "close", "cut", "html", "logout")),
    {"kind": "redirect", "location": "http://127.0.0.1:1/login"},
    {"kind": "body", "body": "no JSON"},
    {"kind": "body", "body": {"items": 1}},
]


def echoes(secret: str, password: str) -> list[dict[str, Any]]:
    """Return errors that quote the request, in the ways in which servers do that."""
    body = {"ctiPassword": secret, "password": password, "login": "x"}
    text = json.dumps(body, ensure_ascii=False)
    bodies = [
        json.dumps({"error": "bad", "body": body}),
        json.dumps({"error": f"can't read {text}"}),
        text.replace("/", "\\/"),
        f"can't take {secret} nor {password}",
        urlencode(body),
        f"<html><title>Bad</title><pre>{escape(text)}</pre></html>",
        f"Cookie of {password}",
    ]
    return [
        {"kind": "status", "status": status, "body": one, "content_type": kind}
        for one, status in zip(bodies, (400, 422, 500, 502, 400, 500, 503), strict=True)
        for kind in ("application/json" if one[0] == "{" else "text/html" if one[0] == "<" else "text/plain",)
    ]


@pytest.mark.slow
def test_what_goes_wrong_on_the_way(run: Run, canaries: Canaries, sandbox: Sandbox) -> None:
    secret, password = canaries.plant(cti("echo")), sandbox.settings.password
    # A request that only reads, or logs in, holds no CTI password that could be quoted.
    creating, others = [*FAULTS, *echoes(secret, password)], [*FAULTS, *echoes(password, password)]
    token = {"Authorization": f"Bearer {sandbox.token}", "Content-Type": "application/json"}
    control = {"url": f"{sandbox.control}/faults", "body_format": "json", "status_code": 200, "headers": token}
    tasks: list[Task] = []
    for number, (creation, other) in enumerate(zip(creating, others, strict=True)):
        ways = (("POST", "^/users$", creation), ("GET", "^/entities$", other), ("POST", "^/login$", other))
        for method, path, fault in ways:
            rule = {"method": method, "path": path, "times": 0, "fault": fault}
            tasks += [
                {"ansible.builtin.uri": {**control, "method": "DELETE"}},
                {"ansible.builtin.uri": {**control, "method": "POST", "body": rule}, "no_log": True},
                user(internal_number=str(1200 + number), cti_login=f"e{number}", cti_password=secret),
            ]
    run.play(tasks, connection(sandbox, retries=0, timeout=5), vars={"xci_session": "task"})
    ours = run.statuses()[2::3]
    assert ours.count("failed") > len(creating), run.output
    check(run, canaries)


def test_the_password_comes_from_the_environment(run: Run, canaries: Canaries, sandbox: Sandbox) -> None:
    environment = variables(connection(sandbox))
    run.play([xci("user_info"), xci("user_info", entity="nowhere"), xci("admin_info")], {}, environment)
    assert run.statuses() == ["ok", "failed", "ok"], run.output
    check(run, canaries)


def test_a_traceback_shows_no_secret(run: Run, canaries: Canaries, sandbox: Sandbox, tmp_path: Path) -> None:
    """A fault of our own, put into a copy of the collection."""
    copy = tmp_path / "broken" / "ansible_collections" / "xivo" / "xci"
    shutil.copytree(ROOT / "plugins", copy / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("meta", "galaxy.yml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
    fault = "assert not wanted"
    plan = copy / "plugins" / "module_utils" / "model" / "change.py"
    plan.write_text(
        plan.read_text(encoding="utf-8").replace("    if absent:\n", f"    {fault}\n    if absent:\n", 1), "utf-8"
    )
    tasks = [user(internal_number="1001", cti_password=canaries.plant(cti("crash")), update_password="always"),
             xci("admin", login="claire", password=canaries.plant(canary("crash")))]  # fmt: skip
    run.play(tasks, connection(sandbox), collections=str(tmp_path / "broken"))
    assert run.statuses() == ["failed", "failed"], run.output
    assert fault in run.output
    check(run, canaries)


def test_a_password_of_digits_does_not_blank_the_number(run: Run, sandbox: Sandbox) -> None:
    tasks = [
        user(internal_number="1234", cti_login="digits", cti_password="1234", last_name="1234"),
        xci("user_info", entity="accueil", internal_number="1234"),
        xci("config", users=[{"entity": "accueil", "internal_number": "1234", "cti_password": "1234"}],
            admins=[{"login": "1234", "password": "1234"}]),
    ]  # fmt: skip
    run.play(tasks, connection(sandbox))
    assert run.statuses() == ["ok"] * 3, run.output
    created, shown, document = (one["result"] for one in run.results)
    assert (created["user"]["internal_number"], created["user"]["last_name"]) == ("1234", "1234")
    assert shown["users"][0]["internal_number"] == "1234"
    assert document["plan"][0]["key"] == "1234"


def test_what_ansible_itself_shows(run: Run, canaries: Canaries, sandbox: Sandbox) -> None:
    """The limits that docs/security.md names: if one falls, or a new one appears, that page has to change."""
    secret, own = canaries.plant(canary("item")), {"xci_password": sandbox.settings.password}
    tasks: list[Task] = [
        {**xci("user_info"), "environment": {"XCI_PASSWORD": sandbox.settings.password}},
        {**xci("admin", login="lou", password="{{ item }}", **own), "loop": [secret], "loop_control": {"label": "lou"}},
        xci("admin", login="eve", passwort=canaries.plant(canary("misspelt")), **own),
    ]
    run.play(tasks, {"xci_url": sandbox.origin, "xci_login": ADMIN})
    assert run.statuses() == ["ok", "ok", "failed"], run.output
    shown = {one.partition(" in ")[0]: one.partition(" in ")[2] for one in run.leaks(canaries)}
    by_ansible = {secret, *({sandbox.settings.password, canary("misspelt")} if run.way == "module" else ())}
    assert set(shown) == by_ansible


def test_the_session_s_file_is_private_and_goes(canaries: Canaries, sandbox: Sandbox, tmp_path: Path) -> None:
    run = Run(tmp_path / "run", sandbox, "worker")
    look = "find . -name 'xci-*' -printf '%m %y %f\\n'; find . -maxdepth 2 -name 'ansible-local*' -printf '%m %y %f\\n'"
    tasks: list[Task] = [
        xci("user_info"),
        {"ansible.builtin.shell": look, "args": {"chdir": str(tmp_path / "run" / "tmp")}},
    ]
    run.play(tasks, connection(sandbox), verbosity="")
    modes = run.results[1]["result"]["stdout_lines"]
    files = [line for line in modes if " f " in line]
    assert files
    assert all(line.startswith("600 f xci-") for line in files), modes
    assert [line for line in modes if line.startswith("700 d ansible-local")], modes
    assert not list(run.folder.rglob("xci-session-*"))
    check(run, canaries)


WAIT = "import os, sys, time\nwhile not os.path.exists(sys.argv[1]):\n    time.sleep(0.01)"


def test_the_search_finds_what_is_there(run: Run, canaries: Canaries, sandbox: Sandbox, tmp_path: Path) -> None:
    """Each place, and each way to write a secret, by tasks that tell them."""
    secret, until = canaries.plant(canary("shown")), time.monotonic() + 60

    def wait() -> None:
        while not any(secret in one for one in list(run.commands)) and time.monotonic() < until:
            time.sleep(0.01)
        (tmp_path / "seen").touch()

    threading.Thread(target=wait).start()
    tasks: list[Task] = [
        {"ansible.builtin.debug": {"msg": secret}},
        {"ansible.builtin.command": {"argv": ["python3", "-c", WAIT, str(tmp_path / "seen"), secret]}},
        {"ansible.builtin.copy": {"content": secret, "dest": str(run.folder / "home" / "file")}},
    ]
    run.play(tasks, connection(sandbox), verbosity="")
    found = {leak.rpartition(" in ")[2] for leak in run.leaks(canaries)}
    assert found >= {"the output", "the command lines", "home/file", "home/ansible.log", "record.jsonl"}
    for text in (json.dumps({"a": secret}), escape(secret), urlencode({"a": secret}), repr(secret)):
        assert canaries.found_in(text), text
