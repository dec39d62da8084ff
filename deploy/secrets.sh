#!/bin/sh
# Makes the passwords that docker-compose.yml needs, at random, once: deploy/secrets.sh
#
# They are written to deploy/secrets, which git and image builds leave out. Nothing is overwritten:
# the database and the broker keep the passwords of their first start.
set -eu
umask 077
cd "$(dirname "$0")"

if [ -e secrets ]; then
    echo "deploy/secrets is there already and stays as it is. To start anew, with all data lost:" >&2
    echo "  docker compose down --volumes && rm -r deploy/secrets && deploy/secrets.sh" >&2
    exit 1
fi

# So many random bytes as hexadecimal digits, which need no quoting in URLs.
random() { od -An -vtx1 -N "$1" /dev/urandom | tr -d ' \n'; }
# A secret that a container reads as a file. The services' users are not this host's: every user may
# read the file, and only the owner may enter the folder that it is in.
readable() { cat >"$new/$1" && chmod 444 "$new/$1"; }

# Made aside, so that a folder named secrets is always complete.
new=$(mktemp -d ./secrets.XXXXXX)
trap 'rm -rf "$new"' EXIT

database=$(random 24)
broker=$(random 24)
key=$(random 10)
secret=$(random 24)

printf %s "$database" | readable database-password
printf %s "postgres://gavel:$database@database/gavel?sslmode=disable" | readable database-url
printf %s "amqp://gavel:$broker@broker:5672/gavel" | readable broker-url
printf 'default_user = gavel\ndefault_pass = %s\ndefault_vhost = gavel\n' "$broker" | readable broker.conf
# Read by Compose itself, as environment files.
printf 'AWS_ACCESS_KEY_ID=%s\nAWS_SECRET_ACCESS_KEY=%s\n' "$key" "$secret" >"$new/blobs-client.env"
printf 'ROOT_ACCESS_KEY_ID=%s\nROOT_SECRET_ACCESS_KEY=%s\n' "$key" "$secret" >"$new/blobs-server.env"

mv "$new" secrets
trap - EXIT
echo "Made deploy/secrets. Keep a copy where backups are kept."
