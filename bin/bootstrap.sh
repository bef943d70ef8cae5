#!/usr/bin/env bash
# bootstrap.sh [runtime|dev]: create .venv and install the locked packages; nothing to do when the lock is unchanged.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kind=${1:-runtime}
case $kind in
  runtime) lock=requirements.txt ;;
  dev) lock=requirements-dev.txt ;;
  *) echo "usage: bin/bootstrap.sh runtime|dev" >&2; exit 2 ;;
esac

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; }

makes_environments() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# Debian profiles and optimises the Python it builds; one that a version manager built beside it takes
# half as long again for the same work. So the system's own comes first, unless PYTHON= names another.
find_python() {
  local path first=
  if [ -n "${PYTHON:-}" ] && command -v "$PYTHON" >/dev/null 2>&1 && fits "$PYTHON"; then
    command -v "$PYTHON"
    return
  fi
  while read -r path; do
    fits "$path" || continue
    first=${first:-$path}
    [[ $path == /usr/bin/* ]] && makes_environments "$path" && { echo "$path"; return; }
  done < <(type -aP python3.11 python3.12 python3)
  [ -n "$first" ] && { echo "$first"; return; }
  echo "没有找到 Python 3.11 或 3.12，请先安装（Debian 12：apt-get install python3 python3-venv）。 Python 3.11 or 3.12 is missing: apt-get install python3 python3-venv." >&2
  return 1
}

create_environment() {
  local python
  python=$(find_python)
  makes_environments "$python" || bin/packages.sh run
  if ! makes_environments "$python"; then # not Debian's own Python, which the package completes
    echo "$python 缺少 venv 模块，请补装，或用 PYTHON=… 指明另一个 Python 3.11 或 3.12。 $python lacks venv: complete it, or name another Python 3.11 or 3.12 by PYTHON=…." >&2
    return 1
  fi
  echo "正在建立运行环境 .venv …"
  "$python" -m venv .venv
}

# The development lock holds every runtime package in the same version, so its stamp serves both kinds.
installed() {
  local wanted
  wanted=$(sha256sum "$lock" | cut -d' ' -f1)
  [ "$(cat ".venv/.installed-$kind" 2>/dev/null)" = "$wanted" ] && return 0
  [ "$kind" = runtime ] && [ "$(cat .venv/.installed-dev 2>/dev/null)" = "$(sha256sum requirements-dev.txt | cut -d' ' -f1)" ]
}

# A stamp is written last, so where it is right the environment is whole; python may still have been removed.
if installed && .venv/bin/python -c '' 2>/dev/null; then
  exit
fi

# An interrupted creation leaves a folder without pip, and a removed system Python leaves a dead link.
.venv/bin/python -m pip --version >/dev/null 2>&1 || create_environment
echo "正在安装 $lock 中锁定的软件包（只在第一次或更新后需要）…"
rm -f .venv/.installed-runtime .venv/.installed-dev
# Whoever develops uses a part of the packages and compiles it as he does; the environment of a server may not be its user's to write in.
options=()
[ "$kind" = runtime ] || options=(--no-compile)
PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
  .venv/bin/python -m pip install -qq --no-input --require-hashes --no-deps --only-binary :all: "${options[@]}" --requirement "$lock"
# Nothing was resolved above, so a requirement that the lock lacks on this Python shows here, not in use.
faults=$(.venv/bin/python -m pip check --disable-pip-version-check) || { echo "$faults" >&2; exit 1; }
sha256sum "$lock" | cut -d' ' -f1 > ".venv/.installed-$kind"
