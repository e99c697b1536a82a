# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests about the tests: nothing that has to be shown can be forgotten."""

from __future__ import annotations

import ast
from pathlib import Path

import yaml
from xcisandbox.dialects import SWITCHES

from ansible_collections.xivo.xci.plugins.module_utils.model.resources import RESOURCES
from ansible_collections.xivo.xci.tests.integration.cycles import CYCLES, DIALECTS
from ansible_collections.xivo.xci.tests.support.server import alike

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in ROOT.glob("plugins/modules/xci_*.py"))

# What the API's page leaves open or hides, by what goes wrong without care; each by the tests that fail then.
TRAPS: dict[str, list[str]] = {
    "1 a combinedId is one encoded segment of a path": ["test_renaming_by_id_and_clearing", "test_twelve_steps"],
    "2 a single number has an end that is empty, absent or the same": [
        "test_a_single_number_is_equal_however_it_is_written_or_shown",
        "test_leading_zeros_count_and_integers_are_taken_as_written",
    ],
    "3 a presented number may be a word, a number may lie outside of the intervals": [
        "test_twelve_steps",
        "test_a_number_outside_of_the_intervals_or_with_leading_zeros_is_taken",
    ],
    "4 unknown keys are kept": ["test_what_xci_keeps_besides_survives_a_change"],
    "5 an edit replaces the whole object": ["test_twelve_steps", "test_what_xci_keeps_besides_survives_a_change"],
    "6 a write may answer anything": ["test_twelve_steps"],
    "7 list and get disagree, absent and null are equal": [
        "test_clearing_with_an_empty_string",
        "test_what_a_module_returned_can_be_given_back",
    ],
    "8 conditional keys of a template are absent": ["test_what_does_not_apply_is_absent_and_no_difference"],
    "9 entities of an administrator have three shapes": [
        "test_entities_are_read_in_any_shape_and_written_as_ids",
    ],
    "10 a CTI password is shown, masked or hidden": [
        "test_a_cti_password_is_compared_only_where_it_is_shown",
        "test_a_change_keeps_the_cti_password_that_the_task_gives",
    ],
    "11 the cookie has any name, a login is refused and a session ends in several ways": [
        "test_twelve_steps",
        "test_a_wrong_password_is_said_to_be_wrong",
        "test_a_session_that_ended_is_renewed_once",
    ],
    "12 one GET acts": ["test_check_mode_skips_it_and_says_so", "test_it_is_always_a_change"],
    "13 a XiVO is saved even when it can't be configured": [
        "test_a_xivo_that_can_not_be_configured_is_saved_and_said_to_be",
    ],
    "14 names may repeat": [
        "test_bad_input_is_named_and_nothing_is_written",
        "test_two_of_the_same_name_are_never_guessed",
        "test_two_xivos_of_one_name_are_distinguished_by_uuid",
    ],
    "15 numbers repeat between entities": ["test_the_same_number_on_two_xivos_is_two_users"],
    "16 a delete may be refused": ["test_a_refusal_to_delete_is_passed_on_in_the_servers_words"],
    "17 users load slowly": ["test_the_timeout_is_an_option"],
    "18 names are French": ["test_names_come_back_as_they_were_given_but_for_blanks_at_their_ends"],
    "19 hosts may be blank": ["test_a_blank_host_is_no_difference"],
}


def functions() -> set[str]:
    """Return the names of all integration tests."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("test_*.py")]
    return {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_trap_has_a_test() -> None:
    known = functions()
    missing = {trap: set(tests) - known for trap, tests in TRAPS.items()}
    assert {trap: tests for trap, tests in missing.items() if tests} == {}
    assert [trap.split()[0] for trap in TRAPS] == [str(number) for number in range(1, 20)]


def test_each_module_is_in_the_action_group_and_runs_in_the_worker() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert sorted(runtime["action_groups"]["xci"]) == MODULES
    assert [path.stem for path in ROOT.glob("plugins/action/xci_*.py")] == ["xci_config"]
    routed = runtime["plugin_routing"]["modules"]
    assert sorted([*routed, "xci_config"]) == MODULES
    assert [route for route in routed.values() if route != {"action_plugin": "xivo.xci.xci_config"}] == []


def test_each_resource_has_a_module_with_its_cycle() -> None:
    assert set(CYCLES) | {"xivo"} == set(RESOURCES)
    assert {f"xci_{kind}" for kind in RESOURCES} <= set(MODULES)


def test_each_value_of_each_dialect_is_met() -> None:
    default = {name: values[0] for name, values in SWITCHES.items()}
    met = {(name, value) for dialect in DIALECTS.values() for name, value in {**default, **dialect}.items()}
    turned = {name for dialect in DIALECTS.values() for name in dialect}
    missing = {(name, value) for name, values in alike().items() if name in turned for value in values} - met
    # An answer that is a word, or an address, is met by the tests of each dialect with each module.
    assert missing == {("expired", "440"), ("write_body", "location"), ("write_body", "text")}


def test_each_module_has_a_real_run() -> None:
    used = " ".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    without = [module for module in MODULES if module not in used and f"_{module.split('_')[1]}_info" not in used]
    assert [module for module in without if not module.endswith("_info")] == []
