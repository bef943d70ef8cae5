#!/usr/bin/env bash
# test.sh: everything that must hold. Installs what it needs, then checks, then the suite on both databases.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

stage() { printf '\n══ %s（已用 %d 秒）\n' "$1" "$SECONDS"; }

stage "准备 packages and environment"
bin/packages.sh
bin/bootstrap.sh dev

stage "静态检查 static checks"
bin/lint.sh

stage "SQLite 上的测试 the suite on SQLite"
TEST_DATABASE=sqlite .venv/bin/python -m pytest -n 2 --dist worksteal -q --ignore=tests/browser

stage "PostgreSQL 上的测试，连同浏览器 the suite on PostgreSQL, and the browser"
TEST_DATABASE=postgres .venv/bin/python -m pytest -n 2 --dist worksteal -q -m "not once"
