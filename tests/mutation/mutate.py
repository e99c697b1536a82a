# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts one small fault at a time into the core and sees whether the unit tests notice.

usage: mutate.py [--limit N] [--seconds N] [--least PERCENT] [MODULE ...]

The common tools for this find the mutated file by its path, or run a new Python for each fault; here modules are
found by Ansible's importer, and a new Python takes longer than the tests. So this one starts once, learns which tests
reach which line, and forks for each fault: the child imports the faulty source in place of the file, and runs only
the tests that reach the faulty line. Nothing on disk is changed.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import os
import random
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionPkgLoaderBase

# What the children need and would each import again.
for needed in ("ansible.module_utils.basic", "ansible.plugins.action.normal", "hypothesis", "requests"):
    importlib.import_module(needed)

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "ansible_collections.xivo.xci.plugins.module_utils"
MODULES = (
    "model.values", "model.intervals", "model.fields", "model.resources", "model.parsing", "model.change",
    "state.index", "state.names", "state.numbers", "state.state", "state.planned",
    "engine.propose", "engine.planner", "engine.order", "engine.write", "engine.record", "engine.execute",
    "modules.config", "api.client",
)  # fmt: skip
TESTS = ("tests/unit/plugins", "tests/property")
IMPORT = ""
EXPLAINED = Path(__file__).with_name("survivors.txt")

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.BitOr: ast.BitAnd, ast.Break: ast.Continue,
    ast.Continue: ast.Break,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One fault: where it is, what it is, and the whole source with it."""

    module: str
    lines: range
    what: str
    source: str

    def __str__(self) -> str:
        return f"{self.module}:{self.lines[0]}: {self.what}"

    @property
    def own_tests(self) -> str:
        """The file with the tests of the module, such as ``tests/unit/plugins/module_utils/api/test_client.py``."""
        folder, _dot, module = self.module.rpartition(".")
        return f"{TESTS[0]}/module_utils/{folder}/test_{module}.py"

    @property
    def name(self) -> str:
        """What stays the same when lines move."""
        return f"{self.module}: {self.what}"


# -- the faults ---------------------------------------------------------------------------------------------


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Yield all faults of a module, in the order of its lines."""
    tree = ast.parse(source)
    passed_over = set(_annotations_and_texts(tree))
    lines = _lines(tree)
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in passed_over:
            continue
        for how, other in enumerate(_changed(node)):
            faulty = copy.deepcopy(tree)
            place = list(ast.walk(faulty))[number]
            _put(faulty, place, copy.deepcopy(other))
            context = source.splitlines()[lines[id(node)][0] - 1].strip()[:60]
            what = f"{context!r}: {_text(node)} -> {_text(other)} ({how})"
            yield Mutant(module, lines[id(node)], what, ast.unparse(faulty))


def _lines(tree: ast.Module) -> dict[int, range]:
    """Return for each node the lines of its statement, without those of the statements inside."""
    lines: dict[int, range] = {}

    def walk(node: ast.AST, inside: range) -> None:
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            inside = range(node.lineno, max(node.lineno + 1, body[0].lineno if body else (node.end_lineno or 0) + 1))
        lines[id(node)] = inside
        for inner in ast.iter_child_nodes(node):
            walk(inner, inside)

    walk(tree, range(1, 2))
    return lines


def _annotations_and_texts(tree: ast.Module) -> Iterator[int]:
    """Yield what says nothing to a running program: annotations, docstrings, imports, and the wording of errors."""
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, (ast.FunctionDef, ast.arg)):
            parts.append(node.returns if isinstance(node, ast.FunctionDef) else node.annotation)
        if isinstance(node, ast.AnnAssign):
            parts.append(node.annotation)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            parts.append(node)
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            parts += node.decorator_list
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            parts.append(node)
        for part in parts:
            if part is not None:
                yield from (id(inner) for inner in ast.walk(part))


def _changed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in place of a node."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPS:
        yield ast.Compare(node.left, [_swapped(node.ops[0])], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(_swapped(node.op), node.values)
        for left_out in range(len(node.values)):
            rest = node.values[:left_out] + node.values[left_out + 1 :]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.BinOp) and type(node.op) in SWAPS:
        yield ast.BinOp(node.left, _swapped(node.op), node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
        yield from _other_tests(node)
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield ast.comprehension(node.target, node.iter, [], node.is_async)
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node.value)
    else:
        yield from _other_statements(node)


def _swapped(operator: ast.AST) -> Any:
    return SWAPS[type(operator)]()


def _other_tests(node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    for always in (True, False):
        if isinstance(node, ast.While) and always:
            continue  # it would never end
        other = copy.copy(node)
        other.test = ast.Constant(always)
        yield other


def _other_constants(value: Any) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        if value:
            yield ast.Constant(0)
    elif isinstance(value, float):
        yield ast.Constant(value * 2 or 1.0)
    elif isinstance(value, str) and value.isidentifier():
        yield ast.Constant(f"{value}_")


def _other_statements(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and node.value is not None and not _is_empty(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, (ast.Break, ast.Continue)):
        yield _swapped(node)
    elif isinstance(node, (ast.Raise, ast.AugAssign, ast.Delete)) or (
        isinstance(node, ast.Expr) and isinstance(node.value, (ast.Call, ast.Yield, ast.YieldFrom))
    ):
        yield ast.Pass()


def _is_empty(node: ast.AST) -> bool:
    """Return whether something is as good as None to most callers."""
    return isinstance(node, ast.Constant) and not node.value


def _put(tree: ast.Module, place: ast.AST, other: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is place:
                setattr(parent, name, other)
            elif isinstance(value, list):
                value[:] = [other if one is place else one for one in value]
    ast.fix_missing_locations(tree)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.comprehension):
        return f"for {ast.unparse(node.target)} in ... if {' and '.join(map(ast.unparse, node.ifs)) or 'always'}"
    return " ".join(ast.unparse(node).split())[:60]


# -- the tests ----------------------------------------------------------------------------------------------


class Watch:
    """Learns which tests run which lines of the core, and how long each takes."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._test = IMPORT
        self._endings = {f"xivo/xci/plugins/module_utils/{module.replace('.', '/')}.py": module for module in modules}
        self._files: dict[str, str | None] = {}
        self.reached: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    def _trace(self, frame: FrameType, event: str, _argument: Any) -> Any:
        file = frame.f_code.co_filename
        if file not in self._files:
            self._files[file] = next((module for end, module in self._endings.items() if file.endswith(end)), None)
        module = self._files[file]
        if module is None:
            return None
        self.reached[(module, frame.f_lineno)].add(self._test)
        return self._trace

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        start = time.monotonic()
        self.start(item.nodeid)
        yield
        self.stop()
        self.seconds[item.nodeid] = time.monotonic() - start

    def start(self, test: str) -> None:
        """Look from now on; what runs at import concerns every test."""
        self._test = test
        threading.settrace(self._trace)
        sys.settrace(self._trace)

    @staticmethod
    def stop() -> None:
        sys.settrace(None)
        threading.settrace(None)

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Return the tests that can notice a fault, the quickest first; what runs at import concerns all."""
        tests = {test for line in mutant.lines for test in self.reached.get((mutant.module, line), ())}
        if not tests or IMPORT in tests:
            tests = {test for (module, _line), some in self.reached.items() if module == mutant.module for test in some}
        # A test that looks at a constant runs no line of the module, and what is cached is run by the first test only.
        tests |= {test for test in self.seconds if test.partition("::")[0] == mutant.own_tests}
        return sorted(tests - {IMPORT}, key=lambda name: self.seconds.get(name, 0.0))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(f"{report.nodeid}\n{report.longreprtext}")


def put_in(mutant: Mutant, file: str) -> None:
    """Let Ansible's importer take the faulty source for a module of the core."""
    usual, name = _AnsibleCollectionPkgLoaderBase.get_code, f"{PACKAGE}.{mutant.module}"
    code = compile(mutant.source, file, "exec")

    def get_code(loader: Any, fullname: str) -> Any:
        return code if fullname == name else usual(loader, fullname)

    _AnsibleCollectionPkgLoaderBase.get_code = get_code


class Only:
    """Keeps of what was collected the tests that are asked for, the quickest first."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._order = {name: place for place, name in enumerate(wanted)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self._order), key=lambda i: self._order[i.nodeid])


OPTIONS = ["-q", "-x", "--no-header", "--no-summary", "-p", "no:cacheprovider", "--capture=sys", "-m", "not slow"]


def survives(mutant: Mutant, file: str, tests: Sequence[str], seconds: float) -> str:
    """Run the tests on a fault in a child; return how it fared: killed, survived, timeout."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(max(5, int(seconds)))
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            put_in(mutant, file)
            files = sorted({name.partition("::")[0] for name in tests})
            status = int(pytest.main([*OPTIONS, *files], plugins=[Only(tests)]))
        finally:
            os._exit(min(status, 100))
    _child, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "timeout"
    return "survived" if os.WEXITSTATUS(status) == 0 else "killed"


# -- the run ------------------------------------------------------------------------------------------------


def learn(modules: Sequence[str]) -> Watch:
    """Run all tests once in a child, so that nothing of the core is imported here, and return what was seen."""
    import pickle  # noqa: PLC0415 (from our own child)

    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        watch = Watch(modules)
        watch.start(IMPORT)
        pytest.main([*OPTIONS[:1], *OPTIONS[2:], *TESTS], plugins=[watch])
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump((dict(watch.reached), watch.seconds, watch.failed), pipe)
        os._exit(0)
    os.close(writer)
    watch = Watch(modules)
    with os.fdopen(reader, "rb") as pipe:
        reached, watch.seconds, watch.failed = pickle.load(pipe)  # noqa: S301
    watch.reached = defaultdict(set, reached)
    os.waitpid(child, 0)
    return watch


def explained() -> dict[str, str]:
    """Return the faults that no test can notice, each with the reason."""
    lines = EXPLAINED.read_text(encoding="utf-8").splitlines() if EXPLAINED.exists() else []
    pairs = [line.partition("  # ") for line in lines if line and not line.startswith("#")]
    return {name: reason for name, _mark, reason in pairs}


def judge(module: str, watch: Watch, options: argparse.Namespace, known: dict[str, str]) -> tuple[int, int]:
    """Try the faults of a module; print those that survive; return how many were killed, of how many."""
    path = ROOT / "plugins" / "module_utils" / f"{module.replace('.', '/')}.py"
    chosen = [one for one in mutants(module, path.read_text(encoding="utf-8")) if one.name not in known]
    if options.limit and len(chosen) > options.limit:
        chosen = sorted(random.Random(module).sample(chosen, options.limit), key=lambda one: one.lines[0])  # noqa: S311
    # Without a fault, all tests pass this way too.
    whole = Mutant(module, range(1, 2), "no fault", path.read_text(encoding="utf-8"))
    if survives(whole, str(path), watch.tests_of(whole), 600) != "survived":
        raise SystemExit(f"{module}: the tests fail even without a fault")
    killed = 0
    for mutant in chosen:
        reaching = watch.tests_of(mutant)
        usual = sum(watch.seconds.get(name, 0.0) for name in reaching)
        fate = survives(mutant, str(path), reaching, options.seconds + 3 * usual) if reaching else "not reached"
        killed += fate in ("killed", "timeout")
        if fate not in ("killed", "timeout"):
            print(f"  {fate}: {mutant}", flush=True)
    return killed, len(chosen)


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutation testing of the core.")
    parser.add_argument("modules", nargs="*", default=list(MODULES), metavar="MODULE")
    parser.add_argument("--limit", type=int, default=0, help="at most so many faults of a module, a fixed choice")
    parser.add_argument("--seconds", type=float, default=20.0, help="how much longer than usual the tests may take")
    parser.add_argument("--least", type=float, default=0.0, help="fail below this percentage")
    options = parser.parse_args()
    modules = options.modules or list(MODULES)
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    watch = learn(modules)
    print(f"{len(watch.seconds)} tests in {sum(watch.seconds.values()):.0f} s, {len(watch.failed)} failed")
    if watch.failed:
        print("\n".join(watch.failed))
        return 2
    known, totals, start = explained(), [0, 0], time.monotonic()
    for module in modules:
        killed, all_of_them = judge(module, watch, options, known)
        totals = [totals[0] + killed, totals[1] + all_of_them]
        print(f"{module}: {killed} of {all_of_them} killed, {100 * killed / max(1, all_of_them):.1f} %", flush=True)
    score = 100 * totals[0] / max(1, totals[1])
    print(f"all: {score:.1f} % of {totals[1]}, {len(known)} explained, {time.monotonic() - start:.0f} s")
    return int(score < options.least)


if __name__ == "__main__":
    sys.exit(main())
