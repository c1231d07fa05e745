#!/usr/bin/env bash
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/server.sh
source "$REPO/scripts/server.sh"

demo_stop
pg_stop
echo 'Stopped. "make demo" starts it again with the same data.'
