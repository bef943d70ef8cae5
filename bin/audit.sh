#!/usr/bin/env bash
# audit.sh: ask the OSV service for known vulnerabilities of exactly what the lock files hold.
# Exit 0: asked for all, none known. 1: some are known, listed. 2: could not ask, so nothing is said about them.
# PIP_AUDIT_OSV_URL names a copy of the service where the public one cannot be reached.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Answers kept from an earlier day would pass for today's, so the cache goes with the folder.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# --disable-pip takes the hashed pins as they stand; without --strict what could not be looked up passes as clean.
PIP_AUDIT_LOGLEVEL=WARNING .venv/bin/pip-audit --strict --disable-pip \
  --requirement requirements.txt --requirement requirements-dev.txt \
  --vulnerability-service osv --cache-dir "$scratch/cache" --progress-spinner off \
  --format columns --desc off --output "$scratch/found" 2>"$scratch/said"
answer=$?

# pip-audit also exits with 1 where it breaks off. It writes the table only when all was asked and something found;
# and a word beside its last line means that it passed over an entry which it cannot read.
if [ -s "$scratch/found" ]; then
  cat "$scratch/found"
  echo "上面这些锁定的软件包有已知漏洞：请用 make lock LOCK=--upgrade 换成修好的版本，重新测试以后再发布。" >&2
  exit 1
elif [ "$answer" -eq 0 ] && [ "$(cat "$scratch/said")" = "No known vulnerabilities found" ]; then
  echo "锁定的软件包都查过了，没有已知漏洞。"
else
  tail -n 1 "$scratch/said" >&2
  echo "没有查成，不能说没有漏洞：请在连得上互联网的机器上再执行一次 make audit。" >&2
  exit 2
fi
