# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from xcisandbox import keeper, owner
from xcisandbox.dialects import read
from xcisandbox.server import Sandbox
from xcisandbox.settings import ADMINISTRATOR, Settings

DEFAULTS = Settings()
NAMES = tuple(Settings.__dataclass_fields__)
EPILOG = (
    "Settings can also be read from a JSON file, by the names of the options with _ for -, and dialects as an object "
    "or the name of a file."
)
# Ansible up to 2.18 converts every number to text; argparse converts it back. Dialects may be in a file of their own.
OTHER_TYPES: dict[type, tuple[type, ...]] = {float: (int, str), int: (str,), dict: (str,)}


def parser() -> argparse.ArgumentParser:
    cli = argparse.ArgumentParser(prog="xci_sandbox.py", description="A simulated XCI for tests.", epilog=EPILOG)
    cli.add_argument(
        "command",
        nargs="?",
        choices=("run", "start", "stop", "prove"),
        default="run",
        help="run in the foreground (the default); start and stop it in the background, kept in --directory; or prove "
        "that the sandbox kept there, and nothing else, answers at --url",
    )
    cli.add_argument("--host", default=DEFAULTS.host, help="the address to listen on (default: %(default)s)")
    cli.add_argument("--port", type=int, default=DEFAULTS.port, help="0 takes a free one (default: %(default)s)")
    cli.add_argument("--database", default=DEFAULTS.database, metavar="FILE", help="default: in memory")
    cli.add_argument("--latency", type=float, default=0.0, metavar="MS", help="how much longer a request takes")
    cli.add_argument("--prefix", default="", metavar="/PATH", help="serve below this path, as behind a proxy")
    cli.add_argument(
        "--login",
        default="",
        help=f"of the first super-administrator (default: {ADMINISTRATOR}, or the first one of the snapshot)",
    )
    cli.add_argument("--preferred-login", default="", help="the one of the snapshot to be instead, if it has him")
    cli.add_argument(
        "--password",
        default=os.environ.get("XCI_SANDBOX_PASSWORD") or DEFAULTS.password,
        help="visible to everybody on the machine; better set XCI_SANDBOX_PASSWORD in the environment",
    )
    cli.add_argument("--dialect", action="append", default=[], metavar="NAME=VALUE|FILE", help="repeatable")
    cli.add_argument("--snapshot", default="", metavar="FOLDER|FILE", help="an export, whose data it starts with")
    cli.add_argument("--session-seconds", type=float, default=DEFAULTS.session_seconds, metavar="N")
    cli.add_argument("--available-limit", type=int, default=0, metavar="N", help="available numbers listed; 0 is all")
    cli.add_argument("--owner", type=int, default=0, metavar="PID", help="end as soon as that process does not run")
    cli.add_argument("--certificate", default="", metavar="PEM", help="serve https")
    cli.add_argument("--key", default="", metavar="PEM")
    cli.add_argument("--ready-file", default="", metavar="FILE", help="written when listening: url, pid, port")
    cli.add_argument(
        "--token-file",
        default="",
        metavar="FILE",
        help="takes the token of the control interface; else it is printed",
    )
    cli.add_argument("--settings", default="", metavar="FILE", help="settings as JSON; - reads standard input")
    cli.add_argument("--directory", default="", metavar="DIR", help="start, stop, prove: folder of the sandbox")
    cli.add_argument("--url", default="", help="prove: the address of an API")
    cli.add_argument("--dry-run", action="store_true", help="start, stop: only report what would be done")
    return cli


def parse(arguments: Sequence[str] | None) -> tuple[argparse.Namespace, Settings]:
    cli = parser()
    options = cli.parse_args(arguments)
    dialects: dict[str, Any] = {}
    if options.settings:
        values = _read_settings(options.settings)
        dialects = read(values.pop("dialects", {}))
        cli.set_defaults(**values)
        options = cli.parse_args(arguments)
    for text in options.dialect:
        dialects.update(_dialects(text))
    values = {name: getattr(options, name) for name in NAMES if name != "dialects"}
    return options, Settings(**values, dialects=dialects)


def _read_settings(file: str) -> dict[str, Any]:
    values = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
    if not isinstance(values, dict):
        raise ValueError("settings are a JSON object")
    unknown = set(values) - set(NAMES)
    if unknown:
        raise ValueError(f"there is no setting {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    for name, value in values.items():
        kind = type(getattr(DEFAULTS, name))
        if type(value) not in {kind, *OTHER_TYPES.get(kind, ())}:
            raise ValueError(f"the setting {name} is not of type {kind.__name__}")
    return values


def _dialects(text: str) -> dict[str, Any]:
    """Return the dialects that an argument sets: NAME=VALUE, or a file."""
    if Path(text).expanduser().is_file():
        return read(text)
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"a dialect is NAME=VALUE or a file, not '{text}'")
    return {name: value}


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        options, settings = parse(arguments)
        COMMANDS[options.command](options, settings)
    except (OSError, ValueError) as error:
        print(f"xci_sandbox: {error}", file=sys.stderr)
        return 1
    return 0


def _run(options: argparse.Namespace, settings: Settings) -> None:
    # An exception, not a flag: it also interrupts a wait that holds the lock that a flag would need.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt), Sandbox(settings) as sandbox, _files(options, sandbox):
        secret = "" if options.token_file else f"\ntoken of its control interface: {sandbox.token}"
        print(f"XCI sandbox listening on {sandbox.url}{secret}", flush=True)
        if settings.owner:
            owner.watch(settings.owner, sandbox.stop)
        sandbox.wait()


@contextlib.contextmanager
def _files(options: argparse.Namespace, sandbox: Sandbox) -> Iterator[None]:
    """Keep the files that were asked for while the sandbox runs; the ready file is the last, to come and to go."""
    ready = {"url": sandbox.url, "pid": os.getpid(), "port": sandbox.port, "login": sandbox.settings.login}
    texts = {options.token_file: sandbox.token, options.ready_file: json.dumps(ready)}
    files = [(Path(name), text) for name, text in texts.items() if name]
    for path, text in files:
        write_whole(path, text)
    try:
        yield
    finally:
        for path, _text in files:
            path.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a file atomically, for its owner only; another process waits for it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(name, path)


def _start(options: argparse.Namespace, settings: Settings) -> None:
    print(json.dumps(_keeper(options).start(settings, dry_run=options.dry_run)))


def _stop(options: argparse.Namespace, _settings: Settings) -> None:
    print(json.dumps(_keeper(options).stop(dry_run=options.dry_run)))


def _prove(options: argparse.Namespace, _settings: Settings) -> None:
    print(json.dumps(_keeper(options).prove(options.url)))


def _keeper(options: argparse.Namespace) -> keeper.Keeper:
    if not options.directory:
        raise ValueError(f"{options.command} needs a --directory")
    return keeper.Keeper(Path(options.directory).expanduser())


COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], None]] = {
    "run": _run,
    "start": _start,
    "stop": _stop,
    "prove": _prove,
}
