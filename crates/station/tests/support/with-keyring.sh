#!/bin/sh
# Runs a command in a D-Bus session of its own with a Secret Service of its own.
#   with-keyring.sh [--locked] COMMAND…
# The keyring lies in XDG_DATA_HOME, a new folder unless one is given. --locked starts it without its password.
set -eu
unlock="--unlock"
if [ "${1:-}" = "--locked" ]; then
    unlock=""
    shift
fi
if [ -z "${VIRUJ_KEYRING_HOME:-}" ]; then
    VIRUJ_KEYRING_HOME=$(mktemp -d)
    trap 'rm -rf "$VIRUJ_KEYRING_HOME"' EXIT
fi
export VIRUJ_KEYRING_HOME
runtime=$(mktemp -d)
status=0
VIRUJ_UNLOCK="$unlock" XDG_DATA_HOME="$VIRUJ_KEYRING_HOME" XDG_RUNTIME_DIR="$runtime" dbus-run-session -- sh -c '
    if [ -n "$VIRUJ_UNLOCK" ]; then
        printf test-keyring | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
    else
        gnome-keyring-daemon --foreground --components=secrets </dev/null >/dev/null 2>&1 &
    fi
    keyring=$!
    for _ in $(seq 100); do
        owned=$(dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / \
            org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null || true)
        case "$owned" in *true*) break ;; esac
        sleep 0.1
    done
    status=0
    "$@" || status=$?
    kill "$keyring" 2>/dev/null || true
    wait "$keyring" 2>/dev/null || true
    exit "$status"
' with-keyring "$@" || status=$?
rm -rf "$runtime"
exit "$status"
