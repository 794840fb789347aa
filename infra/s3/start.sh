#!/usr/bin/env bash
# Start a small S3 server (moto, in memory) for tests, in a Python environment of its own.
#
#   infra/s3/start.sh [FOLDER] [PORT]      default: var/s3 15090
#
# moto needs botocore, and botocore a python-dateutil older than the one we run on, so it never shares
# our environment. FOLDER takes the log and the process id. Runs already? Then it says so and is content.
set -euo pipefail
. "$(cd "$(dirname "$0")/.." && pwd)/lives.sh"
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$root/var/s3}
port=${2:-15090}
fail() { echo "s3: $*" >&2; exit 1; }

env=$root/.venv-s3
pins=$root/infra/s3/requirements.txt
install() {
  if command -v flock >/dev/null; then flock 9; fi
  ! cmp -s "$pins" "$env/installed.txt" || return 0
  python3 -m venv "$env" || fail "a virtual environment is missing: apt-get install python3-venv"
  "$env/bin/python" -m pip install --quiet --disable-pip-version-check -r "$pins" || fail "could not fetch the packages of $pins"
  cp "$pins" "$env/installed.txt"
}
if ! cmp -s "$pins" "$env/installed.txt"; then
  mkdir -p "$env"
  (install) 9>"$env/.lock"
fi
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
if [ -f "$folder/s3.pid" ] && lives "$(cat "$folder/s3.pid")"; then
  echo "s3: runs already on 127.0.0.1:$(cat "$folder/port") ($folder)"
  exit 0
fi
(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && fail "port $port is taken; give another: infra/s3/start.sh $folder PORT"
nohup "$env/bin/moto_server" -H 127.0.0.1 -p "$port" >"$folder/s3.log" 2>&1 </dev/null &
echo $! >"$folder/s3.pid"
echo "$port" >"$folder/port"
for _ in $(seq 150); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && { echo "s3: AWS_ENDPOINT_URL=http://127.0.0.1:$port"; exit 0; }
  lives "$(cat "$folder/s3.pid")" || fail "the server did not start: $(tail -n 3 "$folder/s3.log")"
  sleep 0.2
done
fail "the server does not answer on port $port; see $folder/s3.log"
