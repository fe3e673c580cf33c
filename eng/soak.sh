#!/usr/bin/env bash
# The long form of the fuzz tests: many changed inputs for everything that reads what comes from outside.
#   NAME seed=S inputs=N most-bytes=B failures=F OUTCOME=COUNT...        one line for each target
# usage: eng/soak.sh [COUNT] [SEED]   a million inputs over all targets, and a seed by the clock, unless given
# Exit code 1 on a failure; artifacts/soak then holds each failing input, with the seed it was made of and the trust root it was judged by.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

count=${1:-1000000}
seed=${2:-$(date +%s)}
limit=2h   # an input that is never done with is a failure too
report=$PWD/artifacts/soak/report.txt

rm -rf artifacts/soak
mkdir -p artifacts/soak
dotnet build tests/Sigstore.Tests -c Release -v q --nologo >&2
echo "soak: $count inputs, seed $seed"
code=0
SUPPLYCHAIN_SOAK_COUNT=$count SUPPLYCHAIN_SOAK_SEED=$seed SUPPLYCHAIN_SOAK_REPORT=$report timeout -k 10 "$limit" \
  artifacts/bin/SupplyChain.Sigstore.Tests/release/SupplyChain.Sigstore.Tests -noColor -reporter quiet -class '*FuzzTests' >artifacts/soak/log.txt 2>&1 || code=$?
cat "$report" || true
[ "$code" = 0 ] || { cat artifacts/soak/log.txt; echo "soak: failed, with seed $seed"; exit 1; }
