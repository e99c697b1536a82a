# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options approved and plan_file: the plan of a run, kept for the one that carries it out."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Mapping
from typing import Any

from ..api.errors import InputError, Problem, texts
from ..engine.approval import SIGNATURE, Approval, Approved, head, operations_of
from ..engine.fresh import approve
from ..engine.plan import BOUNDS, Plan
from ..engine.planner import Planner
from ..engine.seal import Seal
from ..model.change import CREATE
from ..model.resources import NUMBERS
from ..state.state import State
from .context import Context
from .files import read_file, write_file

OPTIONS: dict[str, Any] = {"approved": {"type": "str"}, "plan_file": {"type": "path"}}


class Approvals:
    """What was approved for one run, and what it hands on to be approved."""

    def __init__(self, options: Mapping[str, Any], context: Context) -> None:
        self._options, self._context = options, context
        self._settings = context.client.settings
        self._file, plan_id = options.get("plan_file"), options.get("approved")
        self._records: dict[str, Any] = {}
        self.done: set[int] = set()
        self.approved: Approved | None = None
        self.started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        if plan_id is not None:
            if not plan_id.strip():
                raise InputError(Problem("it is empty; omit it to write what is planned now", "approved"))
            self.approved = Approved(plan_id.strip())
            if self._file:
                self.approved = Approved.load(plan_id.strip(), read_file(self._file))
        elif self._file and not context.check:
            why = "it is written in check mode; to carry out the plan that it has, set approved to the plan_id"
            raise InputError(Problem(why, "plan_file"))
        elif self._file:
            # Whatever happens, no earlier plan must be taken for this one.
            with contextlib.suppress(OSError):
                os.unlink(self._file)

    def reserve(self, state: State) -> None:
        """Let who is to be created or is in an exchange get what was approved, though something else is free by now."""
        records = self.approved.records if self.approved else []
        state.reservations.between = {(one.kind, one.id): one.between for one in records if one.id is not None}
        for record in records:
            if record.action == CREATE and record.kind == NUMBERS.users.kind:
                state.numbers.reserve(record.after[NUMBERS.users.scope], record.after)

    def about(self, plan: Plan | None) -> dict[str, Any]:
        """Return what a result says of itself: who made it, where, and when; of a valid document the plan's id."""
        known: dict[str, Any] = {"login": self._settings.login, "address": self._settings.url, "time": self.started}
        if plan is not None:
            seal = Seal(self._settings)
            operations = operations_of(plan, seal) if self._file and not self.approved else []
            plan_id = seal.plan_id(record.signature(seal) for record in plan.records)
            known["plan_id"] = plan_id
            self._records = {**head(seal, self._settings, plan_id), "operations": operations}
        return known

    def refusal(self, plan: Plan, planner: Planner) -> tuple[str, list[Problem]]:
        """Return why the plan is not what was approved, and the differences; it is written exactly as planned."""
        if self.approved is None:
            return "", []
        seal = Seal(self._settings)
        approval = Approval(seal, self._settings, self.approved, planner.view, planner.unchanged_objects())
        why = approval.check(plan)
        self.done = approval.done
        for step in plan.order.steps if plan.order else ():
            approve(step.operation, self._context.state)
        return why, approval.problems

    def keep(self, result: Mapping[str, Any]) -> None:
        """Write the plan file, with all of a result however much of it is shown."""
        if self._file and not self.approved:
            bounds = {name: self._options.get(name) for name in BOUNDS}
            more = {"bounds": bounds, "warnings": texts(self._context.warnings)}
            whole = {**result, **more, **self._records}
            if self._records:
                whole[SIGNATURE] = Seal(self._settings).sign(whole)
            write_file(self._file, json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
