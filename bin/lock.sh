#!/usr/bin/env bash
# lock.sh: write the two lock files anew from pyproject.toml, with hashes and without any index address.
# "bin/lock.sh --upgrade" also takes newer releases. This machine's pip settings must not leak into the files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

compile() {
  env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make lock" \
    .venv/bin/python -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras \
    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links "$@" pyproject.toml
}

compile "$@" --output-file requirements.txt
compile "$@" --extra dev --constraint requirements.txt --output-file requirements-dev.txt
