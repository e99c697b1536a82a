#!/usr/bin/env bash
# Applies an environment to a sandbox, twice. It needs no XCI.    usage: rehearse.sh [ENVIRONMENT]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
env -u XCI_URL -u XCI_LOGIN -u XCI_PASSWORD ansible-playbook rehearse.yml -e "@${1:-production}.yml"
