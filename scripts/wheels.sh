#!/bin/sh
# Fetch what `make lab` installs, for machines without a network:  scripts/wheels.sh [FOLDER]
#
# Wheels by hash, for each system and each Python that the course runs on. SYSTEMS and PYTHONS name fewer of them:
#   SYSTEMS=macos-arm64 PYTHONS=3.13 scripts/wheels.sh /media/stick/wheels
set -eu
cd "$(dirname "$0")/.."
folder=${1:-wheels}
pip=${PIP:-${VENV:-.venv}/bin/python -m pip}
glibc="2_5 2_12 2_17 2_24 2_26 2_27 2_28 2_31 2_34" # which a wheel may ask for; the oldest system that we run on has 2.34

tags() { # what a system's wheels are called
    case $1 in
    linux-x86_64 | linux-aarch64) for version in $glibc; do printf -- "--platform manylinux_%s_%s " "$version" "${1#linux-}"; done
        printf -- "--platform manylinux2014_%s " "${1#linux-}" ;;
    macos-arm64) printf -- "--platform macosx_15_0_arm64 " ;;
    *) echo "no such system: $1; there are linux-x86_64 linux-aarch64 macos-arm64" >&2 && return 1 ;;
    esac
}

lacking=""
$pip --version >/dev/null 2>&1 || { echo "pip is missing: PIP='python3 -m pip' scripts/wheels.sh" >&2 && exit 1; }
for system in ${SYSTEMS:-linux-x86_64 linux-aarch64 macos-arm64}; do
    names=$(tags "$system")
    for python in ${PYTHONS:-3.11 3.12 3.13}; do
        for wanted in "--no-deps --require-hashes -r requirements.lock" "uv hatchling editables"; do
            # shellcheck disable=SC2086 # words
            $pip download --quiet --disable-pip-version-check --only-binary=:all: $names --python-version "$python.9" \
                --implementation cp $wanted -d "$folder" || lacking="$lacking $system/$python"
        done
        echo "$system, Python $python: $(find "$folder" -name '*.whl' | wc -l | tr -d ' ') wheels in $folder"
    done
done
[ -z "$lacking" ] || { echo "not everything has a wheel, by the lines above, for:$lacking" >&2 && exit 1; }
