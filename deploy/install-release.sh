#!/bin/sh
# Installs the release of this checkout beside the releases that are there:
#
#   sh deploy/install-release.sh /opt/gatehouse
#
# writes /opt/gatehouse/releases/<version> with the programs, their production dependencies and their Node. Needs `npm ci`
# in the checkout, and builds what has changed since the last build. It changes nothing that runs: `current`, the symbolic
# link to the release that systemd starts, is yours to change.
set -eu

if [ $# -ne 1 ]; then
  echo 'usage: sh deploy/install-release.sh <directory>, such as /opt/gatehouse' >&2
  exit 2
fi
checkout=$(cd "$(dirname "$0")/.." && pwd)
node=$checkout/node_modules/node/bin/node
wanted=$(sed -n 's/^ *"node": "\([0-9.]*\)",*$/v\1/p' "$checkout/package.json")
if [ ! -x "$node" ] || [ "$("$node" --version)" != "$wanted" ]; then
  echo "$checkout is not built: run npm ci && npm run build in it." >&2
  exit 1
fi
version=$("$node" -p 'require(process.argv[1]).version' "$checkout/package.json")
release=$1/releases/$version
if [ -e "$release" ]; then
  echo "$release exists: remove it first if it is not in use." >&2
  exit 1
fi

# As the owner of the checkout: root would leave files that the owner cannot replace.
build() {
  owner=$(stat -c %U "$checkout")
  if [ "$(id -u)" -eq 0 ] && [ "$owner" != root ]; then
    runuser -l "$owner" -c 'cd "$0" && npm run --silent build' "$checkout"
  else
    (cd "$checkout" && npm run --silent build)
  fi
}
if ! output=$(build 2>&1); then
  echo "$output" >&2
  exit 1
fi

# The release appears under its name when it is complete.
unfinished=$1/releases/.$version
rm -rf "$unfinished"
umask 022
mkdir -p "$unfinished/bin"
cp -R "$checkout/dist" "$checkout/deploy" "$checkout/package.json" "$checkout/package-lock.json" "$unfinished"
cp "$node" "$unfinished/bin/node"
(cd "$unfinished" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error)
mv "$unfinished" "$release"
echo "$release"
