#!/usr/bin/env bash
# lint.sh: every check that runs no test. All of them run, beside each other; any failure fails the whole.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Some checkers leave their temporary files lying; here they go with the folder.
scratch=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$scratch"' EXIT
export TMPDIR=$scratch VAR_DIR=$scratch/var

titles=() running=() failed=()
check() {
  local title=$1
  shift
  "$@" >"$scratch/said-${#titles[@]}" 2>&1 &
  titles+=("$title") running+=($!)
}

# Checked as production would run it, on throw-away data and with nothing taken from the caller's environment.
manage() {
  env -i PATH="$PATH" HOME="$scratch" LANG=C.UTF-8 VAR_DIR="$(mktemp -d)" \
    ALLOWED_HOSTS=portal.example SECRET_KEY="$(head -c 40 /dev/urandom | base64)" \
    .venv/bin/python -W error manage.py "$@"
}

check "格式 ruff format" .venv/bin/ruff format --check --quiet .
check "规则 ruff check" .venv/bin/ruff check --quiet .
check "层次 lint-imports" .venv/bin/lint-imports --no-cache --no-logo
check "类型 mypy" .venv/bin/mypy --no-error-summary
check "模板 djlint" .venv/bin/djlint --lint --quiet templates
check "迁移 makemigrations --check" manage makemigrations --check --dry-run
check "部署 check --deploy" manage check --deploy --fail-level WARNING

for number in "${!titles[@]}"; do
  wait "${running[$number]}" || failed+=("${titles[$number]}")
  echo "── ${titles[$number]}"
  cat "$scratch/said-$number"
done

if [ ${#failed[@]} -gt 0 ]; then
  printf '未通过：%s\n' "${failed[@]}" >&2
  exit 1
fi
