#!/usr/bin/env bash
# Makes the plan a comment on the merge request. It has the names of people: let nobody read it who may not.
# GitLab: GITLAB_TOKEN, a project access token with the scope api. GitHub: GH_TOKEN and PULL_REQUEST, the number.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -n "${CI_MERGE_REQUEST_IID:-}" ]; then
  curl --fail --silent --show-error --output /dev/null \
    --header "PRIVATE-TOKEN: $GITLAB_TOKEN" --data-urlencode body@plan/plan.md \
    "$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"
else
  gh pr comment "$PULL_REQUEST" --body-file plan/plan.md
fi
