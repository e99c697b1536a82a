#!/usr/bin/env bash
# Fails if XCI differs from the files; drift.md and drift.json say where.    usage: drift.sh [ENVIRONMENT]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ansible-playbook playbooks/drift.yml -e "@${1:-production}.yml" -e xci_drift_fail=true \
  -e xci_drift_markdown=drift.md -e xci_drift_json=drift.json
