# shellcheck shell=bash
# Sourced by checks that need packages of PyPI. Each has an environment of Python of its own beside the sources, made on first
# use. Without a network or Python's venv module the check is skipped, with a message and exit status 0.

# skip REASON: ends the check.
skip() {
  echo "$(basename "$0" .sh): SKIPPED: $1" >&2
  exit 0
}

# use_python FOLDER MODULES PACKAGE…: makes the environment FOLDER, in which the packages are and the modules can be imported.
# A package may be a list in a file, "--requirement FILE"; the environment is made anew where packages or file have changed.
use_python() {
  local venv=$1 modules=$2 word wanted reason
  shift 2
  wanted=$(printf '%s\n' "$@"; for word; do [ ! -f "$word" ] || cat "$word"; done)
  if [ "$(cat "$venv/packages" 2>/dev/null)" != "$wanted" ]; then
    echo "$(basename "$0" .sh): installing $* into ${venv##*/}"
    rm -rf "$venv"
    python3 -m venv "$venv" >/dev/null 2>&1 || { rm -rf "$venv"; skip "no Python with the venv module (Debian: python3-venv)"; }
    reason=$("$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 "$@" 2>&1) ||
      { printf '%s\n' "$reason" | tail -n 1 >&2; rm -rf "$venv"; skip "$* could not be installed from PyPI"; }
    printf '%s\n' "$wanted" >"$venv/packages"
  fi
  reason=$("$venv/bin/python" -c "import $modules" 2>&1) || skip "$(printf '%s\n' "$reason" | tail -n 1)"
}
