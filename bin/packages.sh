#!/usr/bin/env bash
# packages.sh [run|test]: the Debian packages that running, or testing as well, needs.
# Installed when root; otherwise one sentence says what to install.
set -euo pipefail

kind=${1:-test}
case $kind in
  run) who="运行" whom="The portal needs" ;;
  test) who="测试" whom="The tests need" ;;
  *) echo "usage: bin/packages.sh run|test" >&2; exit 2 ;;
esac

has_file() { compgen -G "$1" >/dev/null; }

missing=()
for python in python3.11 python3.12 python3; do
  "$python" -c 'import ensurepip, venv' 2>/dev/null && found_python=1 && break
done
[ -n "${found_python:-}" ] || missing+=(python3-venv)
if [ "$kind" = test ]; then
  has_file "/usr/lib/postgresql/*/bin/initdb" || missing+=(postgresql)
  command -v redis-server >/dev/null || missing+=(redis-server)
  # Either will do; the one without windows is the smaller, and quicker.
  command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || missing+=(chromium-headless-shell)
  has_file "/usr/share/fonts/*/wqy/*" || has_file "/usr/share/fonts/*/noto/*CJK*" || missing+=(fonts-wqy-microhei)
  command -v git >/dev/null || missing+=(git)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "${who}还缺少这些 Debian 软件包，请先安装：apt-get install ${missing[*]}。 $whom: apt-get install ${missing[*]}." >&2
  exit 1
fi
echo "正在安装${who}需要的 Debian 软件包：${missing[*]} …"
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet --quiet
apt-get install --quiet --quiet --yes --no-install-recommends "${missing[@]}" >/dev/null
