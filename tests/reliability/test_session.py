# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session for a run, whatever happens to it: real plays, in the worker."""

from __future__ import annotations

import os
import signal
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible import constants
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import LoginRefused
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedWrite
from ansible_collections.xivo.xci.plugins.plugin_utils import run_folder
from ansible_collections.xivo.xci.plugins.plugin_utils.run_folder import RunJournal, RunStore
from ansible_collections.xivo.xci.tests.reliability.plays import Play, wait_until
from ansible_collections.xivo.xci.tests.reliability.proxy import Proxy
from ansible_collections.xivo.xci.tests.reliability.scenarios import START
from ansible_collections.xivo.xci.tests.support import server
from ansible_collections.xivo.xci.tests.support.clock import Clock, Held
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, PASSWORD
from ansible_collections.xivo.xci.tests.support.server import logins

READ = {"name": "Read", "xivo.xci.xci_xivo_info": {}}
WRITE = {
    "name": "Write",
    "xivo.xci.xci_entity": {
        "name": "{{ inventory_hostname }}",
        "xivo": "xivo-sud",
        "display_name": "{{ shown | default('A') }}",
    },
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with server.running(START) as sandbox:
        yield sandbox


def entities(sandbox: Sandbox) -> list[str]:
    return sorted(one["name"] for one in sandbox.state()["entities"] if one["name"].startswith("host"))


def in_flight(sandbox: Sandbox) -> bool:
    """Tell whether a fault has struck."""
    return any(rule["fired"] for rule in sandbox.faults.as_list())


def test_twenty_hosts_share_one_login_and_a_new_one_when_it_ends(sandbox: Sandbox, tmp_path: Path) -> None:
    expire = {
        "name": "End the session",
        "ansible.builtin.uri": {
            "url": f"{sandbox.control}/expire",
            "method": "POST",
            "body_format": "json",
            "body": {},
            "headers": {"Authorization": f"Bearer {sandbox.token}"},
        },
        "run_once": True,
    }
    play = Play(
        tmp_path / "play", sandbox, [READ, WRITE, expire, {**WRITE, "vars": {"shown": "B"}}], hosts=20, forks=20
    )
    play.finish()
    assert len(entities(sandbox)) == 20
    assert logins(sandbox) == 2
    assert play.left_behind() == []


@pytest.mark.parametrize("strategy", ["linear", "free", "host_pinned"])
def test_whatever_the_strategy_it_is_one_login(sandbox: Sandbox, tmp_path: Path, strategy: str) -> None:
    user = {
        "name": "Add a user who takes the next free number",
        "xivo.xci.xci_user": {
            "entity": "{{ inventory_hostname }}@xivo-sud",
            "match_on": "name",
            "last_name": "{{ inventory_hostname }} {{ item }}",
            "template": START["templates"][0]["name"],
        },
        "loop": ["Un", "Deux"],
    }
    first = "70{{ inventory_hostname[-1] }}"
    intervals = {"intervals": [{"start": f"{first}0", "end": f"{first}9"}]}
    options: Any = WRITE["xivo.xci.xci_entity"]
    write = {**WRITE, "xivo.xci.xci_entity": {**options, **intervals}}
    before = sandbox.state()
    predicted = Play(tmp_path / "check", sandbox, [write, user], hosts=6, strategy=strategy, check_mode=True).finish()
    assert sandbox.state() == before
    done = Play(tmp_path / "play", sandbox, [write, user], hosts=6, strategy=strategy).finish()
    recaps = [text.partition("PLAY RECAP")[2] for text in (predicted, done)]
    assert recaps[0] == recaps[1]
    assert recaps[1].count("changed=2") == 6
    assert logins(sandbox) == 2
    numbers = [one["internalNumber"] for one in sandbox.state()["users"] if one["lastName"].startswith("host")]
    assert {number[-1] for number in numbers} == {"0", "1"}
    assert len(set(numbers)) == 12


def test_the_session_is_its_owners_alone_while_it_lasts(sandbox: Sandbox, tmp_path: Path, held: Held) -> None:
    sandbox.faults.add({"path": "^/xivo$", "fault": {"kind": "delay", "seconds": 1}})
    play = Play(tmp_path / "play", sandbox, [READ])
    wait_until(lambda: in_flight(sandbox))
    (file,) = play.shared()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    held.let_all_go()
    play.finish()
    assert play.left_behind() == []


@pytest.mark.parametrize("path", ["^/login$", "^/entities$"], ids=["while-it-logs-in", "while-it-writes"])
def test_a_killed_worker_holds_nobody_up(sandbox: Sandbox, tmp_path: Path, held: Held, path: str) -> None:
    """The lock ends with the worker; the next run finds whatever it did."""
    sandbox.faults.add({"method": "POST", "path": path, "fault": {"kind": "delay", "seconds": 1}})
    play = Play(tmp_path / "play", sandbox, [WRITE], hosts=3, forks=3)
    wait_until(lambda: in_flight(sandbox))
    os.kill(play.children()[0], signal.SIGKILL)
    held.let_all_go()
    play.finish(fails=True)
    assert play.left_behind() == []
    again = Play(tmp_path / "again", sandbox, [WRITE], hosts=3, forks=3)
    again.finish()
    assert entities(sandbox) == ["host0", "host1", "host2"]


def test_two_plays_at_once_as_one_administrator(sandbox: Sandbox, tmp_path: Path) -> None:
    plays = [Play(tmp_path / name, sandbox, [WRITE, READ], hosts=4) for name in ("one", "two")]
    for play in plays:
        # Both create the same: one of them may find it there already, or XCI may say so.
        play.process.wait(180)
    assert entities(sandbox) == ["host0", "host1", "host2", "host3"]
    assert logins(sandbox) == 2
    assert [play.left_behind() for play in plays] == [[], []]
    for play in plays:
        output = play.finish(fails=bool(play.process.returncode))
        assert "Traceback" not in output
        assert play.process.returncode == 0 or "exists already" in output


def test_a_session_for_each_task_where_that_is_wanted(sandbox: Sandbox, tmp_path: Path) -> None:
    play = Play(tmp_path / "play", sandbox, [READ, READ], hosts=2, vars={"xci_session": "task"})
    play.finish()
    assert logins(sandbox) == 4
    assert play.left_behind() == []


def test_the_environment_of_a_task_leads_to_its_proxy(sandbox: Sandbox, tmp_path: Path) -> None:
    with Proxy(sandbox.port) as proxy:
        through = {**READ, "environment": {"http_proxy": proxy.url}}
        url = "http://xci.example.org:9001"
        play = Play(tmp_path / "play", sandbox, [through, through], hosts=2, connection={"xci_url": url})
        output = play.finish()
        assert [one for one in proxy.asked if one.endswith("/login")] == [f"POST {url}/api/1.0/login"]
        # However many tasks and hosts, it is said once.
        assert output.count("is sent unencrypted") == 1
    around = {**READ, "environment": {"http_proxy": "http://127.0.0.1:1", "no_proxy": "127.0.0.1"}}
    Play(tmp_path / "around", sandbox, [around]).finish()


@pytest.mark.parametrize("place", ["nowhere/session", "."], ids=["no-such-folder", "a-folder"])
def test_a_session_that_can_not_be_shared_is_had_all_the_same(tmp_path: Path, place: str) -> None:
    store, logged_in = RunStore(str(tmp_path / place)), iter("abc")
    assert store.obtain(lambda: next(logged_in)) == "a"
    assert store.obtain(lambda: next(logged_in)) == "a"
    assert store.obtain(lambda: next(logged_in), refused="a") == "b"


def test_a_link_in_the_place_of_the_session_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "session").symlink_to(tmp_path / "target")
    assert RunStore(str(tmp_path / "session")).obtain(lambda: "a") == "a"
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("written", [b"", b"half a coo", b"\xff\xfe", b"old\n"])
def test_what_a_killed_worker_wrote_is_taken_only_if_it_is_whole(tmp_path: Path, written: bytes) -> None:
    file = tmp_path / "session"
    file.write_bytes(written)
    assert RunStore(str(file)).obtain(lambda: "new") == ("old" if written == b"old\n" else "new")


def test_many_workers_at_once_log_in_once(tmp_path: Path) -> None:
    """Each store is what one worker has; together they stand for many."""
    logged_in: list[str] = []

    def log_in() -> str:
        logged_in.append(f"cookie {len(logged_in)}")
        return logged_in[-1]

    stores = [RunStore(str(tmp_path / "session")) for _number in range(30)]
    for refused, cookie in ((None, "cookie 0"), ("cookie 0", "cookie 1")):
        got: list[str] = []

        def obtain(store: RunStore, refused: str | None, got: list[str]) -> None:
            got.append(store.obtain(log_in, refused))

        threads = [threading.Thread(target=obtain, args=(store, refused, got)) for store in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got == [cookie] * 30
    assert len(logged_in) == 2


def test_a_journal_that_was_cleared_by_somebody_else_begins_anew(tmp_path: Path) -> None:
    ours, theirs = RunJournal(str(tmp_path / "journal")), RunJournal(str(tmp_path / "journal"))
    change = PlannedWrite("entity", "delete", 1, {"name": "a"})
    theirs.add(change)
    theirs.add(change)
    assert ours.read() == [change, change]
    theirs.clear()
    assert ours.read() == []
    longer = PlannedWrite("entity", "delete", 2, {"name": "b" * 500})
    theirs.add(longer)
    assert ours.read() == [longer]
    assert ours.read() == []
    ours.add(change)
    assert theirs.read() == [change]


def test_no_journal_where_none_can_be_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from ansible import constants  # noqa: PLC0415 (only this test needs it)

    from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings  # noqa: PLC0415

    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "nowhere"))
    settings: Any = Settings("http://127.0.0.1/api/1.0", ADMIN, PASSWORD)
    assert RunJournal.beside(settings) is None


# -- refused ------------------------------------------------------------------------------------------------

WRONG = {"xci_password": "not-the-password"}


@pytest.mark.parametrize(("hosts", "loop"), [(20, 1), (1, 20)], ids=["20-hosts", "a-loop"])
def test_a_wrong_password_is_tried_once(sandbox: Sandbox, tmp_path: Path, hosts: int, loop: int) -> None:
    """A directory locks an account after a few refusals, and with it all that use it."""
    task = {**READ, "loop": list(range(loop))}
    output = Play(tmp_path / "play", sandbox, [task], hosts=hosts, forks=20, connection=WRONG).finish(fails=True)
    assert logins(sandbox) == 1
    assert output.count("check xci_login and xci_password") >= 20


def test_a_login_that_was_put_right_is_tried_again_at_once(sandbox: Sandbox, tmp_path: Path) -> None:
    """As a playbook changes its own password: does the new one do? If not, set it with the old one, and go on."""
    new = "another-made-up-password"
    as_new = {**READ, "xivo.xci.xci_xivo_info": {"xci_login": "second", "xci_password": new}}
    change = {"xivo.xci.xci_admin": {"login": "second", "password": new, "update_password": "always"}}
    sandbox.load({"administrators": [{"login": "second", "password": PASSWORD}]})
    play = Play(tmp_path / "play", sandbox, [{**as_new, "ignore_errors": True}, change, as_new])
    assert play.finish().count("XCI refuses the login of 'second'") == 1
    assert logins(sandbox) == 3


def test_a_login_is_tried_again_until_it_is_accepted(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.faults.add({"path": "^/login$", "times": 2, "fault": {"kind": "status", "status": 401}})
    task = {**READ, "until": "result is succeeded", "register": "result", "retries": 5, "delay": 0.1}
    Play(tmp_path / "play", sandbox, [task]).finish()
    assert logins(sandbox) == 3


def test_a_refusal_is_believed_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    asked: list[None] = []

    def refused() -> str:
        asked.append(None)
        raise LoginRefused("no")

    def obtain() -> None:
        with pytest.raises(LoginRefused, match="no"):
            RunStore(str(tmp_path / "session")).obtain(refused)

    obtain()
    obtain()
    assert len(asked) == 1
    monkeypatch.setattr(run_folder, "time", Clock(time.time() + 11))
    obtain()
    assert len(asked) == 2
