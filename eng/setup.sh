#!/usr/bin/env bash
# Installs the real components that the tests run against, where they are missing, and prints what is there.
#   Debian packages of the running release   umoci, skopeo, htpasswd, openssl, SoftHSM with its programs and OpenSC's, OpenSSL's
#                                             pkcs11 engine (system-wide: needs root or sudo)
#   single programs, unpacked into .tools/    docker-registry of the running release;
#                                             cosign 2 and 3 and oras of Debian's newer suites
#   an npm package, in .tools/npm             @sigstore/verify; node and npm are Debian's where there are none
# Nothing of the system's package sources is changed: the newer suites are read through a private apt configuration.
# Safe to repeat; when all is there it takes no time. Remove .tools/ to fetch newer versions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools=$PWD/.tools
sigstore_js=3.1.1
programs="umoci skopeo htpasswd openssl softhsm2-util pkcs11-tool"
packages="umoci skopeo apache2-utils openssl softhsm2 opensc libengine-pkcs11-openssl"

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
# OpenSSL's engine is a library: where the openssl program finds it, tests do.
have_engine() { have openssl && openssl engine pkcs11 >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else return 125; fi
}

# apt's own lists may be absent on a fresh machine; they are read at most once a run.
updated=
update_system() {
  [ -z "$updated" ] || return 0
  have apt-get || die "these are missing and apt-get is not here to install them: $*"
  say "reading the package lists"
  as_root apt-get update -qq -o DPkg::Lock::Timeout=300 >&2 \
    || die "apt-get update failed, or needs root (neither root nor sudo here). Missing: $*"
  updated=yes
}

install_packages() {
  local missing="" program
  for program in $programs; do have "$program" || missing="$missing $program"; done
  have_engine || missing="$missing libengine-pkcs11-openssl"
  [ -n "$missing" ] || return 0
  update_system "$missing"
  say "installing$missing"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-upgrade \
    -o DPkg::Lock::Timeout=300 $packages >/dev/null || die "could not install:$missing (packages $packages)"
}

# unpack NAME PROGRAM APT-ARGUMENT...: one program of a package becomes .tools/bin/NAME, its version .tools/versions/NAME.
# A package's daemon is thereby never started, and two versions of one program lie side by side.
unpack() {
  local name=$1 program=$2 work; shift 2
  work=$(mktemp -d "$tools/unpack.XXXXXX")
  ( cd "$work" && apt-get download -qq -o APT::Sandbox::User=root "$@" >&2 ) || die "could not download $*"
  dpkg-deb -x "$work"/*.deb "$work/root"
  dpkg-deb -f "$work"/*.deb Version >"$tools/versions/$name"
  mv "$work/root/usr/bin/$program" "$tools/bin/$name"
  rm -rf "$work"
}

install_registry() {
  [ -x "$tools/bin/docker-registry" ] && return 0
  [ -n "$(apt-cache madison docker-registry 2>/dev/null)" ] || update_system docker-registry
  say "fetching docker-registry"
  unpack docker-registry docker-registry docker-registry
}

# A private apt: the system's own repository and keyring, but newer suites, with lists and cache of its own.
private_apt() {
  local target line uri keyring=/usr/share/keyrings/debian-archive-keyring.gpg options="target=Packages"
  target='$(LABEL)|$(COMPONENT)|$(REPO_URI)'
  line=$(apt-get indextargets --format "$target" 'Created-By: Packages' | grep '^Debian|main|' | head -n 1 || true)
  if [ -z "$line" ]; then
    update_system "cosign, oras"
    line=$(apt-get indextargets --format "$target" 'Created-By: Packages' | grep '^Debian|main|' | head -n 1 || true)
  fi
  [ -n "$line" ] || die "no Debian repository is configured on this machine: cosign 2 and 3 come from Debian's newer suites"
  uri=${line##*|}
  [ ! -r "$keyring" ] || options="$options signed-by=$keyring"

  mkdir -p "$tools/apt/lists/partial" "$tools/apt/cache/archives/partial"
  : >"$tools/apt/sources.list"
  for suite in trixie sid; do
    echo "deb [$options] $uri $suite main" >>"$tools/apt/sources.list"
  done
  cat >"$tools/apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$tools/apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$tools/apt/lists";
Dir::Cache "$tools/apt/cache";
Acquire::Languages "none";
APT::Sandbox::User "root";
CONF
  say "reading the lists of Debian's newer suites"
  APT_CONFIG=$tools/apt/apt.conf apt-get update -qq >&2 || die "could not read the package lists of Debian's newer suites"
}

# newest PACKAGE MAJOR: the highest version of that major which any of the suites carries.
newest() {
  APT_CONFIG=$tools/apt/apt.conf apt-cache madison "$1" | awk -F'|' '{ gsub(/ /, "", $2); print $2 }' \
    | grep "^$2\." | sort -V | tail -n 1 || true
}

install_newer() {
  local name package program major version apt_is_ready=
  while read -r name package program major; do
    [ -x "$tools/bin/$name" ] && continue
    [ -n "$apt_is_ready" ] || private_apt
    apt_is_ready=yes
    version=$(newest "$package" "$major")
    [ -n "$version" ] || die "no suite of Debian carries $package $major"
    say "fetching $package $version"
    APT_CONFIG=$tools/apt/apt.conf unpack "$name" "$program" "$package=$version"
  done <<LIST
cosign-2 cosign cosign 2
cosign-3 cosign cosign 3
oras     oras   oras   1
LIST
}

# Exactly this version, without scripts of its own.
install_sigstore_js() {
  [ -f "$tools/npm/node_modules/@sigstore/verify/package.json" ] && return 0
  if ! have node || ! have npm; then
    update_system "nodejs npm"
    say "installing nodejs npm"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-upgrade \
      -o DPkg::Lock::Timeout=300 nodejs npm >/dev/null || die "could not install: nodejs npm"
  fi
  say "fetching @sigstore/verify $sigstore_js"
  mkdir -p "$tools/npm"
  npm install --prefix "$tools/npm" --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel error "@sigstore/verify@$sigstore_js" >&2 \
    || die "could not fetch @sigstore/verify"
}

mkdir -p "$tools/bin" "$tools/versions"
# One setup at a time in a checkout; a second one waits and then finds everything done.
exec 9>"$tools/lock"
flock 9
trap 'rm -rf "$tools"/unpack.* "$tools/apt"' EXIT

install_packages
install_registry
install_newer
install_sigstore_js

for name in docker-registry cosign-2 cosign-3 oras; do
  printf '%-16s %s\n' "$name" "$(cat "$tools/versions/$name")"
done
printf '%-16s %s\n' "@sigstore/verify" "$sigstore_js"
for package in $packages; do
  printf '%-16s %s\n' "$package" "$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null || echo 'not from a Debian package')"
done
