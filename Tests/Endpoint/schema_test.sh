#!/bin/sh
# Compares what a server answers with what /openapi.json says, by some ten thousand generated requests.
#
#   Tests/Endpoint/schema_test.sh [EXAMPLES-PER-PATH [SEED]]      3,500 and 1 if not given; some minutes
#
# Needs `schemathesis` on the PATH, for example: python3 -m venv env && env/bin/pip install schemathesis, then PATH=env/bin:$PATH.
# SEARCH names the program, if it is not .build/release/search.
set -eu
cd "$(dirname "$0")/../.."
search=${SEARCH:-.build/release/search}
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT

"$search" index --quiet --index "$folder/index" Data
"$search" serve --index "$folder/index" --port 0 --metrics 2>"$folder/log" &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  address=$(sed -n 's/.*address=\(http[^ ]*\).*/\1/p' "$folder/log")
  [ -n "$address" ] && break
  sleep 0.25
done
schemathesis --config-file Tests/Endpoint/schemathesis.toml run "${address}openapi.json" --max-examples "${1:-3500}" \
  --seed "${2:-1}" --phases examples,coverage,fuzzing --no-shrink --continue-on-failure --suppress-health-check all \
  --generation-database none
# What the server calls a failure of its own is in its log.
if grep ' error ' "$folder/log"; then exit 1; fi
