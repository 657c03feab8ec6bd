#!/bin/sh
# Make the environment that the labs run in, or find that it is there:  scripts/environment.sh lab|test
#
# Everything comes from a lock file, by hash. uv installs it: the one on PATH, else one that goes into the environment.
# PYTHON names the interpreter to use, VENV a place other than .venv.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$@" >&2; }

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if fits "$python"; then echo "$python" && return; fi
    done
    found=$("${PYTHON:-python3}" --version 2>&1) || found="no ${PYTHON:-python3} here"
    say "Capsize needs Python 3.11 or newer, and found: $found" "Install one, then name it: make lab PYTHON=python3.12"
    return 1
}

make_venv() {
    python=$(find_python) || return 1
    say "Making $venv with $("$python" --version)"
    if command -v uv >/dev/null; then
        uv venv --quiet --clear --python "$python" "$venv"
    elif "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv --clear "$venv"
    else
        say "$python cannot make environments. Type: apt install python3-venv (Debian, Ubuntu), or install uv"
        return 1
    fi
}

find_uv() {
    command -v uv && return
    [ -x "$venv/bin/uv" ] || "$venv/bin/python" -m pip install --quiet --disable-pip-version-check uv >&2 || return 1
    echo "$venv/bin/uv"
}

lock_of() { case $1 in lab) echo requirements.lock ;; test) echo requirements-dev.lock ;; *) return 1 ;; esac }

# what must be the same for the environment to be good: the lock, the project's own data, the folder that it is used in
mark_of() { { cat "$(lock_of "$1")" pyproject.toml && pwd; } | cksum; }

is_there() { [ -x "$venv/bin/python" ] && [ "$(cat "$venv/.capsize-$1" 2>/dev/null)" = "$(mark_of "$1")" ]; }

kind=${1:-lab}
lock=$(lock_of "$kind") || { say "usage: scripts/environment.sh lab|test" && exit 2; }
venv=${VENV:-.venv}
if is_there "$kind"; then exit; fi

began=$(date +%s)
[ -x "$venv/bin/python" ] || make_venv || exit 1
uv=$(find_uv)
[ -t 2 ] && quiet= || quiet=--quiet
say "Installing what $lock lists. The first time it fetches a few hundred megabytes."
"$uv" pip install $quiet --python "$venv/bin/python" --require-hashes -r "$lock"
"$uv" pip install $quiet --python "$venv/bin/python" --no-deps --editable .
mark_of "$kind" >"$venv/.capsize-$kind"
# the test environment holds all that the labs need
[ "$kind" = lab ] || mark_of lab >"$venv/.capsize-lab"
say "The environment is ready: $(($(date +%s) - began)) s, $(du -sm "$venv" | cut -f1) MB in $venv."
