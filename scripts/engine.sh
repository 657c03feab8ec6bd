#!/bin/sh
# Have a Docker engine with the labs' images, for tests/docker: on Debian as root it is installed and started if need be,
# and where no registry can be reached stand-ins are built. Does nothing that is done already. `make docker-test` calls it.
set -eu
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}

say() { printf '%s\n' "$@" >&2; }

answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

install() {
    command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 0
    command -v dockerd >/dev/null && command -v docker-compose >/dev/null && return
    docker compose version >/dev/null 2>&1 && command -v dockerd >/dev/null && return
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends docker.io docker-compose iptables
}

start() {
    command -v dockerd >/dev/null && [ "$(id -u)" = 0 ] || return 1
    say "Starting dockerd."
    log=$(mktemp)
    setsid dockerd >"$log" 2>&1 </dev/null &
    for _ in $(seq 60); do
        if answers; then return; fi
        sleep 1
    done
    tail -n 5 "$log" >&2
    return 1
}

answers || install
answers || start || { say "No Docker engine answers, and none could be started: tests/docker cannot run." && exit 1; }
"$venv/bin/python" tests/docker/standins
