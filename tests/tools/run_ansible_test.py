# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-test on a copy of this checkout.

usage: run_ansible_test.py [--quick | --in FOLDER] sanity|clean [ARGUMENT ...]

ansible-test wants the collection below ansible_collections/xivo/xci and outside of other work trees, so it gets a copy
of what git knows or would take in. The copy and ansible-test's own virtual environments stay in the user's cache
folder: the first run takes a minute, later ones seconds and no network. Modules are compiled and imported with every
Python that they support and this machine has. With --in, it runs in a folder with a collection that is a copy already.
With --quick, they are imported with the oldest of these Pythons only, and the code of the tests is left out, as is what
'make lint' checks, too: the changelog, and the style of the code, with a formatter.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pythons

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(__file__).resolve().parent
LINTED = ("changelog", "pep8")
MODULE_PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


def workplace() -> Path:
    """One folder for each checkout, so that two of them don't disturb each other."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "xivo-xci", hashlib.sha256(str(ROOT).encode()).hexdigest()[:12])


def copy_checkout(tree: Path) -> None:
    """Lay a fresh copy of the tracked files and of the new ones that git does not ignore."""
    shutil.rmtree(tree, ignore_errors=True)
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        source, target = ROOT / name, tree / name
        if source.is_symlink() or source.is_file():  # a tracked file may be deleted by now
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)


def pip_versions() -> set[str]:
    """The versions of pip that this ansible-test wants: part of the name of what it would download."""
    package = importlib.util.find_spec("ansible_test")
    if package is None or not package.submodule_search_locations:
        sys.exit("ansible-test is not in this virtual environment")
    source = Path(package.submodule_search_locations[0], "_internal", "python_requirements.py")
    versions = set(re.findall(r"\bpip='([\d.]+)'", source.read_text(encoding="utf-8")))
    if not versions:
        sys.exit(f"{source} no longer says which pip it uses: adapt {Path(__file__).name}")
    return versions


def prepare_home(home: Path) -> None:
    """A home folder with our replacement for get-pip in ansible-test's cache, and with the user's settings of pip."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in pip_versions():
        shutil.copyfile(TOOLS / "get_pip.py", cache / f"get_pip_{version.replace('.', '_')}.py")
    # ansible-test passes no variables on, pip's included: say the same in a file.
    settings = home / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.touch(mode=0o600)
    settings.write_text(pip_settings(), encoding="utf-8")


def pip_settings() -> str:
    """What the user's files and the environment configure for pip, as one file; the machine's own file still counts."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    sections: dict[str, dict[str, str]] = {"global": {"quiet": "1"}}
    for line in lines:  # global.index-url='...' or :env:.index-url='...', the strongest last
        key, value = line.split("=", 1)
        section, option = key.split(".", 1)
        text = str(ast.literal_eval(value)).strip().replace("\n", "\n    ")
        sections.setdefault("global" if section == ":env:" else section, {})[option] = text
    if proxy := os.environ.get("https_proxy") or os.environ.get("HTTPS_PROXY"):
        sections["global"].setdefault("proxy", proxy)
    return "\n".join(
        f"[{section}]\n" + "".join(f"{option} = {value}\n" for option, value in options.items())
        for section, options in sections.items()
    )


def link_interpreters(folder: Path) -> list[str]:
    """Real interpreters only: ansible-test takes each pythonX.Y on PATH for one, and a shim may lead nowhere."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found = {version: python for version in MODULE_PYTHONS if (python := pythons.find(version))}
    for version, python in found.items():
        (folder / f"python{version}").symlink_to(python)
    return [*found]


def run(tree: Path, home: Path, arguments: list[str], quick: bool = False) -> int:
    """Run ansible-test, or its quick version; return 0 where all passed."""
    found = link_interpreters(home / "pythons")
    if not quick:
        return ansible_test(tree, home, arguments)
    arguments = [*arguments, "--exclude", "tests/"]
    oldest = [*arguments, "--test", "import", "--python", found[0]]
    skipped = [part for name in ("import", *LINTED) for part in ("--skip-test", name)]
    return ansible_test(tree, home, [*arguments, *skipped]) or ansible_test(tree, home, oldest)


def ansible_test(tree: Path, home: Path, arguments: list[str]) -> int:
    """Run ansible-test, show what it prints, and tell a run that tested nothing from one that passed."""
    interpreters = home / "pythons"
    command = ["ansible-test", arguments[0], "--color", "no", *arguments[1:]]
    environment = os.environ | {"HOME": str(home), "PATH": f"{interpreters}:{os.environ['PATH']}"}
    nothing_tested = False
    with subprocess.Popen(
        command, cwd=tree, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            nothing_tested |= "All targets skipped" in line
    if nothing_tested:
        print("ansible-test found nothing to test", file=sys.stderr)
    return process.returncode or nothing_tested


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    work = workplace()
    if arguments[0] == "clean":
        shutil.rmtree(work, ignore_errors=True)
        return 0
    tree, home = work / "ansible_collections" / "xivo" / "xci", work / "home"
    quick = arguments[0] == "--quick"
    if quick:
        arguments = arguments[1:]
    if arguments[0] == "--in":
        tree, arguments = Path(arguments[1]), arguments[2:]
    else:
        copy_checkout(tree)
    prepare_home(home)
    return run(tree, home, arguments, quick)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
