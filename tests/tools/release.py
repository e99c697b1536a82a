# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check, test, build and verify a release, and print what is left to do: the push.

usage: release.py [--rehearse]

A version in galaxy.yml such as 1.2.0-dev0 is a release that is not made yet: it becomes 1.2.0, and its fragments become
the changelog, in a commit that stays on this machine until it is pushed. $ADDRESS, where this will be published, is set
in that commit, too. What fails afterwards can be corrected in another commit, before the same command is run again.

With --rehearse nothing is set or committed. It says what is not ready, and builds and verifies the tarball without the
tests.
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

import address
import yaml

ROOT = Path(__file__).resolve().parents[2]
VERSION = "plugins/module_utils/api/version.py"
RELEASE = re.compile(r"\d+\.\d+\.\d+")
INVENTED = "https://github.com/xivo/xivo" + ".xci"
"""What galaxy.yml has until whoever publishes sets an address; in two parts, so that 'make address' leaves it."""


def git(*arguments: str, root: Path = ROOT) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout.strip()


def galaxy(root: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))
    return read


def not_ready(root: Path = ROOT) -> Iterator[str]:
    """Yield what somebody has to do before a release can be made."""
    version = str(galaxy(root)["version"])
    release = version.partition("-")[0]
    if f'"{version}"' not in (root / VERSION).read_text(encoding="utf-8"):
        yield f"{VERSION} has another version than galaxy.yml, which has {version}"
    if not RELEASE.fullmatch(release):
        yield f"the version in galaxy.yml is {version}, not one such as 1.2.3 or 1.2.3-dev0"
    if git("status", "--porcelain", root=root):
        yield "there are changes that are not committed"
    if git("tag", "--list", release, root=root):
        yield f"the tag {release} exists"
    released = root / "changelogs" / "changelog.yaml"
    known = yaml.safe_load(released.read_text(encoding="utf-8"))["releases"] if released.exists() else {}
    if version == release and version not in known:
        yield f"the changelog has no {version}: set {version}-dev0 in galaxy.yml and {VERSION}"
    fragments = sorted(path.name for path in (root / "changelogs" / "fragments").glob("*.y*ml"))
    if fragments and release in known:
        again = "tests/tools/in-collection antsibull-changelog release --update-existing"
        yield f"fragments came after the changelog of {release}: {', '.join(fragments)}. Run {again}, and commit"


def prepare(root: Path = ROOT, published_at: str = "") -> None:
    """Set the version and the address, turn the fragments into the changelog, and commit that."""
    version = str(galaxy(root)["version"])
    release = version.partition("-")[0]
    if published_at and address.main([published_at], root):
        raise SystemExit(2)
    if version != release:
        for name in ("galaxy.yml", VERSION):
            text = (root / name).read_text(encoding="utf-8")
            (root / name).write_text(text.replace(version, release), encoding="utf-8")
        run("antsibull-changelog", "release", root=root)
    if git("status", "--porcelain", root=root):
        git("add", "--all", root=root)
        run("git", "commit", "--quiet", "--message", f"Release {release}", root=root)


def build() -> Path:
    dist = ROOT / "dist"
    run("ansible-galaxy", "collection", "build", "--force", "--output-path", str(dist), str(ROOT))
    return dist / f"xivo-xci-{galaxy(ROOT)['version']}.tar.gz"


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


def run(*command: str, env: dict[str, str] | None = None, quiet: bool = False, root: Path = ROOT) -> str:
    print("$", *command, flush=True)
    done = subprocess.run(command, cwd=root, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode or not quiet:
        print(done.stdout, end="", flush=True)
    if done.returncode:
        raise SystemExit(f"{command[0]} ended with {done.returncode}")
    return done.stdout


def left(tarball: Path, version: str) -> Iterator[str]:
    """Yield what is left to do."""
    if galaxy(ROOT)["repository"] == INVENTED:
        yield "nobody publishes at the address in galaxy.yml: make release ADDRESS=https://..., and then"
    yield f"git tag -a {version} -m {version} && git push origin HEAD {version}"
    yield f"ansible-galaxy collection publish {tarball.relative_to(ROOT)}"


def main(arguments: list[str]) -> int:
    rehearses = arguments == ["--rehearse"]
    reasons = list(not_ready())
    for reason in reasons:
        print(f"Not ready: {reason}.")
    if not rehearses:
        if reasons:
            return 1
        prepare(published_at=os.environ.get("ADDRESS", ""))
        if subprocess.run(["make", "test", "docs"], cwd=ROOT, check=False).returncode:
            return 1
    tarball = build()
    verify(tarball)
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    version = tarball.name.removeprefix("xivo-xci-").removesuffix(".tar.gz")
    print(f"\n{tarball.relative_to(ROOT)} is verified. SHA-256: {digest}")
    if not rehearses:
        print("Left to do:", *left(tarball, version), sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
