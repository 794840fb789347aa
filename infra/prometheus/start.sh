#!/usr/bin/env bash
# Run Prometheus beside `hanoi run`, without Docker, until Ctrl-C.
#
#   infra/prometheus/start.sh [VAR] [PORT]      default: var 9090
#
# VAR is the folder of `hanoi run --var`. Prometheus is the one that is installed, or the one in $PROMETHEUS.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
var=${1:-$root/var}
port=${2:-9090}
fail() { echo "prometheus: $*" >&2; exit 1; }

prometheus=${PROMETHEUS:-$(command -v prometheus || true)}
[ -n "$prometheus" ] || fail "it is missing: apt-get install --no-install-recommends prometheus, or set PROMETHEUS=/path/to/prometheus"
[ -d "$var/run" ] || fail "$var/run is absent: nothing was ever run there (hanoi run --var $var)"
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  fail "port $port is taken by another program; give another: infra/prometheus/start.sh $var PORT"
fi
var=$(cd "$var" && pwd)
folder=$var/prometheus
mkdir -p "$folder/rules" "$folder/data" "$var/run/prometheus"
cp "$here/prometheus.yml" "$folder/prometheus.yml"
cp "$here"/rules/*.yml "$folder/rules/"
ln -sfn "$var/run/prometheus" "$folder/targets"
cd "$folder"
echo "prometheus: http://127.0.0.1:$port/alerts and /targets ($folder)"
exec "$prometheus" --config.file=prometheus.yml --storage.tsdb.path=data --storage.tsdb.retention.time=15d \
  --web.listen-address="127.0.0.1:$port" --log.level=warn
