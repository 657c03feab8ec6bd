#!/bin/sh
# Have a Docker engine with the labs' images, for tests/docker: on Debian as root it is installed and started if need be,
# and where no registry can be reached stand-ins are built. Does nothing that is done already. `make docker-test` calls it.
#
#   scripts/engine.sh        ends with 3, and says why, where this machine cannot have an engine
#   scripts/engine.sh stop   ends the engine that this script started, with all that runs in it
set -eu
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
run=/run/capsize-engine
try=capsize-try-$$
impossible=3

say() { printf '%s\n' "$@" >&2; }

answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

has_compose() { docker compose version || docker-compose version; } >/dev/null 2>&1

# Install what is missing of an engine and of a Compose tool, where one may.
install() {
    missing=
    answers || command -v dockerd >/dev/null || missing="docker.io iptables"
    has_compose || missing="$missing docker-compose"
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # newer Debians have the client in a package of its own
    command -v docker >/dev/null || missing="$missing $(apt-cache search --names-only '^docker-cli$' | cut -d ' ' -f 1)"
    # shellcheck disable=SC2086 # names, not one name
    apt-get install -qq -y --no-install-recommends $missing >&2
}

# Say whether the process lives that a file has the number of. Numbers are used again, so its program counts.
lives() { [ -s "$1" ] && [ "$(basename "$(readlink "/proc/$(cat "$1")/exe")")" = "$2" ]; }

# Run a container on a network, with a published port: the arguments are its image and its words.
runs() {
    status=0
    docker network create $try >/dev/null || return 1
    docker run --rm --network $try --network-alias here -p 127.0.0.1::8000 "$@" >/dev/null || status=$?
    docker network rm $try >/dev/null
    return $status
}

# Start dockerd with these options, wait until it answers or has ended, and run the least there is in it.
start() {
    lives /run/docker/containerd/containerd.pid containerd || rm -f /run/docker/containerd/containerd.pid
    rm -f $run/pid
    setsid dockerd --pidfile $run/pid "$@" >$run/log 2>&1 </dev/null &
    for _ in $(seq 120); do
        if answers; then break; fi
        kill -0 $! 2>/dev/null || return 1
        sleep 0.5
    done
    tar -C /usr/bin -c tini-static | docker import - $try >/dev/null || return 1
    runs $try /tini-static --version && docker rmi $try >/dev/null
}

# What the kernels of small machines lack most often is a file system of layers, or rules for packets: do without.
start_somehow() {
    command -v dockerd >/dev/null && [ "$(id -u)" = 0 ] || return 1
    mkdir -p $run
    for options in "" "--iptables=false" "--storage-driver=vfs" "--storage-driver=vfs --iptables=false"; do
        say "Starting dockerd $options"
        # shellcheck disable=SC2086 # no option, or two
        if start $options; then return; fi
        grep -v level=info $run/log | tail -n 1 >&2
        stop
    done
    return 1
}

stop() {
    if lives $run/pid dockerd; then
        kill "$(cat $run/pid)"
        while lives $run/pid dockerd; do sleep 0.1; done
    fi
    rm -f $run/pid
}

give_up() { say "$@" && exit $impossible; }

if [ "${1:-}" = stop ]; then stop && exit; fi
install || answers || give_up "No Docker engine answers, and none can be installed: tests/docker cannot run."
if ! answers; then
    start_somehow || give_up "No Docker engine answers, and none could be started: tests/docker cannot run."
fi
"$venv/bin/python" tests/docker/standins
runs python:3.12-slim python -c 'import socket; socket.gethostbyname("here")' ||
    give_up "In this Docker engine containers do not find each other by name: tests/docker cannot run."
