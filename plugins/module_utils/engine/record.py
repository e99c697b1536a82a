# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the directory right after our own writes, so that nothing has to be read twice."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from ..api.errors import BadAnswer, XciError
from ..model.change import CREATE, DELETE, Operation
from ..state.index import Item
from ..state.state import Directory


def settle(
    directory: Directory, operation: Operation, answer: Any, sent: Mapping[str, Any], eager: bool = True
) -> None:
    """Take in a write that was done: from XCI's answer where it shows the object, otherwise what was sent.

    What can't be known without reading is read at once when *eager*, with as little as tells it; otherwise it is
    forgotten, and read when it is next needed.
    """
    with directory.lock:
        try:
            _take_in(directory, operation, answer, sent, eager)
        except XciError:
            # It is done all the same: who tries again must see it, and not do it twice.
            directory.forget(operation.resource.kind)
            raise
        finally:
            _forget_dependents(directory, operation)


def _take_in(directory: Directory, operation: Operation, answer: Any, sent: Mapping[str, Any], eager: bool) -> None:
    resource = operation.resource
    if operation.action == DELETE:
        directory.place(resource, operation.before["id"], None, operation.before)
    elif item := _shown(directory, operation, answer):
        directory.place(resource, item.id, item, operation.before, item.values)
    elif operation.action != CREATE:
        _mend(directory, operation, sent)
    elif eager:
        _learn(directory, operation, answer)
    else:
        directory.forget(resource.kind, operation.after.get(resource.scope, ""))


def _shown(directory: Directory, operation: Operation, answer: Any) -> Item | None:
    """Return the object that an answer shows; the write is done, whatever its answer looks like."""
    if not operation.resource.is_whole(answer):
        return None
    with contextlib.suppress(BadAnswer):
        return directory.item(operation.resource, answer)
    return None


def _learn(directory: Directory, operation: Operation, answer: Any) -> None:
    """Find out what a creation made when its answer does not show it: by its id, which is cheaper than by its list."""
    resource, item = operation.resource, None
    identity = answer.get("id") if isinstance(answer, Mapping) else None
    if isinstance(identity, int) and resource.key == "id":
        with contextlib.suppress(BadAnswer):
            item = directory.read_one(resource, {"id": identity})
    if item is not None:
        directory.place(resource, item.id, item, item.values)
    else:
        directory.read_again(resource, operation.after.get(resource.scope, ""))


def _mend(directory: Directory, operation: Operation, sent: Mapping[str, Any]) -> None:
    shown = {key: value for key, value in sent.items() if key in operation.raw}
    item = Item({**operation.before, **operation.after}, {**operation.raw, **shown})
    directory.place(operation.resource, item.id, item, operation.before, item.values)


def _forget_dependents(directory: Directory, operation: Operation) -> None:
    """Forget what XCI may now show otherwise because of a write to something else."""
    resource = operation.resource
    if operation.action == CREATE:
        if resource.kind == "xivo":
            # XCI pulls what a new XiVO holds by itself.
            directory.forget("entity")
        return
    if "intervals" in operation.changed:
        directory.forget_numbers(operation.before["id"])
    if resource.scope:
        directory.forget_numbers()
    elif operation.key != resource.title(operation.after):
        if operation.action != DELETE:
            directory.forget(resource.kind)
        directory.forget_referring(resource)
