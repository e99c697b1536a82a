# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the workers of one run share: a session, a refusal, what is planned and written, and reserved numbers."""

from __future__ import annotations

import errno
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible import constants

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import LoginRefused
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.state.index import Item
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedWrite
from ansible_collections.xivo.xci.plugins.module_utils.state.recent import Written
from ansible_collections.xivo.xci.plugins.plugin_utils import run_folder
from ansible_collections.xivo.xci.plugins.plugin_utils.run_folder import (
    REFUSAL_HOLDS,
    RunCreations,
    RunJournal,
    RunReservations,
    RunStore,
    forget_refusals,
    path_of,
)
from ansible_collections.xivo.xci.plugins.plugin_utils.run_writes import RunRecent
from ansible_collections.xivo.xci.tests.support.clock import Clock

HERE = Settings("http://localhost:9001/api/1.0", "admin", "a-made-up-password")
FREE = [str(number) for number in range(1000, 1100)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return tmp_path


def take(asker: str, free: list[str], count: int = 1, entity: str = "accueil@nord") -> list[str]:
    return RunReservations(HERE).take(entity, asker, free, count)


def test_nobody_gets_what_another_got() -> None:
    assert take("alice", FREE) == ["1000"]
    assert take("bob", FREE, 2) == ["1001", "1002"]
    assert take("carol", FREE) == ["1003"]


def test_who_asks_again_gets_the_same_while_it_is_free() -> None:
    assert take("alice", FREE, 2) == take("alice", FREE, 2) == ["1000", "1001"]
    assert take("alice", FREE) == ["1000"]
    assert take("alice", FREE, 3) == ["1000", "1001", "1002"]
    assert take("alice", FREE[1:]) == ["1001"]


def test_what_is_not_free_any_more_is_not_reserved_again() -> None:
    assert take("alice", FREE) == ["1000"]
    assert take("bob", FREE[:1]) == []
    assert take("alice", []) == []
    assert take("alice", FREE[1:]) == ["1001"]


def test_entities_do_not_share_numbers() -> None:
    assert take("alice", FREE) == take("bob", FREE, entity="accueil@sud") == ["1000"]


def test_many_at_once_get_different_ones() -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda number: take(f"host {number}", FREE), range(100)))
    assert sorted(one[0] for one in numbers) == FREE


def test_the_file_says_nothing_of_who_asked_and_is_its_owners(folder: Path) -> None:
    take("alice", FREE)
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "accueil" not in file.name


def test_many_askers_of_one_worker_see_what_others_reserved_meanwhile() -> None:
    one, other = RunReservations(HERE), RunReservations(HERE)
    assert one.take("a@b", "alice", FREE) == ["1000"]
    assert other.take("a@b", "bob", FREE) == ["1001"]
    assert one.take("a@b", "carol", FREE) == ["1002"]
    assert other.take("a@b", "alice", FREE) == ["1000"]


def test_numbers_that_can_not_be_shared_are_reserved_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", "/nowhere/at/all")
    one = RunReservations(HERE)
    assert [one.take("a@b", asker, FREE) for asker in ("alice", "bob", "alice")] == [["1000"], ["1001"], ["1000"]]


# -- what is created ----------------------------------------------------------------------------------------


def test_what_others_created_is_known_and_what_they_created_before_is_not() -> None:
    RunCreations(HERE).add(["user a@b 1"])
    one, other = RunCreations(HERE), RunCreations(HERE)
    one.add(["user a@b 2", "user a@b 3"])
    assert other.by_others(["user a@b 1", "user a@b 2", "user a@b 4"]) == {"user a@b 2"}
    assert other.by_others(["user a@b 3"]) == {"user a@b 3"}
    other.add(["user a@b 4"])
    assert one.by_others(["user a@b 2", "user a@b 4"]) == {"user a@b 4"}
    elsewhere = Settings("http://other/api/1.0", HERE.login, HERE.password)
    assert RunCreations(elsewhere).by_others(["user a@b 2"]) == set()


def test_one_creates_at_a_time_in_each_place() -> None:
    inside: list[str] = []

    def create(place: str) -> None:
        with RunCreations(HERE).alone([place, "template"], lambda _place: None):
            inside.append(place)
            time.sleep(0.01)
            assert inside.pop() == place
            assert inside == []

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, ["user a@b", "user c@d"] * 8))


def test_who_waits_for_another_one_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_folder, "PATIENCE", 0.05)
    said: list[str] = []
    both = ["user a@b", "user c@d"]

    def create() -> None:
        with RunCreations(HERE).alone(both, said.append):
            pass

    with ThreadPoolExecutor(1) as pool:
        with RunCreations(HERE).alone(both, said.append):
            other = pool.submit(create)
            while not said:
                time.sleep(0.005)
            assert not other.done()
        other.result()
    assert said == ["user a@b"]


def test_what_is_created_can_not_always_be_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", "/nowhere/at/all")
    one = RunCreations(HERE)
    with one.alone(["user a@b"], lambda _place: None):
        one.add(["user a@b 1"])
    assert one.by_others(["user a@b 1"]) == set()


def test_the_files_say_nothing_of_who_was_created(folder: Path) -> None:
    one = RunCreations(HERE)
    with one.alone(["user accueil@nord"], lambda _place: None):
        one.add(["user accueil@nord name ['Alice', 'Martin']"])
    texts = [file.name + file.read_text(encoding="utf-8") for file in folder.iterdir()]
    assert len(texts) == 2
    assert not any(word in text for text in texts for word in ("accueil", "Martin"))


# -- one session --------------------------------------------------------------------------------------------


class Logins:
    """Logs in: each time with another cookie, or with an error."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)

    def __call__(self) -> str:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def store(settings: Settings = HERE, route: tuple[str, ...] = ()) -> RunStore:
    """The store of one more worker."""
    return RunStore.beside(settings, route)


def test_the_first_worker_logs_in_for_all() -> None:
    login = Logins("cookie=1")
    assert [store().obtain(login) for _worker in range(3)] == ["cookie=1"] * 3
    one = store()
    assert one.obtain(login) == one.obtain(login) == "cookie=1"


def test_a_cookie_that_xci_does_not_take_any_more_is_replaced_for_all() -> None:
    login = Logins("cookie=1", "cookie=2")
    first, second = store(), store()
    assert first.obtain(login) == second.obtain(login) == "cookie=1"
    assert first.obtain(login, refused="cookie=1") == "cookie=2"
    assert second.obtain(login, refused="cookie=1") == "cookie=2"
    assert login.answers == []


@pytest.mark.parametrize(
    ("settings", "route"),
    [
        (Settings("http://other/api/1.0", HERE.login, HERE.password), ()),
        (Settings(HERE.url, "bob", HERE.password), ()),
        (Settings(HERE.url, HERE.login, "another"), ()),
        (Settings(HERE.url, HERE.login, HERE.password, validate_certs=False), ()),
        (HERE, ("http://proxy",)),
    ],
    ids=["address", "login", "password", "certificates", "route"],
)
def test_another_session_is_another_login(settings: Settings, route: tuple[str, ...]) -> None:
    assert store().obtain(Logins("cookie=1")) == "cookie=1"
    assert store(settings, route).obtain(Logins("cookie=2")) == "cookie=2"


def test_what_makes_no_difference_to_a_session() -> None:
    assert store().obtain(Logins("cookie=1")) == "cookie=1"
    patient = Settings(HERE.url, HERE.login, HERE.password, timeout=7.0, retries=9)
    assert store(patient).obtain(Logins()) == "cookie=1"


@pytest.mark.parametrize("content", [b"", b"half a li", b"\xff\n".replace(b"\n", b"")], ids=["empty", "half", "bytes"])
def test_a_file_without_a_whole_line_is_no_session(content: bytes) -> None:
    one = store()
    Path(one._path).write_bytes(content)
    assert one.obtain(Logins("cookie=1")) == "cookie=1"
    assert store().obtain(Logins()) == "cookie=1"


def test_where_nothing_can_be_shared_each_worker_logs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", "/nowhere")
    login = Logins("cookie=1", "cookie=2")
    assert [store().obtain(login), store().obtain(login)] == ["cookie=1", "cookie=2"]
    forget_refusals()


def test_the_cookie_is_its_owners(folder: Path) -> None:
    store().obtain(Logins("cookie=1"))
    for file in folder.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
        assert HERE.login not in file.name


def test_a_file_that_is_a_link_is_not_followed(folder: Path) -> None:
    (folder / "elsewhere").write_text("cookie=9\n")
    os.symlink(folder / "elsewhere", store()._path)
    assert store().obtain(Logins("cookie=1")) == "cookie=1"
    assert (folder / "elsewhere").read_text() == "cookie=9\n"


@pytest.mark.parametrize(("later", "tried"), [(REFUSAL_HOLDS - 1, False), (REFUSAL_HOLDS + 1, True)])
def test_a_refusal_is_everybodys_for_a_while(monkeypatch: pytest.MonkeyPatch, later: float, tried: bool) -> None:
    """Many refused logins in a row would lock the account."""
    clock = Clock()
    monkeypatch.setattr(run_folder, "time", clock)
    with pytest.raises(LoginRefused, match=r"^wrong$"):
        store().obtain(Logins(LoginRefused("wrong")))
    clock.now += later
    if tried:
        assert store().obtain(Logins("cookie=1")) == "cookie=1"
    else:
        with pytest.raises(LoginRefused, match=r"^wrong$"):
            store().obtain(Logins())


def test_a_refusal_lasts_as_long_as_hosts_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a run of hundreds of hosts a wrong password is one refused login, not one every ten seconds."""
    clock = Clock()
    monkeypatch.setattr(run_folder, "time", clock)
    logins = [Logins(LoginRefused("wrong")), *(Logins() for _host in range(5))]
    for login in logins:
        with pytest.raises(LoginRefused, match=r"^wrong$"):
            store().obtain(login)
        clock.now += REFUSAL_HOLDS - 1
    clock.now += 2
    assert store().obtain(Logins("cookie=1")) == "cookie=1"


def test_a_refusal_can_be_forgotten() -> None:
    with pytest.raises(LoginRefused):
        store().obtain(Logins(LoginRefused("wrong")))
    forget_refusals()
    assert store().obtain(Logins("cookie=1")) == "cookie=1"


# -- what was written ---------------------------------------------------------------------------------------


def wrote(number: int, item: Any = None) -> Written:
    names = {"internal_number": str(number)}
    return Written("user", "create", number, number, 17, names, {}, {}, time.monotonic(), item)


def test_what_one_worker_wrote_is_known_to_all_without_its_object() -> None:
    first, second = RunRecent(HERE), RunRecent(HERE)
    one, two = wrote(1, Item({"id": 1})), wrote(2)
    first.add(one)
    second.add(two)
    assert [(write.id, write.item) for write in first.of("user", 5.0)] == [(1, one.item), (2, None)]
    assert second.of("user", 5.0) == [one, two]
    assert [write.item for write in second.of("user", 5.0)] == [None, None]
    assert second.of("entity", 5.0) == []
    assert RunRecent(HERE).of("user", 5.0) == [one, two]


def test_what_was_written_elsewhere_or_long_ago_is_not() -> None:
    first = RunRecent(HERE)
    first.add(replace(wrote(1), at=time.monotonic() - 6))
    assert first.of("user", 5.0) == []
    first.add(wrote(2))
    assert RunRecent(Settings("http://other/api/1.0", "admin", "x")).of("user", 5.0) == []


def test_without_a_folder_each_worker_knows_what_it_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", "/nowhere")
    recent = RunRecent(HERE)
    recent.add(wrote(1))
    assert len(recent.of("user", 5.0)) == 1


# -- what is planned ----------------------------------------------------------------------------------------


def journal(url: str = HERE.url) -> RunJournal:
    made = RunJournal.beside(Settings(url, "admin", "x"))
    assert made is not None
    return made


def planned(number: int) -> PlannedWrite:
    return PlannedWrite("user", "create", -number, {"first_name": "Zoé", "internal_number": str(number)})


def test_others_read_what_was_added_once_and_in_order() -> None:
    first, second, third = journal(), journal(), journal()
    assert second.read() == []
    first.add(planned(1))
    first.add(planned(2))
    assert second.read() == [planned(1), planned(2)]
    assert second.read() == []
    second.add(planned(3))
    assert first.read() == [planned(3)]
    assert second.read() == []
    assert third.read() == [planned(1), planned(2), planned(3)]


def test_what_is_cleared_is_gone_and_what_comes_later_is_not() -> None:
    first, second = journal(), journal()
    first.add(planned(1))
    assert second.read() == [planned(1)]
    first.clear()
    first.clear()
    assert second.read() == []
    first.add(planned(2))
    assert second.read() == [planned(2)]


def test_a_line_that_a_full_disk_cut_off_is_passed_over(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    first, second = journal(), journal()
    first.add(planned(1))
    (path,) = folder.glob("xci-planned-*")
    path.write_bytes(path.read_bytes() + b'{"by": "somebody", "wri\n')
    first.add(planned(2))
    assert second.read() == [planned(1), planned(2)]

    def full(*_anything: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        first.add(planned(3))
    assert second.read() == []


def test_each_xci_has_its_own() -> None:
    journal().add(planned(1))
    assert journal("http://other/api/1.0").read() == []


def test_without_a_folder_there_is_no_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", "/nowhere")
    assert RunJournal.beside(HERE) is None


def test_a_path_depends_on_run_kind_and_key(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    path = path_of("kind", "a", 1)
    assert path == path_of("kind", "a", 1)
    assert Path(path).parent == folder
    assert len({path, path_of("other", "a", 1), path_of("kind", "a", 2), path_of("kind", "a\udcff")}) == 4
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", "/other")
    assert Path(path).name != Path(path_of("kind", "a", 1)).name
