#!/bin/sh
# The page's lint, types and unit tests, with tools that are fetched once into node_modules. Where node, or the registry
# that they come from, is missing, this says so in a line and goes on: all else here is checked without them.
set -eu
cd "$(dirname "$0")/.."

leave_out() {
  echo "the page's own checks are left out: $1"
  exit 0
}

command -v node >/dev/null && command -v npm >/dev/null || leave_out "node and npm are not installed"

ready=node_modules/.ready # the lock file that the tools there were fetched by
if ! cmp -s package-lock.json "$ready"; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! npm ci --engine-strict --no-audit --no-fund >"$log" 2>&1; then
    case $(sed -nE 's/^npm (error|ERR!) code (.*)/\2/p' "$log") in
      EBADENGINE) leave_out "node $(node --version) is too old for them, package.json says which will do" ;;
      ENOTFOUND | EAI_AGAIN | ECONNREFUSED | ECONNRESET | ENETUNREACH | EHOSTUNREACH | ETIMEDOUT | ERR_SOCKET_TIMEOUT)
        leave_out "the npm registry cannot be reached" ;;
    esac
    cat "$log" >&2
    exit 1
  fi
  cp package-lock.json "$ready"
fi

npm run --silent lint
npm run --silent types
npm run --silent test
