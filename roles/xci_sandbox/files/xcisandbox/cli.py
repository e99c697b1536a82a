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
from collections.abc import Iterator, Sequence
from pathlib import Path

from xcisandbox.server import Sandbox
from xcisandbox.settings import Settings

DEFAULTS = Settings()


def parser() -> argparse.ArgumentParser:
    cli = argparse.ArgumentParser(prog="xci_sandbox.py", description="An XCI to run against.")
    cli.add_argument("--host", default=DEFAULTS.host, help="the address to listen on (default: %(default)s)")
    cli.add_argument("--port", type=int, default=DEFAULTS.port, help="0 takes a free one (default: %(default)s)")
    cli.add_argument("--database", default=DEFAULTS.database, metavar="FILE", help="default: in memory")
    cli.add_argument("--latency", type=float, default=0.0, metavar="MS", help="how much longer a request takes")
    cli.add_argument("--prefix", default="", metavar="/PATH", help="serve below this path, as behind a proxy")
    cli.add_argument("--login", default=DEFAULTS.login, help="of the first super-administrator (default: %(default)s)")
    cli.add_argument(
        "--password",
        default=os.environ.get("XCI_SANDBOX_PASSWORD") or DEFAULTS.password,
        help="everybody on the machine sees it here: XCI_SANDBOX_PASSWORD in the environment is better",
    )
    cli.add_argument("--dialect", action="append", default=[], metavar="NAME=VALUE", help="repeatable")
    cli.add_argument("--session-seconds", type=float, default=DEFAULTS.session_seconds, metavar="N")
    cli.add_argument("--available-limit", type=int, default=0, metavar="N", help="available numbers listed; 0 is all")
    cli.add_argument("--certificate", default="", metavar="PEM", help="serve https")
    cli.add_argument("--key", default="", metavar="PEM")
    cli.add_argument("--ready-file", default="", metavar="FILE", help="written when listening: url, pid, port")
    return cli


def settings_of(options: argparse.Namespace) -> Settings:
    dialects = dict(_pair(text) for text in options.dialect)
    names = [name for name in Settings.__dataclass_fields__ if name != "dialects"]
    return Settings(dialects=dialects, **{name: getattr(options, name) for name in names})


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"a dialect is NAME=VALUE, not '{text}'")
    return name, value


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    # An exception, not a flag: it also ends a wait that holds the lock which a flag would need.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        sandbox = Sandbox(settings_of(options))
    except (OSError, ValueError) as error:
        print(f"xci_sandbox: {error}", file=sys.stderr)
        return 1
    with contextlib.suppress(KeyboardInterrupt), sandbox, _ready(sandbox, options.ready_file):
        print(f"XCI sandbox listening on {sandbox.url}", flush=True)
        sandbox.wait()
    return 0


@contextlib.contextmanager
def _ready(sandbox: Sandbox, name: str) -> Iterator[None]:
    if not name:
        yield
        return
    path = Path(name)
    write_whole(path, json.dumps({"url": sandbox.url, "pid": os.getpid(), "port": sandbox.port}))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """All of it or nothing, and for its owner only: somebody waits for this file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(name, path)
