#!/usr/bin/env bash
# Stop the PostgreSQL that start.sh started in FOLDER (default: var/postgis). Stopped already is fine.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$root/var/postgis}
bin=$(find -L /usr/lib/postgresql /opt/homebrew/opt/postgresql* /usr/local/opt/postgresql* -maxdepth 3 -name pg_ctl 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$bin" ] || bin=$(command -v pg_ctl || true)
as_owner=()
if [ "$(id -u)" = 0 ]; then as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups --); fi
if [ -z "$bin" ] || [ ! -d "$folder" ]; then
  echo "postgis: does not run ($folder)"
  exit 0
fi
folder=$(cd "$folder" && pwd)
cd /
if ! "${as_owner[@]}" "$bin" -D "$folder/data" status >/dev/null 2>&1; then
  echo "postgis: does not run ($folder)"
  exit 0
fi
"${as_owner[@]}" "$bin" -D "$folder/data" -m fast -w -t 60 -s stop
echo "postgis: stopped ($folder)"
