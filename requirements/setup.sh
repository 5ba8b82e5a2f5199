#!/bin/sh
# Makes the virtual environment (first argument) and installs requirements/dev.txt, every file checked by its hash.
# An environment whose set-up was interrupted is made anew.
set -eu

venv=$1
unfinished=$venv/.unfinished

usable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for python in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
        if usable "$python"; then echo "$python"; return; fi
    done
    echo "Python 3.11 or newer is needed; looked for: ${PYTHON:-python3.11 to python3.14, python3}." \
        'Name one with PYTHON=… make …' >&2
    exit 1
}

if [ -e "$unfinished" ] || ! usable "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    echo "— $venv: $("$python" --version)"
    mkdir -p "$venv"
    touch "$unfinished"
    "$python" -m venv --clear "$venv"
fi
touch "$unfinished"
rm -f "$venv"/.requirements-*
echo "— $venv: pinned requirements (half a minute the first time)"
"$venv/bin/python" -m pip install --quiet --no-compile --require-hashes --only-binary :all: \
    --requirement requirements/dev.txt
# The provider SDKs' many thousands of modules are read as text and never imported; all others are compiled now, so that
# the first command is as quick as the next.
"$venv/bin/python" -m compileall -qq -j 0 -x 'pulumi_(azure_native|azuread|gcp)' "$venv"/lib/python*/site-packages || true
rm -f "$unfinished"
