#!/usr/bin/env bash
# run.sh [demo|empty]: install, migrate, load the demo district or nothing, and serve on 127.0.0.1:$PORT.
# Safe to repeat; Ctrl-C ends it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kind=${1:-demo}
case $kind in
  demo) target=run folder=$PWD/var banner=on ;; # every page says that the people are made up
  empty) target=serve folder=$PWD/own banner=off ;;
  *) echo "usage: bin/run.sh demo|empty" >&2; exit 2 ;;
esac

export PORT=${PORT:-8000}
export VAR_DIR=${VAR_DIR:-$folder}
export PORTAL_HTTPS=${PORTAL_HTTPS:-off} # plain http on this machine only; the settings default to https
export DEMO_BANNER=${DEMO_BANNER:-$banner}
export PYTHONUNBUFFERED=1

bin/bootstrap.sh runtime
python=.venv/bin/python

free=0
"$python" bin/port_is_free.py "$PORT" || free=$?
case $free in
  0) ;;
  1) echo "端口 $PORT 已被占用，请换一个：make $target PORT=8001。 Port $PORT is taken: make $target PORT=8001." >&2; exit 1 ;;
  *) echo "端口 $PORT 不能用，请填 1024 到 65535 之间的数：make $target PORT=8001。 $PORT is no port to serve on: make $target PORT=8001." >&2; exit 1 ;;
esac

# The register lies there: nobody else on this machine looks in.
umask 077
mkdir -p "$VAR_DIR"
chmod 700 "$VAR_DIR"

# Python can lose a Ctrl-C that comes while it throws something away, and then it goes on. What runs in the
# background hears none: it is ended from here, with a sentence and without a traceback.
step=
stop() {
  trap '' INT TERM # make passes the signal on once more: not to leave the step behind
  if [ -n "$step" ]; then
    kill "$step" 2>/dev/null || true
    while kill -0 "$step" 2>/dev/null; do wait "$step" 2>/dev/null || true; done
  fi
  echo "停下了，没有装完。再执行一次 make $target，会接着装。 Stopped: run make $target again to go on." >&2
  exit 130
}
trap stop INT TERM
manage() {
  "$python" manage.py "$@" &
  step=$!
  wait "$step"
  step=
}

# The stamps spare a second start the work of the first: they hold what the files were, whatever was
# touched or compiled since.
state_of() {
  find "$@" requirements.txt -name __pycache__ -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
}
done_since() { # NAME STATE
  [ "$(cat "$VAR_DIR/$1.stamp" 2>/dev/null)" = "$2" ]
}

# Every migrate also loads codes, kinds, parameters and the verbs of the roles, and guards the trail.
tables=$(state_of ./*/migrations fixtures core/reference.py branches/roles.py core/trail.py)
if [ -n "${DATABASE_URL:-}" ] || [ ! -f "$VAR_DIR/yinhui.sqlite3" ] || ! done_since migrate "$tables"; then
  echo "正在准备数据库…"
  manage migrate --noinput --verbosity 0
  echo "$tables" > "$VAR_DIR/migrate.stamp"
fi
styles=$(state_of static)
if ! done_since static "$styles"; then
  manage collectstatic --noinput --clear --verbosity 0
  echo "$styles" > "$VAR_DIR/static.stamp"
fi

if [ "$kind" = demo ]; then
  manage make_demo --size "${DEMO_SIZE:-M}"
else
  echo "数据在 $VAR_DIR。第一次用，另开一个窗口，在这个文件夹里建开局账号："
  echo "  export VAR_DIR=\"$VAR_DIR\""
  [ "$DEMO_BANNER" = off ] || echo "  export DEMO_BANNER=$DEMO_BANNER"
  echo "  .venv/bin/python manage.py createsuperuser"
fi

echo
echo "打开浏览器访问： http://127.0.0.1:$PORT/    （按 Ctrl-C 结束）"
exec "$python" -m gunicorn portal.wsgi:application --config deploy/gunicorn.conf.py --bind "127.0.0.1:$PORT" --workers 1
