#!/usr/bin/env bash
# Start one PostgreSQL with PostGIS on this machine, without Docker.
#
#   infra/postgis/start.sh [FOLDER] [PORT] [DATABASE]      default: var/postgis 15432 hanoi
#
# FOLDER takes the data, the log and the port. PostgreSQL refuses to run as root: then it runs as
# user postgres, who must be able to reach FOLDER. It listens on 127.0.0.1 only and trusts whoever
# is on this machine. More server options: POSTGIS_OPTIONS="-c fsync=off".
# Runs already? Then it says so and is content.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$root/var/postgis}
port=${2:-15432}
database=${3:-hanoi}
fail() { echo "postgis: $*" >&2; exit 1; }

bin=$(find -L /usr/lib/postgresql /opt/homebrew/opt/postgresql* /usr/local/opt/postgresql* -maxdepth 3 -name initdb 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$bin" ] || bin=$(command -v initdb || true)
[ -n "$bin" ] || fail "PostgreSQL is missing: apt-get install postgresql-15 postgresql-15-postgis-3"
bin=$(dirname "$bin")
version=$("$bin/postgres" --version | grep -oE '[0-9]+' | head -n 1)
share=$("$bin/pg_config" --sharedir 2>/dev/null || echo "/usr/share/postgresql/$version")
[ -f "$share/extension/postgis.control" ] || fail "PostGIS is missing: apt-get install postgresql-$version-postgis-3"

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
as_owner=()
if [ "$(id -u)" = 0 ]; then
  id postgres >/dev/null 2>&1 || fail "user postgres is missing: apt-get install postgresql-$version"
  as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups --)
  chown postgres "$folder"
  (cd / && "${as_owner[@]}" test -w "$folder") ||
    fail "user postgres cannot reach $folder: make the folders above it passable (chmod o+x) or give another FOLDER"
fi
cd /
answers() { "$bin/pg_isready" -q -h 127.0.0.1 -p "$1"; }
if "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" status >/dev/null 2>&1; then
  port=$(cat "$folder/port")
  answers "$port" || fail "a server of $folder runs but does not answer on port $port; see $folder/postgres.log"
  echo "postgis: runs already on 127.0.0.1:$port ($folder)"
else
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    fail "port $port is taken by another program; give another: infra/postgis/start.sh $folder PORT"
  fi
  if [ ! -f "$folder/data/PG_VERSION" ]; then
    "${as_owner[@]}" "$bin/initdb" -D "$folder/data" -U postgres -E UTF8 --locale=C.UTF-8 --auth=trust >/dev/null ||
      fail "initdb could not make $folder/data"
  fi
  "${as_owner[@]}" sh -c 'echo "$1" >"$2/port"' sh "$port" "$folder"
  "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/postgres.log" -w -t 60 -s start \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' ${POSTGIS_OPTIONS:-}" </dev/null >/dev/null ||
    fail "the server did not start: $(tail -n 3 "$folder/postgres.log")"
fi
sql() { "$bin/psql" -X -q -A -t -h 127.0.0.1 -p "$port" -U postgres -v ON_ERROR_STOP=1 "$@"; }
[ "$(sql -d postgres -v name="$database" <<<"SELECT count(*) FROM pg_database WHERE datname = :'name'")" = 1 ] ||
  sql -d postgres -v name="$database" <<<'CREATE DATABASE :"name"'
sql -d "$database" -c "SET client_min_messages = warning" -c "CREATE EXTENSION IF NOT EXISTS postgis" >/dev/null
echo "postgis: DATABASE_URL=postgresql+psycopg://postgres@127.0.0.1:$port/$database"
