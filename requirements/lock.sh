#!/bin/sh
# Writes requirements/*.txt from pyproject.toml: exact versions with the hashes of all their files, for every platform
# and Python that the package supports. Versions stay as they are unless --upgrade is given.
set -eu

venv=build/lock
if ! [ -x "$venv/bin/uv" ]; then
    "${PYTHON:-python3.11}" -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --require-hashes --requirement requirements/lock.txt
fi

compile() {
    file=$1
    shift
    "$venv/bin/uv" pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
        --custom-compile-command 'make lock' --output-file "$file" "$@"
}

lock() {
    file=$1
    shift
    compile "requirements/$file.txt" --universal "$@"
}

lock base pyproject.toml "$@"
lock dev pyproject.toml --group dev --constraint requirements/base.txt "$@"
lock emulator --group emulator "$@"
lock lock --group lock "$@"

# Part of the package: the functions install it. They run on one platform and Python, with the versions of dev.txt.
compile cpg_infra/plugins/billing_aggregator/infrastructure/requirements.txt --group functions \
    --constraint requirements/dev.txt --python-version 3.11 --python-platform x86_64-manylinux_2_28 --no-annotate
