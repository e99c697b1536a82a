#!/usr/bin/env bash
# Checks the files: their form, and each document against the schema. It needs no XCI.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
pip install --quiet check-jsonschema==0.39.0 yamllint
yamllint --strict .
find config -name '*.yml' ! -name '*vault*' -exec check-jsonschema --schemafile xci.schema.json {} +
