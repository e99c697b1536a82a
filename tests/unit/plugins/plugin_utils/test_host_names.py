# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which names of XiVOs are names of hosts, and what a host is called otherwise."""

from __future__ import annotations

import pytest

from ansible_collections.xivo.xci.plugins.plugin_utils.host_names import Xivo, host_names

UUID, OTHER = "8f159082-4b25-48b3-afec-1873491a60be", "15585b75-1d75-45b1-8678-520d1210ec59"


def xivo(name: str, identity: int = 3, uuid: str = UUID) -> Xivo:
    return name, uuid, identity


def named(*xivos: Xivo, groups: tuple[str, ...] = (), hosts: tuple[str, ...] = ()) -> list[str]:
    return [name for name, _fault in host_names(xivos, groups, hosts)]


@pytest.mark.parametrize(
    "name",
    [
        "xivo-nord",
        "Hôpital Nord (CHU)",
        "220",
        "Évreux #2",
        "CHU de l'Ouest",
        "x",
        "xivo.example.org",
        "a_b+c=d%e",
        "Localhost2",
    ],
)
def test_a_name_is_kept(name: str) -> None:
    assert list(host_names([xivo(name)], ["xivos", "entity_a_b"])) == [(name, "")]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("-oProxyCommand=touch x", "does not begin with"),
        ("", "does not begin with"),
        (" xivo", "does not begin with"),
        ("xivo ", "ends with a blank"),
        ("../../etc", "does not begin with"),
        ("~root", "does not begin with"),
        ("@file", "does not begin with"),
        ("{{ 7 * 7 }}", "does not begin with"),
        ("x{{ 7 * 7 }}", "contains * { }"),
        ("x{% raw %}", "contains { }"),
        ("a/../../etc", "contains /"),
        ("a\\b", "contains \\"),
        ("a$(id)", "contains $"),
        ("a`id`", "contains `"),
        ("a;id", "contains ;"),
        ("a|id", "contains |"),
        ("a&id", "contains &"),
        ("a>b<c", "contains < >"),
        ("a'b\"c", 'contains "'),
        ("a:b,c", "contains , :"),
        ("a*b?", "contains * ?"),
        ("a[1:3]", "contains : [ ]"),
        ("a!b", "contains !"),
        ("a\nb", "invisible"),
        ("a\x00b", "invisible"),
        ("a\x1b[31mb", "contains ["),
        ("a\u200bb", "invisible"),
        ("a\u202eb", "invisible"),
        ("a\u2028b", "invisible"),
        ("localhost", "Ansible uses"),
        ("LocalHost", "Ansible uses"),
        ("127.0.0.1", "Ansible uses"),
        ("all", "Ansible uses"),
        ("ungrouped", "Ansible uses"),
        ("::1", "does not begin with"),
        ("xivos", "a group has this name"),
    ],
)
def test_a_name_that_could_be_more_than_a_name(name: str, said: str) -> None:
    ((host, fault),) = host_names([xivo(name)], ["xivos"])
    assert host == UUID
    assert said in fault


def test_a_host_of_another_source_is_not_taken_over() -> None:
    ((host, fault),) = host_names([xivo("db1")], [], ["db1"])
    assert (host, fault) == (UUID, "another inventory source has a host of this name")
    assert named(xivo("db1"), xivo("nord", 4), hosts=("db1", UUID, "sud")) == ["xivo_3", "nord"]


def test_several_of_one_name() -> None:
    twins = [xivo("nord", 1, UUID), xivo("nord", 2, OTHER), xivo("sud", 3, "x")]
    assert named(*twins) == [UUID, OTHER, "sud"]


@pytest.mark.parametrize("uuid", ["-oProxyCommand=x", "", "localhost", "a/b", "xivos", "nord"])
def test_a_uuid_that_can_not_be_a_name_either(uuid: str) -> None:
    assert named(xivo("all", 3, uuid), xivo("nord", 4), groups=("xivos",)) == ["xivo_3", "nord"]


def test_no_host_is_two_xivos() -> None:
    """Whoever calls a XiVO as another one would be called gets no part of that one's variables."""
    assert named(xivo("-x", 3, UUID), xivo(UUID, 4, OTHER)) == ["xivo_3", UUID]
    assert named(xivo("-x", 3, ""), xivo("xivo_3", 4, OTHER), xivo("-y", 5, UUID)) == ["xivo_3_", "xivo_3", UUID]
    assert named(xivo("-x", 3, UUID), xivo("-y", 4, UUID)) == [UUID, "xivo_4"]
    assert named(xivo("-x", 3, ""), groups=("xivo_3", "xivo_3_")) == ["xivo_3__"]
