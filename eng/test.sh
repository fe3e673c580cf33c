#!/usr/bin/env bash
# ./eng/test.sh [TEXT]   builds everything once and runs every test, or those whose full name contains TEXT.
#
# Installs the real components first (eng/setup.sh). Test programs run two at a time, each with a log and a result file
# (.trx) in TestResults/. The last line is always "N passed, N failed, N skipped". The exit code is 1 when something
# failed, when no test ran and, with CI=true, when a component was missing or a test was skipped that a complete machine runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

text=${1:-}
configuration=Release
results=$PWD/TestResults
limit=40m   # for one test program; past it the program is ended and counts as failed
passed=0 failed=0 skipped=0
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# A program that was built here finds the runtime of the dotnet that built it, wherever that was unpacked.
export DOTNET_ROOT=${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}

problems=()
# However this script ends, it ends with the counts.
finish() {
  local code=$? problem
  trap - EXIT
  [ "$code" = 0 ] || [ ${#problems[@]} != 0 ] || problems+=("eng/test.sh stopped early with exit code $code")
  for problem in "${problems[@]}"; do printf 'test: %s\n' "$problem"; done
  printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  if [ ${#problems[@]} = 0 ]; then exit 0; else exit 1; fi
}
trap finish EXIT

if ! ./eng/setup.sh; then
  if [ "${CI:-}" = true ]; then problems+=("the components could not be installed"); exit 1; fi
  echo "test: going on without the missing components; the tests that need them are skipped"
fi

# Packages are restored exactly as locked when CI=true (Directory.Build.props).
if ! { dotnet restore SupplyChain.sln -v q && dotnet build SupplyChain.sln -c "$configuration" --no-restore -v q; }; then
  problems+=("the build failed"); exit 1
fi

rm -rf "$results"
mkdir -p "$results"

# run NAME [ARGUMENT...]: one test program; everything it says goes to its log.
run() {
  local name=$1 started=$SECONDS code=0; shift
  timeout -k 10 "$limit" "$programs/$name/${configuration,,}/$name" -noColor -reporter quiet -longRunning 120 "$@" -trx "$results/$name.trx" \
    >"$results/$name.log" 2>&1 </dev/null || code=$?
  echo "$code" >"$results/$name.code"
  sed -e '/^xUnit.net v3 In-Process Runner/d' "$results/$name.log"
  printf '%-32s %s s\n' "$name" "$((SECONDS - started))"
}
export -f run
export results limit configuration programs=$PWD/artifacts/bin

# The slowest first, so that the two lanes end together.
names=()
for project in tests/EndToEnd/*.csproj tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  if grep -q "$name\.csproj" SupplyChain.sln; then names+=("$name")
  else problems+=("$project is not in SupplyChain.sln: not run"); failed=$((failed + 1)); fi
done
arguments=()
[ -z "$text" ] || arguments=(-method "*$text*")
# shellcheck disable=SC2016 # expanded by the shells that xargs starts
printf '%s\n' "${names[@]}" | xargs -P 2 -I{} bash -c 'run "$@"' run {} "${arguments[@]}"

# counter NAME WORD: a number of the result file's summary.
counter() { sed -n "s/.*<Counters.*[ ]$2=\"\([0-9]*\)\".*/\1/p" "$results/$1.trx" | grep . || echo 0; }

for name in "${names[@]}"; do
  code=$(cat "$results/$name.code")
  if [ ! -s "$results/$name.trx" ]; then
    failed=$((failed + 1)); problems+=("$name left no result, exit code $code: see TestResults/$name.log"); continue
  fi
  of_this_failed=$(($(counter "$name" failed) + $(counter "$name" error)))
  passed=$((passed + $(counter "$name" passed)))
  skipped=$((skipped + $(counter "$name" notExecuted)))
  if [ "$code" != 0 ] && [ "$of_this_failed" = 0 ]; then
    of_this_failed=1; problems+=("$name ended with exit code $code: see TestResults/$name.log")
  fi
  if [ -z "$text" ] && [ "$(counter "$name" total)" = 0 ]; then
    of_this_failed=1; problems+=("$name holds no test")
  fi
  failed=$((failed + of_this_failed))
done

# What a reader of a long log looks for, once more at its end.
while read -r line; do problems+=("failed: $line"); done < <(
  cat "$results"/*.log | sed -n 's/^ *\(.*\) \[FAIL\]$/\1/p')
# Why tests were skipped. With CI=true a component that is missing fails its tests (Programs.Require); whatever else is skipped has to be
# for a reason that holds on a complete machine, so that no other wording hides what is not tested.
whole='the service has no [a-z0-9-]+ keys|permissions do not bind a privileged user|third-party vectors are not here: .*'
reasons=$(sed -n '/outcome="NotExecuted"/,/<\/UnitTestResult>/ s/.*<StdOut>\([^<]*\).*/\1/p' "$results"/*.trx 2>/dev/null | sort | uniq -c || true)
[ -z "$reasons" ] || printf 'skipped:\n%s\n' "$reasons"
other=$(grep -vE "^ *[0-9]+ ($whole)$" <<<"$reasons" | grep . || true)
if [ -n "$other" ] && [ "${CI:-}" = true ]; then problems+=("tests were skipped that CI has to run: $(tr -s ' \n' ' ' <<<"$other")"); fi
if [ $((passed + failed)) = 0 ]; then problems+=("no test ran"); fi
if [ "$failed" != 0 ] && [ ${#problems[@]} = 0 ]; then problems+=("see TestResults/"); fi
