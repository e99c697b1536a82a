#!/usr/bin/env bash
# Makes exactly the changes of plan/plan.json, and none if XCI has changed since.    usage: apply.sh [ENVIRONMENT]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
id=$(python3 -c 'import json; print(json.load(open("plan/plan.json"))["plan_id"])')
ansible-playbook playbooks/apply.yml -e "@${1:-production}.yml" -e "xci_approved=$id" -e xci_plan_file=plan/plan.json
