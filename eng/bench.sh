#!/usr/bin/env bash
# Measures hot paths beside their floors and prints one line each:
#   NAME ratio=R aim=A floor=F unit=U        (a ratio is floor ÷ ours; 1.0 is perfect)
# usage: eng/bench.sh [FILTER]   exit code 1 below an aim or when a benchmark gave no result
set -euo pipefail
cd "$(dirname "$0")/.."
# A genuine registry is one of the floors.
./eng/setup.sh >&2
dotnet build bench -c Release -v q --nologo >&2
exec dotnet artifacts/bin/SupplyChain.Bench/release/SupplyChain.Bench.dll "$@"
