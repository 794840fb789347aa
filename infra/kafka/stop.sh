#!/usr/bin/env bash
# Stop the broker that start.sh started in FOLDER (default: var/kafka). Stopped already is fine.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/infra/lives.sh"
folder=${1:-$root/var/kafka}
pid_file=$folder/kafka.pid
if [ ! -f "$pid_file" ] || ! lives "$(cat "$pid_file")"; then
  rm -f "$pid_file"
  echo "kafka: does not run ($folder)"
  exit 0
fi
pid=$(cat "$pid_file")
kill "$pid"
for _ in $(seq 150); do
  lives "$pid" || { rm -f "$pid_file"; echo "kafka: stopped ($folder)"; exit 0; }
  sleep 0.2
done
kill -9 "$pid"
rm -f "$pid_file"
echo "kafka: had to be killed after 30 s ($folder)"
