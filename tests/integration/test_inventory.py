# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin as ansible-inventory and ansible-playbook use it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.xivo.xci.plugins.inventory import xci as plugin
from ansible_collections.xivo.xci.tests.integration.cycles import DIALECTS
from ansible_collections.xivo.xci.tests.integration.harness import Site
from ansible_collections.xivo.xci.tests.support import playbook, server
from ansible_collections.xivo.xci.tests.support.objects import ADMIN, PASSWORD, START, SUD

COMPOSED: dict[str, Any] = {
    "groups": {"xivos": True, "in_use": "xci_xivo.remaining_slots < 1000"},
    "keyed_groups": [{"key": "xci_xivo.name.split('-')[1]", "prefix": "site"}],
    "compose": {"ansible_user": "'root'", "where": "xci_xivo.host ~ ':22'"},
}


@dataclass(frozen=True)
class Listed:
    """What a command printed, and what it asked of the sandbox."""

    code: int
    stdout: str
    stderr: str
    requests: list[str]

    @property
    def whole(self) -> str:
        return " ".join((self.stdout + self.stderr).split())

    @property
    def inventory(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.stdout, object_hook=_bare)
        return parsed

    def host(self, name: str) -> dict[str, Any]:
        variables: dict[str, Any] = self.inventory["_meta"]["hostvars"][name]
        return variables


def _bare(value: dict[str, Any]) -> Any:
    """Take off the mark with which newer releases of ansible-core print what is no template."""
    return value["__ansible_unsafe"] if set(value) == {"__ansible_unsafe"} else value


@dataclass
class Inventory:
    """A sandbox and a configuration file; runs Ansible's commands on it."""

    xci: Site
    folder: Path

    @property
    def connection(self) -> dict[str, Any]:
        return {**self.xci.connection, "retries": 0}

    def write(self, name: str = "xci.yml", **options: Any) -> Path:
        path = self.folder / name
        path.write_text(json.dumps({"plugin": "xivo.xci.xci", **options}), encoding="utf-8")
        return path

    def run(self, command: str, *arguments: Any, environment: Mapping[str, str] | None = None) -> Listed:
        self.xci.sandbox.log.clear()
        env = playbook.environment(self.folder, COLUMNS="10000", **(environment or {}))
        done = playbook.run(self.folder, command, *arguments, env=env)
        assert PASSWORD not in done.output
        assert "[DEPRECATION" not in done.stderr, done.stderr
        return Listed(done.code, done.stdout, done.stderr, server.asked(self.xci.sandbox))

    def list(self, *arguments: Any, may_warn: bool = False, **options: Any) -> Listed:
        path = self.write(**{**self.connection, **options})
        done = self.run("ansible-inventory", "-i", path, "--list", *arguments)
        assert done.code == 0, done.stderr
        assert may_warn or "[WARNING]" not in done.stderr, done.stderr
        return done

    def fails(self, *arguments: Any, **options: Any) -> str:
        """Run with something wrong; return the output. No host may be shown, and a script must notice."""
        done = self.run("ansible-inventory", "-i", self.write(**{**self.connection, **options}), "--list", *arguments)
        assert done.code != 0, done.stdout
        assert "xivo-nord" not in done.stdout
        return done.whole


def test_the_example_runs(here: Inventory) -> None:
    options = yaml.safe_load(plugin.EXAMPLES)
    assert options.pop("plugin") == "xivo.xci.xci"
    options["cache_connection"] = str(here.folder / "cache")
    shown = here.list(**{**options, **here.connection})
    nord = shown.host("xivo-nord")
    assert (nord["ansible_user"], nord["ansible_host"]) == ("root", nord["xci_xivo"]["host"])
    usage = [one for entity in nord["xci_xivo_entities"] for one in entity["usage"]]
    assert nord["free_numbers"] == sum(one["free"] for one in usage) > 0
    assert {"xivos", "site_nord", "site_sud"} <= set(shown.inventory)
    assert here.list(**{**options, **here.connection}).requests == []


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Any]:
    started: list[Site] = []

    def inventory(**settings: Any) -> Inventory:
        xci = Site("worker", tmp_path, **settings)
        started.append(xci)
        xci.sandbox.start()
        return Inventory(xci, tmp_path)

    yield inventory
    for xci in started:
        xci.sandbox.stop()


@pytest.fixture
def here(make: Any) -> Inventory:
    made: Inventory = make()
    return made


@pytest.mark.core
@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_xivos_are_hosts(make: Any, dialect: str) -> None:
    here = make(dialects=DIALECTS[dialect])
    done = here.list(**COMPOSED, entities=True, usage=True)
    shown = DIALECTS[dialect].get("hosts") != "blank"
    nord = done.host("xivo-nord")
    assert nord.get("ansible_host") == ("192.0.2.10" if shown else None)
    assert nord["where"] == ("192.0.2.10:22" if shown else ":22")
    assert (nord["ansible_user"], nord["xci_xivo"]["name"]) == ("root", "xivo-nord")
    assert [one["name"] for one in nord["xci_xivo_entities"]] == ["accueil", "compta", "urgences"]
    assert nord["xci_xivo_entities"][0]["usage"][0]["used"] == 1
    groups = {name: group.get("hosts") for name, group in done.inventory.items()}
    assert set(done.inventory["_meta"]["hostvars"]) == {"xivo-nord", "xivo-sud"}
    assert sorted(groups["xivos"]) == ["xivo-nord", "xivo-sud"]
    assert groups["in_use"] == groups["site_nord"] == groups["entity_compta_xivo_nord"] == ["xivo-nord"]
    assert groups["site_sud"] == groups["entity_accueil_xivo_sud"] == ["xivo-sud"]
    assert "Durand" not in done.stdout
    assert len(done.requests) == 1 + 2 + 4
    assert here.xci.sandbox.state()["synchronized"] == 0


def test_the_graph_and_the_groups_of_entities(here: Inventory) -> None:
    path = here.write(**here.connection, **COMPOSED, entities=True)
    assert "@entity_urgences_xivo_nord" in here.run("ansible-inventory", "-i", path, "--graph").stdout
    exported = here.run("ansible-inventory", "-i", path, "--list", "--export").inventory
    (urgences,) = exported["entity_urgences_xivo_nord"]["vars"]["xci_xivo_entities"]
    assert urgences["intervals"] == [{"start": "2000", "end": "2999"}]


def test_only_what_is_asked_for_is_read(here: Inventory) -> None:
    done = here.list()
    assert done.requests == ["POST /login", "GET /xivo"]
    assert "xci_xivo_entities" not in done.host("xivo-nord")


@pytest.mark.parametrize("name", ["xci.yaml", "prod.xci.yml"])
def test_names_of_the_file(here: Inventory, name: str) -> None:
    done = here.run("ansible-inventory", "-i", here.write(name, **here.connection), "--list")
    assert set(done.inventory["_meta"]["hostvars"]) == {"xivo-nord", "xivo-sud"}


def test_another_name_of_the_file_is_not_read(here: Inventory) -> None:
    done = here.run("ansible-inventory", "-i", here.write("hosts.yml", **here.connection), "--list")
    assert "could not be verified" in done.whole
    assert done.requests == []


def test_xivos_of_one_name_are_distinguished(make: Any) -> None:
    xivos = [START["xivos"][0], {**START["xivos"][1], "name": "xivo-nord"}]
    here = make(start={"xivos": xivos}, dialects={"duplicate_names": "allowed"})
    done = here.list(entities=True, may_warn=True)
    assert SUD in done.inventory["_meta"]["hostvars"]
    assert f"XiVO 'xivo-nord' is the host {SUD}: 2 XiVOs have this name" in done.whole


def test_a_host_of_another_source_is_not_taken_over(here: Inventory) -> None:
    """Whoever names a XiVO must not choose where a play connects for that host."""
    (here.folder / "hosts.ini").write_text("xivo-sud ansible_host=db.example.org\n")
    path = here.write("xci.yml", **here.connection)
    done = here.run("ansible-inventory", "-i", here.folder / "hosts.ini", "-i", path, "--list")
    assert done.host("xivo-sud") == {"ansible_host": "db.example.org"}
    assert done.host(SUD)["ansible_host"] == "192.0.2.20"
    assert done.host("xivo-nord")["ansible_host"] == "192.0.2.10"
    assert f"XiVO 'xivo-sud' is the host {SUD}: another inventory source has a host of this name" in done.whole


def test_entities_whose_groups_have_one_name(make: Any) -> None:
    two: list[dict[str, Any]] = [{"name": name, "xivo": "xivo-nord", "intervals": []} for name in ("a.b", "a-b")]
    here = make(start={**START, "entities": two, "users": [], "administrators": []})
    exported = here.list("--export", entities=True).inventory
    assert [one["name"] for one in exported["entity_a_b_xivo_nord"]["vars"]["xci_xivo_entities"]] == ["a-b", "a.b"]


def test_what_comes_from_xci_is_no_template_and_no_option_of_ssh(make: Any) -> None:
    evil = {"name": "evil", "xivo": "xivo-nord", "displayName": "{{ 7 * 7 }}", "intervals": []}
    odd = {"name": "xivo-odd", "host": "-oProxyCommand=touch"}
    start = {"xivos": [*START["xivos"], odd], "entities": [evil]}
    here = make(start=start)
    assert "ansible_host" not in here.list(may_warn=True).host("xivo-odd")
    play = here.folder / "play.yml"
    message = {"ansible.builtin.debug": {"msg": "It is called {{ xci_xivo_entities[0].display_name }}."}}
    play.write_text(json.dumps([{"hosts": "xivo-nord", "gather_facts": False, "tasks": [message]}]))
    done = here.run("ansible-playbook", "-i", here.write(**here.connection, entities=True), play)
    assert "It is called {{ 7 * 7 }}." in done.stdout


HOSTILE = {
    "-oProxyCommand=touch proxied": "it does not begin with a letter or a digit",
    "localhost": "Ansible uses this name itself",
    "all": "Ansible uses this name itself",
    "{{ 7 * 7 }}": "it does not begin with a letter or a digit",
    "x{{ lookup('ansible.builtin.pipe', 'touch piped') }}": "it contains",
    "../../etc": "it does not begin with a letter or a digit",
    "a\x1b]0;b": "it contains",
    "xivos": "a group has this name",
    "site_b": "a group has this name",
    "entity_accueil_xivo_nord": "a group has this name",
}
KEPT = ("Hôpital Nord (CHU)", "CHU de l'Ouest", "x-b")


@pytest.mark.core
def test_a_name_that_is_more_than_a_name_is_not_that_of_a_host(make: Any) -> None:
    """The names of XiVOs are what somebody typed on XCI; each host is there, and can be addressed."""
    names = [*HOSTILE, *KEPT]
    xivos = [{"name": name, "uuid": f"00000000-0000-4000-8000-{number:012}"} for number, name in enumerate(names)]
    here = make(start={**START, "xivos": [*START["xivos"], *xivos]})
    done = here.list(**COMPOSED, entities=True, may_warn=True)
    hosts = {host: one["xci_xivo"]["name"] for host, one in done.inventory["_meta"]["hostvars"].items()}
    uuids = {one["uuid"]: one["name"] for one in xivos if one["name"] in HOSTILE}
    kept = {name: name for name in ("xivo-nord", "xivo-sud", *KEPT)}
    assert hosts == {**uuids, **kept}
    for uuid, name in uuids.items():
        assert f"XiVO {name!r} is the host {uuid}: {HOSTILE[name]}" in done.whole
    assert "Found both group and host with same name" not in done.whole
    assert set(done.inventory["all"]["children"]) - {"ungrouped"} == set(done.inventory) - {"_meta", "all"}

    tasks = [
        {"ansible.builtin.debug": {"msg": "It is called {{ xci_xivo.name }}, {{ composed }}."}},
        {"ansible.builtin.debug": {"msg": "{{ hostvars[inventory_hostname].xci_xivo.name }} {{ group_names }}"}},
    ]
    play = here.folder / "play.yml"
    play.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    path = here.write(**here.connection, groups={"xivos": True}, compose={"composed": "xci_xivo.name"})
    ran = here.run("ansible-playbook", "-i", path, play)
    assert ran.code == 0, ran.whole
    assert "It is called {{ 7 * 7 }}, {{ 7 * 7 }}." in ran.stdout
    assert "49" not in ran.stdout
    assert not [one for one in ("proxied", "piped") if (here.folder / one).exists()]


def test_a_host_that_is_no_address_is_not_where_a_play_connects(make: Any) -> None:
    hosts = ["-oProxyCommand=touch x", "a b", "x\n-y", "{{ 7 * 7 }}", "2001:db8::7", "xivo.example.org"]
    xivos = [{"name": f"xivo-{number}", "host": host} for number, host in enumerate(hosts)]
    done = make(start={"xivos": xivos}).list(may_warn=True)
    addresses = [done.host(f"xivo-{number}").get("ansible_host") for number in range(len(hosts))]
    assert addresses == [None, None, None, None, "2001:db8::7", "xivo.example.org"]
    for number, host in enumerate(hosts[:4]):
        assert f"xivo-{number}: invalid address {host!r} as host of the XiVO on XCI" in done.whole


def test_a_play_runs_on_each_xivo_side_by_side(here: Inventory) -> None:
    options = {"name": "pharmacie", "xivo": "{{ xci_xivo.name }}", "intervals": [{"start": "5000", "end": "5099"}]}
    head = {"hosts": "all", "connection": "local", "gather_facts": False}
    play = here.folder / "play.yml"
    play.write_text(json.dumps([{**head, "tasks": [{"xivo.xci.xci_entity": options}]}]))
    environment = server.variables(here.connection)
    done = here.run("ansible-playbook", "-i", here.write(), play, environment=environment)
    assert done.code == 0, done.whole
    names = [(one["xivo"], one["name"]) for one in here.xci.sandbox.state()["entities"]]
    assert {(1, "pharmacie"), (2, "pharmacie")} <= set(names)
    # The inventory and both workers share a session.
    assert done.requests.count("POST /login") == 1


# -- where the options come from ----------------------------------------------------------------------------


def test_options_from_the_file_extra_variables_and_the_configuration(here: Inventory) -> None:
    path = here.write(xci_login="{{ 'adm' ~ 'in' }}", xci_password="{{ lookup('ansible.builtin.env', 'MY_PASSWORD') }}")
    (here.folder / "ansible.cfg").write_text(f"[xci]\nurl = {here.connection['xci_url']}\n")
    done = here.run("ansible-inventory", "-i", path, "--list", environment={"MY_PASSWORD": PASSWORD})
    assert "xivo-nord" in done.inventory["_meta"]["hostvars"]
    variables = here.folder / "extra.json"
    variables.write_text(json.dumps({"xci_password": PASSWORD, "xci_login": ADMIN}))
    # Not as a list: that shows extra variables, whatever they hold.
    assert "xivo-nord" in here.run("ansible-inventory", "-i", here.write(), "--graph", "-e", f"@{variables}").stdout


def test_a_password_in_the_vault(here: Inventory) -> None:
    key = here.folder / "key"
    key.write_text("a-made-up-key")
    vault = ("encrypt_string", "--vault-password-file", key, PASSWORD)
    encrypted = playbook.run(here.folder, "ansible-vault", *vault)
    assert encrypted.code == 0, encrypted.stderr
    path = here.folder / "vaulted.xci.yml"
    rest = "".join(
        f"{name}: {json.dumps(value)}\n" for name, value in here.connection.items() if "password" not in name
    )
    path.write_text(f"plugin: xivo.xci.xci\n{rest}xci_password: {encrypted.stdout}\n")
    done = here.run("ansible-inventory", "-i", path, "--list", "--vault-password-file", key)
    assert "xivo-nord" in done.inventory["_meta"]["hostvars"]


# -- the cache ----------------------------------------------------------------------------------------------


@pytest.fixture
def cached(here: Inventory) -> dict[str, Any]:
    return {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(here.folder / "cache")}


def test_the_cache_spares_requests_and_holds_no_secret(here: Inventory, cached: dict[str, Any]) -> None:
    first = here.list(**cached, **COMPOSED, entities=True)
    second = here.list("-vvvv", **cached, **COMPOSED, entities=True)
    assert second.requests == []
    assert second.stdout[second.stdout.index("{") :] == first.stdout
    assert "using the cache of" in second.whole
    files = [path.read_text() for path in (here.folder / "cache").rglob("*") if path.is_file()]
    assert len(files) == 1
    assert PASSWORD not in files[0]
    assert "PLAY_SESSION" not in files[0]
    assert here.list("--flush-cache", **cached, **COMPOSED, entities=True).requests != []


def test_the_cache_of_other_options_or_of_another_xci_is_not_used(here: Inventory, cached: dict[str, Any]) -> None:
    here.list(**cached)
    assert here.list(**cached, entities=True).requests != []
    assert "check xci_login" in here.fails(**cached, entities=True, xci_login="somebody")


@pytest.mark.slow
def test_a_cache_that_is_too_old_serves_while_xci_is_down(here: Inventory, cached: dict[str, Any]) -> None:
    fresh = here.list(**cached, cache_timeout=1)
    time.sleep(1.1)
    assert here.list(**cached, cache_timeout=1).requests != []
    here.xci.sandbox.stop()
    time.sleep(1.1)
    stale = here.list(**cached, cache_timeout=1, may_warn=True)
    assert stale.stdout == fresh.stdout
    assert "XCI can't be read, using the cache of " in stale.whole
    assert "can't connect" in here.fails("--flush-cache", **cached, cache_timeout=1)


def test_a_refused_login_is_an_error_with_a_cache_too(here: Inventory, cached: dict[str, Any]) -> None:
    here.list(**cached, cache_timeout=1)
    time.sleep(1.1)
    assert "check xci_login and xci_password" in here.fails(**cached, cache_timeout=1, xci_password="wrong")


def test_a_cache_that_somebody_spoiled_is_not_used(here: Inventory, cached: dict[str, Any]) -> None:
    here.list(**cached)
    (file,) = (path for path in (here.folder / "cache").rglob("*") if path.is_file())
    file.write_text(json.dumps({"xivos": []}))
    assert here.list(**cached).host("xivo-nord")


# -- what goes wrong ----------------------------------------------------------------------------------------


def test_a_connection_that_can_not_be(here: Inventory) -> None:
    assert "check xci_login and xci_password" in here.fails(xci_password="wrong")
    assert "can't connect" in here.fails(xci_url="http://127.0.0.1:1")
    assert "Is this XCI's own address?" in here.fails(xci_url=f"{here.xci.sandbox.origin}/elsewhere")
    assert "missing required option: xci_password" in here.fails(xci_password="")
    assert "is not a URL" in here.fails(xci_url="nowhere")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "reset"},
        {"kind": "html"},
        {"kind": "cut"},
        {"kind": "body", "body": {"items": {}}},
    ],
)
def test_xci_down_in_the_middle_is_no_smaller_inventory(here: Inventory, fault: dict[str, Any]) -> None:
    here.xci.sandbox.faults.add({"path": "/users$", "nth": 3, "times": 0, "fault": fault})
    assert "/users" in here.fails(entities=True, usage=True) or fault["kind"] == "body"


def test_an_expression_that_fails_is_no_smaller_inventory(here: Inventory) -> None:
    assert "nothing_like_it" in here.fails(strict=True, compose={"x": "nothing_like_it"})


def test_a_run_can_go_on_without_these_hosts(here: Inventory) -> None:
    done = here.list(may_warn=True, required=False, xci_password="wrong")
    assert done.inventory["_meta"]["hostvars"] == {}
    assert "check xci_login and xci_password" in done.whole
