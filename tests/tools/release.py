# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check, test, build and verify a release, and print what is left to do: the push.

usage: release.py [--rehearse]

With --rehearse it says what is not ready, and builds and verifies the tarball all the same, without the tests.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
RELEASE = re.compile(r"\d+\.\d+\.\d+")
INVENTED = "https://github.com/xivo/xivo" + ".xci"
"""What galaxy.yml has until whoever publishes sets an address; in two parts, so that 'make address' leaves it."""


def git(*arguments: str, root: Path = ROOT) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout.strip()


def not_ready(root: Path = ROOT) -> Iterator[str]:
    """Yield what has to be done before a release, as a person would do it."""
    galaxy: dict[str, Any] = yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))
    version = str(galaxy["version"])
    source = (root / "plugins" / "module_utils" / "api" / "version.py").read_text(encoding="utf-8")
    if f'"{version}"' not in source:
        yield f"plugins/module_utils/api/version.py has another version than galaxy.yml, which has {version}"
    if not RELEASE.fullmatch(version):
        yield f"the version in galaxy.yml is {version}: set it to {version.partition('-')[0]}"
    if galaxy["repository"] == INVENTED:
        yield "nobody publishes at the address in galaxy.yml: make address ADDRESS=https://..."
    released = root / "changelogs" / "changelog.yaml"
    known = yaml.safe_load(released.read_text(encoding="utf-8"))["releases"] if released.exists() else {}
    if version not in known:
        yield f"the changelog has no {version}: tests/tools/in-collection antsibull-changelog release"
    elif fragments := sorted(path.name for path in (root / "changelogs" / "fragments").glob("*.y*ml")):
        yield f"changelog fragments are left: {', '.join(fragments)}"
    if git("status", "--porcelain", root=root):
        yield "there are changes that are not committed"
    if git("tag", "--list", version, root=root):
        yield f"the tag {version} exists"


def build() -> Path:
    dist = ROOT / "dist"
    run("ansible-galaxy", "collection", "build", "--force", "--output-path", str(dist), str(ROOT))
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    return dist / f"xivo-xci-{version}.tar.gz"


def verify(tarball: Path) -> None:
    """Install the tarball, and see that it is what was built, and that Ansible can load all of it."""
    with tarfile.open(tarball) as tar:
        member = tar.extractfile("MANIFEST.json")
        assert member
        info = json.load(member)["collection_info"]
    if f"xivo-xci-{info['version']}.tar.gz" != tarball.name or info["dependencies"]:
        raise SystemExit(f"the manifest of {tarball.name} says {info['version']}, dependencies {info['dependencies']}")
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": folder, "HOME": folder}
        run("ansible-galaxy", "collection", "install", str(tarball), "-p", folder, env=env)
        run("ansible-galaxy", "collection", "verify", "xivo.xci", "--offline", "-p", folder, env=env)
        for kind in ("module", "lookup", "inventory", "filter", "role"):
            done = run("ansible-doc", "-t", kind, "--list", "--json", "xivo.xci", env=env, quiet=True)
            if not json.loads(done):
                raise SystemExit(f"the installed collection has no {kind}")


def run(*command: str, env: dict[str, str] | None = None, quiet: bool = False) -> str:
    print("$", *command, flush=True)
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode or not quiet:
        print(done.stdout, end="", flush=True)
    if done.returncode:
        raise SystemExit(f"{command[0]} ended with {done.returncode}")
    return done.stdout


def main(arguments: list[str]) -> int:
    reasons = list(not_ready())
    for reason in reasons:
        print(f"Not ready: {reason}.")
    if arguments != ["--rehearse"]:
        if reasons:
            return 1
        if subprocess.run(["make", "test", "docs"], cwd=ROOT, check=False).returncode:
            return 1
    tarball = build()
    verify(tarball)
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    version = tarball.name.removeprefix("xivo-xci-").removesuffix(".tar.gz")
    print(f"\n{tarball.relative_to(ROOT)} is verified. SHA-256: {digest}")
    if not reasons:
        print(f"Left to do:\n  git tag -a {version} -m {version} && git push origin main {version}")
        print(f"  ansible-galaxy collection publish {tarball.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
