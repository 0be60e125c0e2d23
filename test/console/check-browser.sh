#!/usr/bin/env bash
# Says how to get the browser that the tests of the console need; prints nothing when it is there.
chromium=${CHROMIUM:-/usr/bin/chromium}
[ -x "$chromium" ] && exit 0
printf 'regent: there is no browser at %s; the tests of the console need Chromium.\n' "$chromium" >&2
printf '        On Debian: apt-get install --no-install-recommends chromium. Elsewhere: CHROMIUM=/path/to/chrome make test\n' >&2
exit 1
