#!/usr/bin/env bash
# Says which prerequisite is missing or too old, and how to install it; prints nothing when all is well.
set -u
missing=0

complain() {
  printf 'regent: %s\n        %s\n' "$1" "$2" >&2
  missing=1
}

# at_least HAVE WANT: dotted versions, compared number by number
at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

if ! command -v node >/dev/null; then
  complain 'Node.js is not installed; 20.19 or later is needed.' 'Install it from nodejs.org, or with nvm: nvm install 22'
elif ! at_least "$(node -p process.versions.node)" 20.19.0; then
  complain "Node.js $(node -p process.versions.node) is too old; 20.19 or later is needed." 'With nvm: nvm install 22'
fi
command -v npm >/dev/null || complain 'npm is not installed.' 'It comes with Node.js; on Debian: apt-get install npm'

if ! command -v go >/dev/null; then
  complain 'Go is not installed; 1.25 or later is needed.' 'Install it from go.dev/dl and put /usr/local/go/bin on PATH'
else
  go_version=$(go env GOVERSION | sed -E 's/^go([0-9.]+).*/\1/')
  at_least "$go_version" 1.25 || complain "Go $go_version is too old; 1.25 or later is needed." 'Install a newer one from go.dev/dl'
fi
for tool in git python3 g++; do
  command -v "$tool" >/dev/null || complain "$tool is not installed." "On Debian: apt-get install $tool"
done
exit "$missing"
