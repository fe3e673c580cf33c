#!/usr/bin/env bash
# ./examples/make-image.sh           writes examples/image anew
# ./examples/make-image.sh --check   makes it elsewhere and compares: the same bytes, or exit code 1
#
# An OCI layout with two images, tags "vulnerable" and "clean", made of nothing but this file. Each says which packages
# it is built from, as an Alpine image does (/etc/os-release, /lib/apk/db/installed), and holds one page of an imaginary
# shop, but no program: there is nothing in it to run. Layers are plain tar, so that no compressor's version matters.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
umask 022

created=2026-03-10T08:00:00Z

# What is installed: name, version, origin, licence.
packages() {
  case $1 in
    vulnerable) cat <<LIST ;;
busybox 1.37.0-r18 busybox GPL-2.0-only
libcrypto3 3.5.1-r0 openssl Apache-2.0
libssl3 3.5.1-r0 openssl Apache-2.0
musl 1.2.5-r10 musl MIT
zlib 1.3.1-r2 zlib Zlib
LIST
    clean) cat <<LIST ;;
busybox 1.37.0-r20 busybox GPL-2.0-only
libcrypto3 3.5.5-r0 openssl Apache-2.0
libssl3 3.5.5-r0 openssl Apache-2.0
musl 1.2.5-r10 musl MIT
zlib 1.3.2-r0 zlib Zlib
LIST
  esac
}

release() { case $1 in vulnerable) echo 3.22.1 ;; clean) echo 3.22.3 ;; esac; }

version() { case $1 in vulnerable) echo 1.0.0 ;; clean) echo 1.0.1 ;; esac; }

base() {
  local variant=$1 root=$2 name version origin licence
  mkdir -p "$root/etc" "$root/lib/apk/db"
  cat >"$root/etc/os-release" <<RELEASE
NAME="Alpine Linux"
ID=alpine
VERSION_ID=$(release "$variant")
PRETTY_NAME="Alpine Linux v3.22, package list only"
RELEASE
  release "$variant" >"$root/etc/alpine-release"
  packages "$variant" | while read -r name version origin licence; do
    printf 'P:%s\nV:%s\nA:x86_64\nT:listed for the example, not installed\nL:%s\no:%s\n\n' \
      "$name" "$version" "$licence" "$origin"
  done >"$root/lib/apk/db/installed"
}

application() {
  mkdir -p "$1/srv/shop"
  cat >"$1/srv/shop/index.html" <<'PAGE'
<!doctype html>
<html lang="en">
<title>Shop</title>
<h1>Shop</h1>
<p>One page, so that the image has something of its own.</p>
</html>
PAGE
}

# put FILE: moves a file among the layout's blobs and prints its digest and size.
put() {
  local digest size
  digest=$(sha256sum "$1" | cut -d ' ' -f 1)
  size=$(wc -c <"$1" | tr -d ' ')
  mv "$1" "$layout/blobs/sha256/$digest"
  echo "sha256:$digest $size"
}

# layer FOLDER: its content as a layer that is the same on every machine and day.
layer() {
  ( cd "$1" && tar --create --file "$work/layer.tar" --format=ustar --sort=name --blocking-factor=1 \
    --mtime="$created" --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' -- * )
  put "$work/layer.tar"
}

# image VARIANT: its config and manifest; prints the manifest's digest and size.
image() {
  local variant=$1 base_digest base_size page_digest page_size config_digest config_size
  base "$variant" "$work/$variant"
  read -r base_digest base_size < <(layer "$work/$variant")
  application "$work/page"
  read -r page_digest page_size < <(layer "$work/page")

  printf '%s' '{"created":"'$created'","architecture":"amd64","os":"linux",' \
    '"config":{"User":"10001:10001","WorkingDir":"/srv/shop",' \
    '"Labels":{"org.opencontainers.image.title":"shop","org.opencontainers.image.version":"'"$(version "$variant")"'"}},' \
    '"rootfs":{"type":"layers","diff_ids":["'"$base_digest"'","'"$page_digest"'"]},' \
    '"history":[{"created":"'$created'","created_by":"examples/make-image.sh: package list"},' \
    '{"created":"'$created'","created_by":"examples/make-image.sh: page"}]}' >"$work/config"
  read -r config_digest config_size < <(put "$work/config")

  printf '%s' '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",' \
    '"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"'"$config_digest"'","size":'"$config_size"'},' \
    '"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"'"$base_digest"'","size":'"$base_size"'},' \
    '{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"'"$page_digest"'","size":'"$page_size"'}],' \
    '"annotations":{"org.opencontainers.image.title":"shop",' \
    '"org.opencontainers.image.description":"made for the example: package list and page, no programs"}}' >"$work/manifest"
  put "$work/manifest"
}

# entry VARIANT: its line of the layout's index.
entry() {
  local digest size
  read -r digest size < <(image "$1")
  printf '%s' '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"'"$digest"'","size":'"$size"',' \
    '"platform":{"architecture":"amd64","os":"linux"},"annotations":{"org.opencontainers.image.ref.name":"'"$1"'"}}'
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
layout=$work/image
mkdir -p "$layout/blobs/sha256"
printf '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s,%s]}' \
  "$(entry vulnerable)" "$(entry clean)" >"$layout/index.json"

case ${1:-} in
  --check)
    diff -r "$layout" image >&2 || { echo "examples/image is not what make-image.sh makes" >&2; exit 1; }
    ( cd image/blobs/sha256 && for blob in *; do echo "$blob  $blob"; done | sha256sum --check --quiet )
    echo "examples/image is what make-image.sh makes" ;;
  '')
    rm -rf image
    cp -r "$layout" image
    grep -o '"digest":"[^"]*"\|ref.name":"[^"]*"' image/index.json ;;
  *)
    sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
