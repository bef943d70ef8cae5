#!/usr/bin/env bash
# shots.sh [NAME…]: take the pictures of the README from a demo of its own, into docs/images.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bin/packages.sh
bin/bootstrap.sh dev
exec .venv/bin/python -m tests.shots "$@"
