#!/usr/bin/env bash
# Plans an environment: plan/plan.md for people, plan/plan.json for apply.sh.    usage: plan.sh [ENVIRONMENT]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ansible-playbook playbooks/plan.yml -e "@${1:-production}.yml" -e xci_plan_dest=plan
