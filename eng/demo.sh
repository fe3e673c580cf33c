#!/usr/bin/env bash
# The main job, from a clean checkout with nothing but the .NET 10 SDK: a vulnerable image is refused with reasons, a
# clean one is signed, the verifier denies the first and admits the second, and the ledger checks out.
#
# With SUPPLYCHAIN=PATH that program is shown instead of one built from this checkout.
# Works on a copy of examples/ in a folder of its own and removes it. Exit code 0 only if every step ended as it says.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

checkout=$PWD
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
command -v dotnet >/dev/null || { echo "demo: the .NET 10 SDK is not here (no dotnet on the search path)" >&2; exit 2; }
# A program that was built here finds the runtime of the dotnet that built it, wherever that was unpacked.
export DOTNET_ROOT=${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}

work=$(mktemp -d "${TMPDIR:-/tmp}/supplychain-demo.XXXXXX")
services=()
steps=0
clean_up() {
  local code=$? pid
  trap - EXIT
  for pid in "${services[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${services[@]}"; do wait "$pid" 2>/dev/null || true; done
  if [ "$code" = 0 ]; then
    printf '\nDemo passed: %s steps in %s s.\n' "$steps" "$SECONDS"
  else
    for log in "$work"/*.log; do [ ! -f "$log" ] || { echo "--- $(basename "$log")"; cat "$log"; } >&2; done
    printf '\nDemo FAILED after %s steps.\n' "$steps" >&2
  fi
  rm -rf "$work"
  exit "$code"
}
trap clean_up EXIT

title() { printf '\n== %s\n' "$*"; }
fail() { printf 'demo: %s\n' "$*" >&2; exit 1; }

# expect CODE ARGUMENT...: runs one command of ours, shows it and what it says, and insists on its exit code.
expect() {
  local wanted=$1 code=0; shift
  printf '\n$ supplychain %s\n' "$*"
  "$supplychain" "$@" >"$work/output" 2>"$work/complaints" || code=$?
  cat "$work/output" "$work/complaints"
  [ "$code" = "$wanted" ] || fail "exit code $code, expected $wanted"
  printf '(exit code %s)\n' "$code"
  steps=$((steps + 1))
}

# says WORD...: the last output has one line with all of these words.
says() {
  local lines word
  lines=$(cat "$work/output" "$work/complaints")
  for word in "$@"; do lines=$(grep -F -e "$word" <<<"$lines") || fail "no line of the output says: $*"; done
}

# serve NAME ARGUMENT...: starts a service of ours and waits for the address that it prints; sets $address.
serve() {
  local name=$1 pid; shift
  printf '\n$ supplychain %s &\n' "$*"
  "$supplychain" "$@" >"$work/$name.log" 2>&1 &
  pid=$!
  services+=("$pid")
  for _ in $(seq 300); do
    address=$(grep -o 'https\{0,1\}://127\.0\.0\.1:[1-9][0-9]*' "$work/$name.log" | head -n 1) && break
    kill -0 "$pid" 2>/dev/null || fail "the $name ended at once"
    sleep 0.1
  done
  [ -n "$address" ] || fail "the $name did not start within 30 s"
  echo "$name at $address"
  steps=$((steps + 1))
}

# review IMAGE ANSWER: asks the webhook as an API server does, and insists on what it allows.
review() {
  printf '\n$ curl --cacert tls/verifier.pem --data-binary @admission/%s.json %s/v1/admission/validate\n' "$1" "$address"
  curl -sS --max-time 20 --cacert tls/verifier.pem -H 'Content-Type: application/json' \
    --data-binary "@admission/$1.json" "$address/v1/admission/validate" >"$work/output" || fail "the webhook did not answer"
  cat "$work/output"; echo
  grep -q "\"allowed\": *$2" "$work/output" || fail "the answer should say allowed: $2"
  steps=$((steps + 1))
}

supplychain=${SUPPLYCHAIN:-}
if [ -z "$supplychain" ]; then
  title "Building the command"
  dotnet build src/Cli/SupplyChain.Cli.csproj -c Release -v q
  supplychain=$checkout/artifacts/bin/SupplyChain.Cli/release/supplychain
fi

cp -r examples/. "$work"
cd "$work"
mkdir -p data keys
cp -r image data/registry
# Secrets of this run alone.
SUPPLYCHAIN_KEY_PASSWORD=$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \n')
export SUPPLYCHAIN_KEY_PASSWORD
( umask 077; od -An -N 32 -tx1 /dev/urandom | tr -d ' \n' >requester.token )
image=registry.local/demo/shop
vulnerable=$image@sha256:46ff3045da8d91b6805b98aed595e715fee9454388e2db2fef5ff7f2a4f2d3cb
clean=$image@sha256:91121c6c977d214cb8299f9f221b48fa0898cbdd098da7741c87ee555a9dfacb
registry=registry.local=oci:data/registry

title "A key to approve with, and the attestor that guards it"
expect 0 keys generate keys/approval
expect 0 policy lint policies
serve attestor attestor serve --config attestor.json
attestor=$address

title "A vulnerable image is refused, each finding named"
expect 1 attest "$vulnerable" --report reports/vulnerable.trivy.json --attestor "$attestor" --token-file requester.token
says REFUSED
says CVE-2025-15467 CRITICAL libcrypto3 3.5.1-r0 3.5.5-r0
says CVE-2025-69419 HIGH libssl3 3.5.1-r0 3.5.5-r0
says CVE-2024-58251 MEDIUM busybox 1.37.0-r18 1.37.0-r20
says CVE-2026-27171 MEDIUM zlib 1.3.1-r2 1.3.2-r0

title "Another image's report does not help it"
expect 1 attest "$vulnerable" --report reports/clean.trivy.json --attestor "$attestor" --token-file requester.token

title "A clean image is signed"
expect 0 attest "$clean" --report reports/clean.trivy.json --attestor "$attestor" --token-file requester.token
says APPROVED
expect 0 inspect "$clean" --registry "$registry" --key keys/approval.pub

title "The verifier denies the first and admits the second"
expect 1 verify "$vulnerable" --policy policies --registry "$registry"
expect 0 verify "$clean" --policy policies --registry "$registry"

if command -v curl >/dev/null && command -v openssl >/dev/null; then
  title "So does the admission webhook, over TLS"
  mkdir tls
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1 \
    -addext subjectAltName=IP:127.0.0.1 -keyout tls/verifier.key -out tls/verifier.pem 2>/dev/null
  serve verifier verifier serve --config verifier.json
  review vulnerable false
  review clean true
else
  title "The admission webhook is not shown: that needs curl and openssl"
fi

title "The ledger checks out"
expect 0 ledger verify data/ledger.db
expect 0 ledger show data/ledger.db
