#!/bin/bash
# Whether Gavel answers /healthz with 200 on a port of this container: healthy.sh PORT
# The images have no HTTP client, and need none for this.
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
