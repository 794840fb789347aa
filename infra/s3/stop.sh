#!/usr/bin/env bash
# Stop the S3 server that start.sh started:  infra/s3/stop.sh [FOLDER]
set -euo pipefail
. "$(dirname "$0")/../lives.sh"
folder=${1:-$(cd "$(dirname "$0")/../.." && pwd)/var/s3}
[ -f "$folder/s3.pid" ] || { echo "s3: does not run ($folder)"; exit 0; }
pid=$(cat "$folder/s3.pid")
kill "$pid" 2>/dev/null || true
for _ in $(seq 50); do lives "$pid" || break; sleep 0.1; done
rm -f "$folder/s3.pid"
echo "s3: stopped"
