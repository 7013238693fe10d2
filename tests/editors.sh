#!/usr/bin/env bash
# Installs the editors and the browser that tests drive, by name, where that is allowed. What cannot be had is skipped by its tests, which say so.
set -uo pipefail

missing=()
command -v chromium > /dev/null || command -v google-chrome > /dev/null || missing+=(chromium)
command -v emacs > /dev/null || missing+=(emacs-nox elpa-eglot)
command -v vim > /dev/null || missing+=(vim)
[ -d /usr/share/vim-ale ] || missing+=(vim-ale)
[ "${#missing[@]}" -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
  echo "Not installed, so their tests are skipped: ${missing[*]} (Debian's names; root installs them here by itself)" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
{ apt-get update --quiet=2 && apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}"; } > /dev/null 2>&1 < /dev/null ||
  echo "Could not be installed, so their tests are skipped: ${missing[*]}" >&2
exit 0
