#!/usr/bin/env bash
# bench.sh [NAME…]: measure against the bars, on a durable private PostgreSQL and on SQLite.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bin/packages.sh
bin/bootstrap.sh dev
exec .venv/bin/python -m tests.bench "$@"
