#!/bin/sh
# Set up the account that the environment asks for on the first start, as the official image does; then be the server.
set -eu
data=/var/lib/postgresql/18/docker
if [ "$(id -u)" = 0 ]; then
    chown 999:999 /var/lib/postgresql
    exec setpriv --reuid=999 --regid=999 --clear-groups "$0" "$@"
fi
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
if [ ! -s "$data/PG_VERSION" ]; then
    mkdir -p "$data"
    password=$(mktemp)
    printf '%s\n' "$POSTGRES_PASSWORD" >"$password"
    initdb -D "$data" --username="$user" --pwfile="$password" --auth-local=trust --auth-host=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    rm "$password"
    echo "host all all all scram-sha-256" >>"$data/pg_hba.conf"
    [ "$database" = postgres ] ||
        echo "CREATE DATABASE \"$database\";" | postgres --single -D "$data" postgres >/dev/null
fi
case ${1:-postgres} in
postgres) shift ;;
-*) ;;
*) exec "$@" ;;
esac
exec postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql,/tmp "$@"
