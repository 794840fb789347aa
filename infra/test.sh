#!/bin/sh
# Run the tests; install what they need where this can be done (Debian, as root), and say in the end what was skipped and why.
set -eu
bin=$1; shift
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
[ -x /usr/lib/postgresql/15/bin/postgres ] || missing="$missing PostgreSQL+PostGIS"
[ -x /usr/sbin/mosquitto ] || missing="$missing Mosquitto"
command -v mvn >/dev/null 2>&1 || missing="$missing Maven"
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "installing for the tests:$missing"
        make --no-print-directory setup-system >/dev/null
    else
        echo "absent, so their tests will be skipped:$missing (as root: make setup-system)"
    fi
fi
# On CI nothing may be skipped, so the door to ultralytics is tried there too, in its own environment.
if [ "${CI:-}" = true ]; then sh infra/test_train.sh; fi
# A file of tests on each core; each worker has a Kafka and a PostGIS of its own, so four of them are enough for any machine.
exec "$bin/python" -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile "$@"
