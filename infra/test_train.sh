#!/bin/sh
# The ultralytics door, tried in an environment of its own: torch brings gigabytes that the services never need.
set -eu
venv=${TRAIN_VENV:-.venv-train}
if [ ! -e "$venv/.stamp" ] || [ requirements/train.txt -nt "$venv/.stamp" ]; then
    echo "[train] environment in $venv (about 7 GB, two to four minutes)"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r requirements/runtime.txt -r requirements/train.txt \
        pytest pytest-timeout hypothesis
    "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation -e .
    touch "$venv/.stamp"
fi
exec "$venv/bin/python" -m pytest -m train tests/vision tests/services/bench tests/services/train "$@"
