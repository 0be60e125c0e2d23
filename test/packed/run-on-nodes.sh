#!/usr/bin/env bash
# Packs Regent, installs the package where there is no Go and no source, and drives it end to end on Node 22, 24 and 26,
# which come from npm's package `node`.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tarball=$(cd "$root" && npm pack --silent --pack-destination "$work")
failed=0
for major in "${@:-22 24 26}"; do
  for version in $major; do
    folder="$work/node-$version"
    mkdir -p "$folder"
    cd "$folder"
    npm init --yes >/dev/null
    npm install --silent --no-audit --no-fund "node@$version"
    PATH="$folder/node_modules/.bin:$PATH" npm install --silent --no-audit --no-fund "$work/$tarball"
    if PATH="$folder/node_modules/.bin:$PATH" node "$root/test/packed/drive-package.mjs" "$folder" "$root"; then
      echo "Node $version: $("$folder/node_modules/.bin/node" --version) passed"
    else
      echo "Node $version: FAILED"
      failed=1
    fi
  done
done
exit "$failed"
