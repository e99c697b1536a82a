#!/usr/bin/env bash
# Installs what the other scripts run with.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
pip install --quiet 'ansible-core>=2.18,<2.20' 'requests>=2.27'
ansible-galaxy collection install -r collections/requirements.yml
