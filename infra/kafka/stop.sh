#!/usr/bin/env bash
# Stop the broker that start.sh started in FOLDER (default: var/kafka). Stopped already is fine.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$root/var/kafka}
pid_file=$folder/kafka.pid
if [ ! -f "$pid_file" ] || ! kill -0 "$(cat "$pid_file")" 2>/dev/null; then
  rm -f "$pid_file"
  echo "kafka: does not run ($folder)"
  exit 0
fi
pid=$(cat "$pid_file")
kill "$pid"
for _ in $(seq 150); do
  kill -0 "$pid" 2>/dev/null || { rm -f "$pid_file"; echo "kafka: stopped ($folder)"; exit 0; }
  sleep 0.2
done
kill -9 "$pid"
rm -f "$pid_file"
echo "kafka: had to be killed after 30 s ($folder)"
