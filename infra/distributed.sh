#!/usr/bin/env bash
# The same city on real Apache Kafka and PostgreSQL + PostGIS, started on this machine without Docker.
#
#   infra/distributed.sh [options of `hanoi run`]
#
# VAR (default var) takes everything; KAFKA_PORT and POSTGIS_PORT choose other ports.
# Kafka and PostGIS stay when the city stops: `make kafka-stop postgis-stop` ends them.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
var=${VAR:-$root/var}
mkdir -p "$var"
var=$(cd "$var" && pwd)
kafka_port=${KAFKA_PORT:-19092}
postgis_port=${POSTGIS_PORT:-15432}
# PostgreSQL refuses to run as root, and its user may be unable to enter the project's folder.
postgis=${POSTGIS_FOLDER:-$var/postgis}
database=hanoi
hanoi=hanoi
if [ -x "$root/.venv/bin/hanoi" ]; then hanoi=$root/.venv/bin/hanoi; fi

"$root/infra/kafka/start.sh" "$var/kafka" "$kafka_port"
"$root/infra/postgis/start.sh" "$postgis" "$postgis_port" "$database"
# They may have been running on other ports already; their folders know.
STREAM_URL=kafka://127.0.0.1:$(cat "$var/kafka/port")
DATABASE_URL=postgresql+psycopg://postgres@127.0.0.1:$(cat "$postgis/port")/$database
export STREAM_URL DATABASE_URL
exec "$hanoi" run --var "$var" "$@"
