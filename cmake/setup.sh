# Sourced by ./run: puts on the machine what Limpid is built with. Debian's packages come from
# Debian; sources that Debian 12 lacks (cmake/sources.txt) go to .deps, from Debian's newer suites,
# through an apt state of our own: the machine's own list of packages stays as it is.

deps=$root/.deps

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "packages are missing and this user may not install them: run as root: $*"
  fi
}

# Installs those of the packages that are missing.
setup_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  as_root apt-get -qq update >"$log" 2>&1 || fail "apt-get update failed: see $log"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
    "${missing[@]}" >"$log" 2>&1 || fail "apt-get install ${missing[*]} failed: see $log"
}

# apt-get over Debian's trixie and sid, with lists and archives in .deps/.apt.
newer_apt() {
  local state=$deps/.apt
  "$@" -o Dir::Etc::sourcelist="$state/newer.sources" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferencesparts=/dev/null -o Dir::State::Lists="$state/lists" \
    -o Dir::Cache="$state/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none
}

newer_apt_update() {
  local state=$deps/.apt mirror
  [ -n "${newer_apt_ready:-}" ] && return 0
  # The mirror this machine already uses.
  mirror=$({ cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null || true; } |
           sed -n 's/^URIs: *//p; s/^deb [^h]*\(http[^ ]*\).*/\1/p' | grep -v security | head -n 1)
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  cat >"$state/newer.sources" <<END
Types: deb deb-src
URIs: ${mirror:-http://deb.debian.org/debian}
Suites: trixie sid
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
  newer_apt apt-get -qq update >"$log" 2>&1 || fail "Debian's newer suites cannot be listed: see $log"
  newer_apt_ready=yes
}

# Puts the sources of a row of cmake/sources.txt into .deps/NAME.
setup_source() {
  local name=$1 package sha256 work tarball
  read -r _ package sha256 _ < <(grep "^$name " "$root/cmake/sources.txt")
  [ "$(cat "$deps/$name/.pinned" 2>/dev/null)" = "$sha256" ] && return 0
  say "fetching the sources of $name"
  newer_apt_update
  work=$deps/.work-$name
  rm -rf "$work" "${deps:?}/$name" && mkdir -p "$work/content"
  (cd "$work" && newer_apt apt-get -qq source --tar-only --download-only "$package") >"$log" 2>&1 ||
    fail "Debian's archive has no $package any more, which cmake/sources.txt pins: see $log"
  tarball=$(find "$work" -maxdepth 1 -name '*.orig.tar.*' | head -n 1)
  echo "$sha256  $tarball" | sha256sum --check --status ||
    fail "$(basename "$tarball") is not the file that cmake/sources.txt pins"
  tar -xf "$tarball" -C "$work/content"
  # Some tarballs have a folder of their own at the top, some do not.
  if [ "$(find "$work/content" -mindepth 1 -maxdepth 1 | wc -l)" = 1 ]; then
    mv "$work/content"/* "$deps/$name"
  else
    mv "$work/content" "$deps/$name"
  fi
  echo "$sha256" >"$deps/$name/.pinned"
  rm -rf "$work"
}

setup_native() {
  setup_packages ca-certificates g++ cmake ninja-build ccache git xz-utils libcli11-dev \
    nlohmann-json3-dev libgtest-dev libbenchmark-dev fonts-dejavu-core clang-format-14
  local name
  for name in xnnpack pthreadpool fxdiv fp16 cpuinfo stb; do setup_source "$name"; done
}
