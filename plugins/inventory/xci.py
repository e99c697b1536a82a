# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The XiVOs of an XCI as hosts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: xci

short_description: XiVOs that XCI manages, as hosts

version_added: 1.0.0

description:
  - Makes each XiVO that XCI manages a host, so that a play runs on all of them side by side, be it over SSH on the
    XiVOs themselves, or from the controller once for each XiVO.
  - A host has the name of its XiVO, or the uuid if several XiVOs have that name. Users are never hosts.
  - The configuration file has a name that ends with C(xci.yml) or C(xci.yaml).

author:
  - The xivo.xci authors (@xivo-xci)

extends_documentation_fragment:
  - xivo.xci.connection
  - xivo.xci.connection.plugins
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache

options:
  plugin:
    description:
      - Says that the file is meant for this plugin.
    type: str
    required: true
    choices:
      - xivo.xci.xci
  entities:
    description:
      - Whether to make each entity a group with its XiVO in it, named C(entity_), the name of the entity, C(_) and
        the name of the host. What a group name can't hold becomes C(_).
      - The group and the host then have the variable C(xci_xivo_entities), a list of entities as
        M(xivo.xci.xci_entity_info) returns them. That of a host has all its entities.
    type: bool
    default: false
  usage:
    description:
      - With O(entities=true), whether to add to each entity how many numbers of its intervals are in use, as
        M(xivo.xci.xci_entity_info) does. This reads the users of each entity.
    type: bool
    default: false
  required:
    description:
      - Whether a run ends when its XiVOs can't be read.
      - With V(false), Ansible does as it does by default with every inventory. It warns, and goes on without these
        hosts.
    type: bool
    default: true

seealso:
  - module: xivo.xci.xci_xivo_info
  - module: xivo.xci.xci_entity_info

notes:
  - A host has C(ansible_host) if XCI shows the host of the XiVO, and the variable C(xci_xivo), which is what
    M(xivo.xci.xci_xivo_info) returns for it. Some servers do not show hosts. Set C(ansible_host) with O(compose) there.
  - With O(cache=true), what was read is used for O(cache_timeout) seconds without asking XCI. When that time is over
    and XCI is down, it is used all the same, and a warning says from when it is. C(--flush-cache) always asks XCI.
    The cache holds neither the password nor the session.
  - O(xci_password) and the other options of the connection can be templates, such as a lookup, or encrypted with
    Ansible Vault. What comes from XCI is never taken for a template.
"""

EXAMPLES = r"""
# prod.xci.yml
# With the connection in XCI_URL, XCI_LOGIN and XCI_PASSWORD, this line alone makes all XiVOs hosts.
plugin: xivo.xci.xci
xci_url: https://xci.example.org
xci_login: ansible
xci_password: "{{ lookup('ansible.builtin.env', 'XCI_PROD_PASSWORD') }}"

# A group for each entity too, with what is in use of its numbers.
entities: true
usage: true

# More groups: of all XiVOs, of those that are nearly full, and of each site where they are named xivo-SITE-NUMBER.
groups:
  xivos: true
  nearly_full: xci_xivo.remaining_slots < 50
keyed_groups:
  - key: xci_xivo.name.split('-')[1]
    prefix: site
    default_value: unknown

# How Ansible gets there, as root over SSH, and a variable of one's own.
compose:
  ansible_host: xci_xivo.host or (xci_xivo.name ~ '.example.org')
  ansible_user: "'root'"
  free_numbers: xci_xivo_entities | map(attribute='usage') | flatten | map(attribute='free') | sum

# Read again after an hour at the earliest.
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/xci
cache_timeout: 3600
"""

import hashlib
import re
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ansible import constants, template
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.xivo.xci.plugins.module_utils.api.errors import ApiError, ConnectionFailed, XciError
from ansible_collections.xivo.xci.plugins.module_utils.api.settings import Settings
from ansible_collections.xivo.xci.plugins.module_utils.model.resources import ENTITY, XIVO
from ansible_collections.xivo.xci.plugins.module_utils.modules.info import show
from ansible_collections.xivo.xci.plugins.plugin_utils.in_process import plain, settings_of, start

Snapshot = dict[str, Any]
"""What was read, as the cache keeps it: when (*at*), with which options (*of*), and *xivos* and *entities*."""


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """The inventory plugin."""

    NAME = "xivo.xci.xci"

    def verify_file(self, path: str) -> bool:
        return super().verify_file(path) and path.endswith(("xci.yml", "xci.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path)
        config = self._read_config_data(path)
        try:
            settings = settings_of(lambda name: self._connection_option(name, config))
            for warning in settings.warnings():
                self.display.warning(warning)
            self._populate(self._snapshot(settings, path, cache))
        except (XciError, AnsibleError) as error:
            if self.get_option("required"):
                # Ansible would warn and go on with no hosts: an empty inventory that looks right.
                constants.INVENTORY_ANY_UNPARSED_IS_FAILED = True
            raise AnsibleParserError(f"{path}: {error}") from None

    def _connection_option(self, name: str, config: Mapping[str, Any]) -> Any:
        """Return an option; only one that stands in the file itself may be a template."""
        value = self.get_option(name)
        return self.templar.template(value) if name in config and isinstance(value, str) else value

    # -- reading --------------------------------------------------------------------------------------------

    def _snapshot(self, settings: Settings, path: str, cache: bool) -> Snapshot:
        """Return what is on XCI, from the cache where that is wanted and new enough, or XCI is down."""
        source = self._source(settings)
        if not self.get_option("cache"):
            return self._read(settings, source)
        timeout = self._keep_forever()
        key = self.get_cache_key(path)
        kept = self._kept(key, source) if cache else None
        if kept and (not timeout or time.time() - kept["at"] < timeout):
            self.display.vv(f"{path}: the XiVOs as they were {_moment(kept)}, from the cache")
            return kept
        try:
            fresh = self._read(settings, source)
        except (ConnectionFailed, ApiError) as error:
            if kept is None or (isinstance(error, ApiError) and error.status < 500):
                raise
            self.display.warning(f"{path}: XCI can't be read, so the XiVOs are as they were {_moment(kept)}: {error}")
            return kept
        self._cache[key] = fresh
        return fresh

    def _source(self, settings: Settings) -> str:
        """Return what makes a snapshot one of this XCI, as this administrator sees it, with these options."""
        parts = (settings.url, settings.login, self.get_option("entities"), self.get_option("usage"))
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def _keep_forever(self) -> float:
        """Let the cache plugin keep what is too old, as the last resort; return after how long it is too old."""
        timeout = float(self.get_option("cache_timeout") or 0)
        self.set_option("cache_timeout", 0)
        self.load_cache_plugin()
        return timeout

    def _kept(self, key: str, source: str) -> Snapshot | None:
        kept = plain(self._cache.get(key))
        return kept if isinstance(kept, dict) and kept.get("of") == source else None

    def _read(self, settings: Settings, source: str) -> Snapshot:
        context = start(settings)
        xivos = show(XIVO, {}, context)["xivos"]
        options = {"usage": self.get_option("usage")}
        entities = show(ENTITY, options, context)["entities"] if self.get_option("entities") else None
        context.client.close()
        return {"at": time.time(), "of": source, "xivos": xivos, "entities": entities}

    # -- the inventory --------------------------------------------------------------------------------------

    def _populate(self, snapshot: Snapshot) -> None:
        names = Counter(xivo["name"] for xivo in snapshot["xivos"])
        for xivo in snapshot["xivos"]:
            label = xivo["name"] if names[xivo["name"]] == 1 else xivo["uuid"]
            self._add(label or xivo["uuid"], xivo, self._entities_of(label, snapshot))

    @staticmethod
    def _entities_of(label: str, snapshot: Snapshot) -> list[dict[str, Any]] | None:
        if snapshot["entities"] is None:
            return None
        return [entity for entity in snapshot["entities"] if entity["xivo"] == label]

    def _add(self, host: str, xivo: dict[str, Any], entities: list[dict[str, Any]] | None) -> None:
        self.inventory.add_host(host)
        variables: dict[str, Any] = {"xci_xivo": as_data(xivo), **self._address(host, xivo["host"])}
        if entities is not None:
            variables["xci_xivo_entities"] = as_data(entities)
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)
        for entity in entities or ():
            self._add_group(f"entity_{entity['name']}_{host}", host, as_data(entity))
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict)

    def _address(self, host: str, address: str) -> dict[str, Any]:
        """Return how Ansible reaches a XiVO; what is no address is not handed to programs such as ssh."""
        if not address:
            return {}
        if not re.fullmatch(r"[A-Za-z0-9_\[:][A-Za-z0-9_.:%\]-]*", address):
            self.display.warning(
                f"{host}: XCI shows the host {address!r}, which is no address: ansible_host is not set"
            )
            return {}
        return {"ansible_host": as_data(address)}

    def _add_group(self, name: str, host: str, entity: dict[str, Any]) -> None:
        """Add a host to the group of an entity. Two names can become the same group, which then has both entities."""
        group = self.inventory.add_group(self._sanitize_group_name(name))
        self.inventory.add_child(group, host)
        known = self.inventory.groups[group].get_vars().get("xci_xivo_entities", [])
        self.inventory.set_variable(group, "xci_xivo_entities", [*known, entity])


def as_data(value: Any) -> Any:
    """Return what comes from XCI, so that Ansible never takes it for a template."""
    if hasattr(template, "trust_as_template"):
        return value
    # Only older releases take any string for one, and newer ones are about to lose this module.
    from ansible.utils.unsafe_proxy import wrap_var  # noqa: PLC0415

    return wrap_var(value)


def _moment(snapshot: Snapshot) -> str:
    return time.strftime("at %H:%M:%S on %Y-%m-%d", time.localtime(snapshot["at"]))
