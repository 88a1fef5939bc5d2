#!/bin/sh
# Installs what is not there: packages.sh PROGRAM=PACKAGE … (Debian's names). Where we may not
# install, it says what to install.
set -eu
missing=
for pair in "$@"; do
    command -v "${pair%%=*}" > /dev/null || missing="$missing ${pair#*=}"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    apt-get update -qq > /dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends -y $missing > /dev/null
else
    echo "インストールしてください / install these first:$missing" >&2
    exit 1
fi
