#!/bin/sh
# Makes .venv and puts a locked set of packages into it, with this project on top:
#
#     sh scripts/environment.sh base|dev
#
# $PYTHON, when set, is tried first. The Makefile calls this when something has changed.
set -eu
cd "$(dirname "$0")/.."
requirements="requirements/$1.txt"
venv=.venv

# pip must not be told by the caller's settings to install elsewhere.
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1
unset PYTHONHOME PYTHONPATH

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
has_pip() { "$1" -m pip --python "$(command -v "$1")" --version >/dev/null 2>&1; } # --python came with pip 22.3
has_ensurepip() { "$1" -c 'import ensurepip' >/dev/null 2>&1; }

# Sets $python to the first interpreter that is new enough and can install something.
find_python() {
    seen=
    for python in ${PYTHON:+"$PYTHON"} python3.13 python3.12 python3.11 python3 python3.14 python; do
        is_new_enough "$python" || continue
        if has_pip "$python" || has_ensurepip "$python"; then return; fi
        seen="$python"
    done
    if [ -n "$seen" ]; then
        echo "turnover needs pip, and $seen has none." >&2
        echo "Install it (Debian, Ubuntu: apt-get install python3-pip) and try again." >&2
    else
        echo "turnover needs Python 3.11 or newer, and none was found${PYTHON:+ ($PYTHON is not)}." >&2
        echo "Install one, or name it: make PYTHON=/path/to/python3.12" >&2
    fi
    exit 1
}

# The new environment's own pip where it has one, else the pip of the Python that made it.
run_pip() {
    if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        "$venv/bin/python" -m pip "$@"
    else
        "$(sed -n 's/^executable = //p' "$venv/pyvenv.cfg")" -m pip --python "$venv/bin/python" "$@"
    fi
}

make_venv() {
    find_python
    echo "Setting up .venv with $("$python" --version) …"
    # Debian has venv without ensurepip unless one asks, so the outer pip serves where there is one.
    if has_pip "$python"; then
        "$python" -m venv --clear --without-pip "$venv"
    else
        "$python" -m venv --clear "$venv"
    fi
}

# uv, at the version and with the hashes that the locked file gives it.
add_uv() {
    sed -n '/^uv==/,/[^\\]$/p' requirements/base.txt >"$venv/uv.txt"
    run_pip install --quiet --require-hashes --requirement "$venv/uv.txt"
}

# uv takes a tenth of the time, but does not know pip's own settings (a mirror, a certificate), so pip has the last word.
install() {
    "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" "$@" || {
        echo "uv could not; trying pip …" >&2
        run_pip install --quiet "$@"
    }
}

# An environment that was copied or moved still points at its old place.
is_whole() { "$venv/bin/python" -c '' 2>/dev/null && grep -qF "$(pwd -P)/$venv" "$venv/bin/activate"; }

is_whole || make_venv
"$venv/bin/uv" --version >/dev/null 2>&1 || add_uv
echo "Installing $requirements …"
install --require-hashes --requirement "$requirements"
install --no-deps --no-build-isolation --editable .
