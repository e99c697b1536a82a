# SPDX-FileCopyrightText: 2026 the xivo.xci authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what would be done now is what was approved, or what is left of that."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..api.errors import InputError, Problem, counted, first_of
from ..api.settings import Settings
from ..api.version import VERSION
from ..model.change import CREATE, DELETE
from ..model.fields import Resource, Values, is_planned
from ..model.kept import may_be_kept, not_kept
from ..model.resources import RESOURCES
from ..state.planned import PlannedState
from .plan import Plan, Record, Reference, as_entry
from .seal import Seal

HEAD = ("plan_id", "login", "address", "version", "check_value")
SIGNATURE = "signature"
"""The key of the signature of all else in a plan file."""


def head(seal: Seal, settings: Settings, plan_id: str) -> dict[str, str]:
    """Return what a plan file says of its plan: which it is, and with which key it was signed."""
    values = (plan_id, settings.login, settings.url, VERSION, seal.check_value())
    return dict(zip(HEAD, values))


def operations_of(plan: Plan, seal: Seal) -> list[dict[str, Any]]:
    """Return the signed operations of a plan, without secrets, in the order of the result ``plan``."""
    signed = [record.signed(seal) for record in plan.records]
    return [{**asdict(record), "hmac": record.signature(seal)} for record in signed]


@dataclass
class Approved:
    """A plan that somebody approved: its id, and what its file says where there is one.

    *content* is all of the file but for its *signature*.
    """

    plan_id: str
    head: Mapping[str, str] = field(default_factory=dict)
    entries: list[Values] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    content: Any = None
    signature: str = ""

    @classmethod
    def load(cls, plan_id: str, text: bytes) -> Approved:
        """Return what a plan file says; raise InputError for one that says something else."""
        try:
            data = json.loads(text)
            records = [
                Record(**{name: value for name, value in one.items() if name != "hmac"}) for one in data["operations"]
            ]
            for record in records:
                record.references = [(one[0], one[1], one[2]) for one in record.references]
            found = cls(plan_id, {name: str(data[name]) for name in HEAD}, data["plan"], records)
            found.signature = data.pop(SIGNATURE)
            found.content = data
        except (ValueError, TypeError, KeyError, AttributeError):
            raise InputError(Problem("no plan of a document that could be planned", "plan_file")) from None
        return found


@dataclass
class Approval:
    """The check of one run: *problems* are why it must not go on, *done* are the operations that were done before.

    *view* is the state as the whole plan leaves it, *unchanged* are the objects that its document names and that it
    does not write.
    """

    seal: Seal
    settings: Settings
    approved: Approved
    view: PlannedState
    unchanged: Collection[tuple[str, int]] = ()
    problems: list[Problem] = field(default_factory=list)
    done: set[int] = field(default_factory=set)

    def check(self, plan: Plan) -> str:
        """Return why a plan must not be carried out, or an empty text; an empty plan may be."""
        if not plan.operations:
            return ""
        plan_id = self.seal.plan_id(record.signature(self.seal) for record in plan.records)
        if not self.approved.head:
            return "" if plan_id == self.approved.plan_id else self._possible_reasons(plan_id)
        reason = self._other_file() or self._other_key()
        if reason:
            return f"nothing was changed: {reason}"
        self.problems = [problem for problem in self._differences(plan) if problem.msg]
        if not self.problems:
            return ""
        count = counted(len(self.problems), "difference")
        first = first_of(f"{one.kind} {one.key}: {one.msg}" for one in self.problems)
        why = f"what would be done now is not what was approved ({count}): {first}"
        return f"nothing was changed: {why}. Plan again, and have that approved"

    def _possible_reasons(self, plan_id: str) -> str:
        return (
            f"nothing was changed: approved is {self.approved.plan_id}, and what would be done now is {plan_id}. Since "
            "the plan was made, objects of it were changed on XCI, or the document or one of its passwords was; or a "
            f"part of it was applied; or it was made by another login than {self.settings.login}, for another address "
            f"than {self.settings.url}, with another XCI password than now, or with another version of the collection "
            f"than {VERSION}. Give the plan_file that was written with it to see which, or plan again"
        )

    def _other_file(self) -> str:
        known = self.approved.head["plan_id"]
        if known != self.approved.plan_id:
            return f"approved is {self.approved.plan_id}, and plan_file has the plan {known}"
        return ""

    def _other_key(self) -> str:
        """Return what else the plan was made with than this run."""
        now = {"login": self.settings.login, "address": self.settings.url, "version": VERSION}
        words = {"login": "by the login", "address": "for the address", "version": "with version"}
        other = [
            f"it was planned {words[name]} {self.approved.head[name]}, and this is {value}"
            for name, value in now.items()
            if self.approved.head[name] != value
        ]
        if other:
            return "; ".join(other)
        if self.approved.head["check_value"] != self.seal.check_value():
            return f"the XCI password of {self.settings.login} is another one than when it was planned"
        is_intact = self.seal.sign(self.approved.content) == self.approved.signature
        return "" if is_intact else "plan_file was changed since it was written"

    def _differences(self, plan: Plan) -> Iterator[Problem]:
        """Yield a problem for each operation that was not planned, and for each that is missing and not done."""
        created: set[Reference] = {
            (entry["kind"], entry["key"]) for entry in self.approved.entries if entry["action"] == CREATE
        }
        planned = {key(record, entry): (record, entry) for record, entry in self._file()}
        valid = {step.signature(self.seal, created) for record in self.approved.records for step in self._steps(record)}
        left = dict(planned)
        for operation, record in zip(plan.operations, plan.records):
            entry = as_entry(operation)
            was = left.pop(_planned(record, entry, left), None)
            if record.signature(self.seal, created) in valid:
                continue
            if was and self._is_left(record, entry, was[0], created):
                self.done.add(id(operation))
                continue
            yield plan.locate(operation).at(msg=self._why(record, entry, *(was or (None, None))))
        for record, entry in left.values():
            if not self._is_done(record):
                known = {"action": entry["action"], "kind": entry["kind"], "key": entry["key"]}
                why = f"{record.action} was planned; now there is nothing to do for it, though it was not done"
                yield Problem(why, **known)

    def _file(self) -> Iterator[tuple[Record, Values]]:
        yield from zip(self.approved.records, self.approved.entries)

    def _why(self, now: Record, entry: Values, was: Record | None, planned: Values | None) -> str:
        """Return what differs from what was planned, in names."""
        if was is None or planned is None:
            return f"{entry['action']} was not planned"
        if was.action != now.action:
            return f"{was.action} was planned, now it is {now.action}"
        differences = [
            f"{name} was {was.before.get(name)!r} on XCI, now it is {value!r}"
            for name, value in now.before.items()
            if was.before.get(name) != value
        ]
        for part in ("changes", "sends"):
            for name in {**planned[part], **entry[part]}:
                before, after = (_wanted(one[part].get(name)) for one in (planned, entry))
                if before != after:
                    differences.append(f"{name} was to be {before!r}, now {after!r}")
        others = {(kind, label): identity for kind, label, identity in was.references}
        differences += [
            f"{kind} {label} is another one than when it was planned"
            for kind, label, identity in now.references
            if identity and others.get((kind, label), identity) != identity
        ]
        if not differences and now.between != was.between:
            return "for the moment, it would get another value than planned in its exchange"
        return "; ".join(dict.fromkeys(differences)) or "a password is another one than when it was planned"

    def _is_left(self, now: Record, entry: Values, was: Record, created: set[Reference]) -> bool:
        """Return whether an operation was done, and is planned again all the same.

        Such as a password that is always sent, or a name of which XCI keeps another spelling.
        """
        resource = RESOURCES[now.kind]
        is_other = any(now.sent.get(name) != value for name, value in now.secrets.items())
        if DELETE in (now.action, was.action) or is_other or not _shows(was, now.before):
            return False
        unchanged = [name for name in now.sent if name in was.after and name not in entry["changes"]]
        same = {name: was.after[name] for name in unchanged if may_be_kept(resource, name, was.after, now.sent)}
        return replace(now, sent={**now.sent, **same}).signed(self.seal, created).sent == was.sent

    def _steps(self, record: Record) -> Iterator[Record]:
        """Yield an operation, and what is left of it once its object has given something up in an exchange.

        That may be not necessary any more, since another object of the exchange has given its value up.
        """
        yield record
        for values in [Values(), *record.between]:
            # XCI may take a password away together with its login.
            is_lost = any(not values.get(one.requires, True) for one in RESOURCES[record.kind].secrets)
            for secrets in [record.secrets, *([self.seal.sign({})] if is_lost else [])]:
                yield replace(record, before={**record.before, **values}, secrets=secrets, between=[])

    def _is_done(self, record: Record) -> bool:
        """Return whether XCI shows that an operation was done; only what its lists leave out takes a request."""
        resource = RESOURCES[record.kind]
        if record.action == DELETE:
            return self._is_deleted(resource, record)
        named = {} if record.id else {name: record.after[name] for name in resource.identity}
        return any(
            _shows(record, values := self.view.completed(resource, item).values) or _shows(self._left(record), values)
            for item in self.view.items_read(resource)
            if (record.kind, item.id) in self.unchanged
            if record.id in (item.id, None) and not not_kept(resource, named, item.values)
        )

    def _left(self, record: Record) -> Record:
        """Return an operation whose object does not refer any more to what the plan deletes."""
        gone = {(one.kind, one.id) for one in self.approved.records if one.action == DELETE}
        labels = {(kind, label) for kind, label, identity in record.references if (kind, identity) in gone}
        lists = {
            name: [label for label in record.after[name] if (ref.kind, label) not in labels]
            for name, ref in RESOURCES[record.kind].references.items()
            if isinstance(record.after.get(name), list)
        }
        return replace(record, after={**record.after, **lists})

    def _is_deleted(self, resource: Resource, record: Record) -> bool:
        """Return whether XCI does not show an object any more; what was in something that is gone is gone as well."""
        base = self.view.base
        if any(record.id in listing.items for listing in base.lists_read(resource)):
            return False
        if not resource.scope:
            return base.known_listing(resource, record.before) is not None
        # Another object may have the scope's name by now.
        ids = {(kind, label): identity for kind, label, identity in record.references}
        identity = ids.get((resource.scope, record.before[resource.scope]))
        scope = base.listing(resource.scope).items.get(identity or 0)
        if scope is None or is_planned(scope.values):
            return identity is not None
        label = base.label_of(RESOURCES[resource.scope], scope)
        return base.known_listing(resource, {resource.scope: label}) is not None


def _shows(record: Record, values: Values) -> bool:
    """Return whether an object is what XCI may have made of an operation, and not as it was before."""
    changed = [name for name, value in record.after.items() if record.before.get(name) != value]
    is_untouched = changed and all(values.get(name) == record.before.get(name) for name in changed)
    return not is_untouched and not not_kept(RESOURCES[record.kind], record.after, values)


def _wanted(change: Any) -> Any:
    return change.get("after") if isinstance(change, Mapping) else change


def _planned(
    record: Record, entry: Values, planned: Mapping[tuple[str, Any], tuple[Record, Values]]
) -> tuple[str, Any]:
    """Return which of the planned operations one is, by its key; what exists now may have been created by it."""
    found = key(record, entry)
    by_name = (record.kind, entry["key"])
    if found in planned or by_name in planned:
        return found if found in planned else by_name
    resource = RESOURCES[record.kind]
    created = [] if resource.scope else [one for one, (was, _entry) in planned.items() if was.kind == record.kind]
    return next(
        (
            one
            for one in created
            if planned[one][0].action == CREATE and not not_kept(resource, planned[one][0].after, record.before)
        ),
        found,
    )


def key(record: Record, entry: Values) -> tuple[str, Any]:
    """Return which object an operation is about."""
    return record.kind, record.id or entry["key"]
