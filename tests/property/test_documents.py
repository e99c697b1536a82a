# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents as people write them, at random: by number, login, name or id, with renames, purges, deletions, defaults.

Most are contradictory; then nothing is written. Otherwise check mode says what is done, nobody is touched of whom the
document says nothing, the same document has nothing to do the next time, and a run that broke off is finished by it.
"""

from __future__ import annotations

import copy
import random
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from xcisandbox import Sandbox

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError, ConnectionFailed
from ansible_collections.xivo.xci.plugins.module_utils.engine import fresh
from ansible_collections.xivo.xci.plugins.module_utils.modules.config import configure
from ansible_collections.xivo.xci.plugins.module_utils.modules.context import Context
from ansible_collections.xivo.xci.plugins.module_utils.state.planned import PlannedWrite
from ansible_collections.xivo.xci.plugins.module_utils.state.state import State
from ansible_collections.xivo.xci.tests.property.strategies import SHAPES
from ansible_collections.xivo.xci.tests.support.direct import DirectClient
from ansible_collections.xivo.xci.tests.support.modules import defaults

RULES = {
    "cti_logins": ("xivo", "entity", "free"),
    "duplicate_numbers": ("refused", "refused", "allowed"),
    "overlapping_intervals": ("refused", "refused", "allowed"),
    "duplicate_names": ("refused", "refused", "allowed"),
    "write_body": ("none", "object", "id", "no_content"),
    "cti_password": ("hidden", "shown", "masked"),
    "put": ("replace", "merge"),
    "delete_dependents": ("refused", "cascade"),
    "edit_template": ("optional",),
    "delete_used_template": ("allowed",),
    "combined_id": ("name_at_uuid", "opaque"),
    "list_order": ("sorted", "shuffled"),
    **SHAPES,
}
XIVOS = ("nord", "sud")
ENTITIES = ("e1", "e2", "e3", "e4", "e1@nord")
FIRST, LAST = ("Anna", "Bert", "Carl", "Dora", "Emil"), ("Martin", "Durand", "martin", "")
LOGINS = ("anna", "bert", "carl", "dora", "emil", "fina")
TEMPLATES = ("T1", "T2", "T3")
Entry = dict[str, Any]
Document = dict[str, Any]


def intervals(hundreds: list[int]) -> list[dict[str, str]]:
    return [{"start": f"{one}00", "end": f"{one}03"} for one in hundreds]


def a_site(draw: random.Random) -> Document:
    """Return what a sandbox starts with."""
    entities: list[Entry] = []
    users: list[Entry] = []
    taken: set[str] = set()
    for xivo in XIVOS:
        hundreds = list(range(1, 9))
        for name in draw.sample(ENTITIES, draw.randint(1, 3)):
            spans = intervals([hundreds.pop(0) for _one in range(draw.randint(1, 2))])
            entities.append({"name": name, "xivo": xivo, "intervals": spans})
    for _one in range(draw.randint(1, 9)):
        entity = draw.choice(entities)
        place, number = f"{entity['name']}@{entity['xivo']}", f"{draw.choice(entity['intervals'])['start'][0]}0"
        user = {"entity": place, "internalNumber": f"{number}{draw.randint(0, 3)}", "template": "T1"}
        user |= {"firstName": draw.choice(FIRST), "lastName": draw.choice(LAST)}
        login, seat = draw.choice(LOGINS), f"{place} {user['internalNumber']}"
        if seat not in taken:
            users.append({**user, **({"ctiLogin": login, "ctiPassword": "made-up"} if login not in taken else {})})
            taken |= {seat, login}
    return {
        "xivos": [{"name": name, "host": f"192.0.2.{number}"} for number, name in enumerate(XIVOS, 1)],
        "entities": entities,
        "templates": [{"name": name, "xivos": list(XIVOS)} for name in TEMPLATES],
        "users": users,
        "administrators": [{"login": "claire", "ldap": True, "entities": [users[0]["entity"]]}],
    }


def a_document(draw: random.Random, state: Mapping[str, Any]) -> Document:
    """Return a document that speaks of some of what is there, and of some that is not."""
    xivos = {one["id"]: one["name"] for one in state["xivos"]}
    places = {one["id"]: f"{one['name']}@{xivos[one['xivo']]}" for one in state["entities"]}
    entities = list(_entities(draw, state, xivos, places)) if draw.random() < 0.6 else None
    labels = list(places.values())
    users = [_user(draw, one, places, labels) for one in state["users"] if draw.random() < 0.75]
    users += [_newcomer(draw, labels) for _one in range(draw.choice([0, 0, 1, 2]))]
    draw.shuffle(users)
    templates: list[Entry] = [{"name": "T1"}, {"name": "T3", "ringing_time": 11, "entities": draw.sample(labels, 1)}]
    templates += draw.choice([[], [{"name": "T2", "state": "absent"}], [{"id": 2, "name": "T4"}]])
    more: list[Entry] = [{}, {"name": "C."}, {"entities": draw.sample(labels, 1)}]
    admins = [{"login": "claire", **draw.choice(more)}]
    given = {"entities": entities, "users": users, "templates": draw.choice([None, templates]), "admins": admins}
    document = {plural: entries for plural, entries in given.items() if entries is not None}
    purge = [plural for plural in document if plural != "admins" and draw.random() < 0.35]
    return {**document, "purge": purge, "default_template": draw.choice(["T1", "T3"])}


def _entities(
    draw: random.Random, state: Mapping[str, Any], xivos: Mapping[int, str], places: dict[int, str]
) -> Iterator[Entry]:
    """Yield entries of entities; *places* become the names that they are to have."""
    for one in draw.sample(state["entities"], draw.randint(0, len(state["entities"]))):
        named = {"name": one["name"], "xivo": xivos[one["xivo"]]}
        spans = {"intervals": intervals(draw.sample(range(1, 9), draw.randint(0, 2)))} if draw.random() < 0.4 else {}
        kind = draw.choice(["as it is", "renamed", "gone", "changed"])
        if kind == "renamed":
            named["name"] = draw.choice(ENTITIES)
            places[one["id"]] = f"{named['name']}@{named['xivo']}"
            yield {"id": one["id"], **named, **spans}
        elif kind == "gone":
            yield {**named, "state": "absent", "force": draw.random() < 0.5}
        else:
            yield {**named, **(spans if kind == "changed" else {})}
    if draw.random() < 0.4:
        new = {"name": draw.choice(ENTITIES), "xivo": draw.choice(XIVOS)}
        places[-1] = f"{new['name']}@{new['xivo']}"
        yield {**new, "intervals": intervals([draw.randint(1, 8)])}


def _user(draw: random.Random, one: Mapping[str, Any], places: Mapping[int, str], labels: list[str]) -> Entry:
    """Return an entry of somebody who is there: how he is found, and what he is to be."""
    names = {"first_name": one["firstName"], "last_name": one["lastName"] or ""}
    ways: dict[str, Entry] = {
        "number": {"internal_number": one["internalNumber"]},
        "login": {"match_on": "cti_login", "cti_login": one["ctiLogin"]},
        "name": {"match_on": "name", **names},
        "id": {"id": one["id"]},
    }
    way = draw.choice([name for name in ways if name != "login" or one["ctiLogin"]])
    entry = {"entity": places[one["entity"]], **ways[way]}
    if draw.random() < 0.15:
        return {**entry, "state": "absent", **draw.choice([{}, names])}
    changes: Entry = {
        "internal_number": f"{draw.randint(1, 8)}0{draw.randint(0, 3)}",
        "cti_login": draw.choice([*LOGINS, ""]),
        "last_name": draw.choice(LAST),
        "template": draw.choice(["T1", "T3"]),
    }
    entry |= {name: value for name, value in changes.items() if name not in entry and draw.random() < 0.4}
    if way in ("login", "id") and draw.random() < 0.3:
        entry["entity"] = draw.choice(labels)
    return {**entry, **({"search": draw.choice(["xivo", "everywhere"])} if draw.random() < 0.1 else {})}


def _newcomer(draw: random.Random, labels: list[str]) -> Entry:
    entry: Entry = {"entity": draw.choice(labels), "first_name": draw.choice(FIRST), "last_name": draw.choice(LAST)}
    number = {"internal_number": f"{draw.randint(1, 8)}0{draw.randint(0, 3)}"}
    way = draw.choice([number, {"match_on": "name"}, {"match_on": "cti_login", "cti_login": draw.choice(LOGINS)}])
    return {**entry, **way, "template": "T1"}


# -- running them -------------------------------------------------------------------------------------------


class Journal:
    """What was planned before, which is nothing."""

    def read(self) -> list[PlannedWrite]:
        return []

    def add(self, write: PlannedWrite) -> None:
        pass

    def clear(self) -> None:
        pass


def with_number(state: Mapping[str, Any]) -> set[int]:
    return {one["id"] for one in state["users"] if one["internalNumber"]}


class Site:
    """A sandbox and the document that it gets.

    *writes* are those of the last run, *reachable* who had a number before each of them.
    """

    def __init__(self, number: int) -> None:
        draw = random.Random(number)  # noqa: S311 (a test that is the same each time)
        self.sandbox = Sandbox(port=0, dialects={name: draw.choice(values) for name, values in RULES.items()})
        self.sandbox.load(a_site(draw))
        self.document = a_document(draw, self.sandbox.state())
        self.writes: list[tuple[str, str]] = []
        self.reachable: list[set[int]] = []
        self.refuse: dict[int, Exception] = {}

    def run(self, check: bool = False, **more: Any) -> dict[str, Any]:
        client: Any = DirectClient(self.sandbox, self._before)
        self.writes.clear()
        self.reachable.clear()
        bounds = {"max_deletions": 100, "numbers": "any"}
        given = {**defaults("xci_config"), **copy.deepcopy(self.document), **bounds, **more}
        return configure(given, Context(client, State(client), check=check, journal=Journal()))

    def _before(self, method: str, path: str, _body: Any) -> None:
        self.writes.append((method, path))
        self.reachable.append(with_number(self.sandbox.state()))
        if len(self.writes) in self.refuse:
            raise self.refuse[len(self.writes)]

    def seen(self) -> Any:
        """Return what is there, by names."""
        state = self.sandbox.state()
        xivos = {one["id"]: one["name"] for one in state["xivos"]}
        places = {one["id"]: f"{one['name']}@{xivos[one['xivo']]}" for one in state["entities"]}
        people = [
            [
                places[one["entity"]],
                *(one[key] or "" for key in ("internalNumber", "firstName", "lastName", "ctiLogin")),
            ]
            for one in state["users"]
        ]
        entities = [
            [places[one["id"]], sorted(span["start"] for span in one["intervals"])] for one in state["entities"]
        ]
        admins = [[one["login"], one["name"], sorted(places[id_] for id_ in one["entities"] if id_ in places)]
                  for one in state["administrators"]]  # fmt: skip
        return sorted(people), sorted(entities), sorted(admins)


@contextmanager
def site(number: int) -> Iterator[Site]:
    made = Site(number)
    try:
        yield made
    finally:
        made.sandbox.stop()


def judge(number: int) -> str:
    """Apply a document; return how that ended."""
    with site(number) as one:
        before = one.sandbox.state()
        planned = one.run(check=True)
        assert (one.sandbox.state(), one.writes) == (before, [])
        done = one.run()
        assert [done[key] for key in ("plan", "summary", "losses")] == [
            planned[key] for key in ("plan", "summary", "losses")
        ]
        if planned.get("failed"):
            # The order in which XCI lists things is not that of its errors.
            assert (done["changed"], sorted(map(str, done["errors"])), one.writes) == (
                False, sorted(map(str, planned["errors"])), [],
            )  # fmt: skip
            return "invalid"
        if done.get("failed"):
            # A login of somebody whose list was not read; that is left to XCI.
            assert one.sandbox.dialects["cti_logins"] != "free", done["msg"]
            assert "ctiLogin" in done["msg"]
            return "refused"
        _check_untouched(before, one)
        again = one.run()
        assert (again.get("msg"), again["changed"], one.writes) == (None, False, [])
        return "done"


def _check_untouched(before: Mapping[str, Any], one: Site) -> None:
    written, state = {path for _method, path in one.writes}, one.sandbox.state()
    after = {user["id"]: user for user in state["users"]}
    kept = with_number(before) & with_number(state)
    assert all(kept <= there for there in one.reachable)
    for user in before["users"]:
        if f"/users/{user['id']}" not in written:
            assert {**after[user["id"]], "template": 0} == {**user, "template": 0}


def broken_off(number: int, approved: bool) -> str:
    """Let one write fail, and run the same again: that ends as a run without a failure."""
    draw = random.Random(number)  # noqa: S311
    with site(number) as whole, site(number) as broken, tempfile.TemporaryDirectory() as folder:
        if whole.run().get("failed") or not whole.writes:
            return "nothing"
        more: dict[str, Any] = {"on_error": draw.choice(["stop", "continue"])}
        if approved:
            file = {"plan_file": str(Path(folder) / "plan.json")}
            more |= {"approved": broken.run(check=True, **file)["plan_id"], **file}
        broken.refuse = {draw.randint(1, len(whole.writes)): draw.choice([ApiError("no", 409), ConnectionFailed("no")])}
        broken.run(**more)
        broken.refuse = {}
        finished = broken.run(**more)
        if "several users have" in finished.get("msg", "") and not broken.writes:
            # A namesake was made before somebody was deleted who is found by name: his id is asked for.
            return "unclear"
        assert finished.get("msg") is None
        assert broken.seen() == whole.seen()
        return "finished"


@pytest.fixture(params=[False, True], ids=["read-once", "read-again"])
def reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each object may be read again before it is written, as in runs that take longer."""
    if request.param:
        monkeypatch.setattr(fresh, "STALE", -1.0)


@pytest.mark.usefixtures("reading")
def test_any_document_is_applied_or_refused_as_check_mode_says() -> None:
    ends = [judge(number) for number in range(25)]
    assert {"done", "invalid"} <= {*ends}


@pytest.mark.parametrize("approved", [False, True], ids=["anew", "approved"])
def test_any_document_that_broke_off_is_finished(approved: bool) -> None:
    ends = [broken_off(number, approved) for number in range(15)]
    assert "finished" in ends


@pytest.mark.slow
@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize("part", range(4))
def test_many_documents_are_applied_or_refused_as_check_mode_says(part: int) -> None:
    ends = [judge(number) for number in range(1000 + part * 250, 1250 + part * 250)]
    assert ends.count("done") > 60


@pytest.mark.slow
@pytest.mark.parametrize("approved", [False, True], ids=["anew", "approved"])
@pytest.mark.parametrize("part", range(4))
def test_many_documents_that_broke_off_are_finished(part: int, approved: bool) -> None:
    ends = [broken_off(number, approved) for number in range(1000 + part * 250, 1250 + part * 250)]
    assert ends.count("finished") > 40
    assert ends.count("unclear") < 8
