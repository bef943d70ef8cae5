#!/usr/bin/env bash
# test.sh: everything that must hold. Installs what it needs, then checks, then the suite on both databases.
# A stage that fails does not keep the next from running: whoever mends sees all faults at once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

failed=()
announce() { printf '\n══ %s（已用 %d 秒）\n' "$1" "$SECONDS"; }
stage() {
  local title=$1
  shift
  announce "$title"
  "$@" || failed+=("$title")
}
# One process more than there are cores: some tests wait for servers, for the browser, for each other.
suite() {
  local database=$1
  shift
  TEST_DATABASE=$database .venv/bin/python -m pytest -n "$(($(nproc) + 1))" --dist worksteal -q "$@"
}

announce "准备 packages and environment"
bin/packages.sh
bin/bootstrap.sh dev

stage "静态检查 static checks" bin/lint.sh
stage "SQLite 上的测试 the suite on SQLite" suite sqlite --ignore=tests/browser
stage "PostgreSQL 上的测试，连同浏览器 the suite on PostgreSQL, and the browser" suite postgres -m "not once"

if [ ${#failed[@]} -gt 0 ]; then
  announce "未通过 failed"
  printf '%s\n' "${failed[@]}" >&2
  exit 1
fi
announce "全部通过 all passed"
