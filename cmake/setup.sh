# Sourced by ./run: puts on the machine what Limpid is built with. Debian's packages come from
# Debian; sources that Debian 12 lacks (cmake/sources.txt) go to .deps, from Debian's newer suites,
# through an apt state of our own: the machine's own list of packages stays as it is. What those
# suites no longer have comes from its repository.

deps=$root/.deps

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "packages are missing and this user may not install them: run as root: $*"
  fi
}

fail_elsewhere() {
  fail "./run installs packages on Debian 12 alone; elsewhere use plain CMake (README.md), which" \
    "needs g++, CMake 3.25, git, CLI11, nlohmann_json 3.11 and, for tests, GoogleTest"
}

# Installs those of the packages that are missing.
setup_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release || fail_elsewhere
  say "installing ${missing[*]}"
  as_root apt-get -qq update >"$log" 2>&1 || fail "apt-get update failed: see $log"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
    "${missing[@]}" >"$log" 2>&1 9>&- || fail "apt-get install ${missing[*]} failed: see $log"
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
  # The mirror of Debian that this machine already uses, as the signed lists of apt tell.
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' \
    'Origin: Debian' 'Label: Debian' 'Codename: bookworm' | grep -m 1 '^http' || true)
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

# Unpacks a source package's tarball, if it is the pinned one, into FOLDER/content.
source_from_debian() {
  local package=$1 sha256=$2 folder=$3 tarball
  (cd "$folder" && newer_apt apt-get -qq source --tar-only --download-only "$package") || return
  tarball=$(find "$folder" -maxdepth 1 -name '*.orig.tar.*' | head -n 1)
  echo "$sha256  $tarball" | sha256sum --check && tar -xf "$tarball" -C "$folder/content"
}

source_from_git() {
  local repository=$1 commit=$2 folder=$3
  rm -rf "$folder" && git init "$folder" &&
    git -C "$folder" fetch --depth 1 "$repository" "$commit" &&
    git -C "$folder" checkout "$commit" && rm -rf "$folder/.git"
}

# Puts the sources of a row of cmake/sources.txt into .deps/NAME.
setup_source() {
  local name=$1 package sha256 repository commit work
  read -r _ package sha256 repository commit < <(grep "^$name " "$root/cmake/sources.txt")
  [ "$(cat "$deps/$name/.pinned" 2>/dev/null)" = "$sha256" ] && return 0
  say "fetching the sources of $name"
  newer_apt_update
  work=$deps/.work-$name
  rm -rf "$work" "${deps:?}/$name" && mkdir -p "$work/content"
  # Debian keeps a version until the next one comes; the commit stays, and its content is the same.
  source_from_debian "$package" "$sha256" "$work" >"$log" 2>&1 || {
    say "$package did not come from Debian's archive: fetching $repository at $commit"
    source_from_git "$repository" "$commit" "$work/content" >>"$log" 2>&1 ||
      fail "the sources of $name, which cmake/sources.txt pins, cannot be fetched: see $log"
  }
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
  setup_packages ca-certificates g++ cmake ninja-build ccache git xz-utils bzip2 libcli11-dev \
    nlohmann-json3-dev libwebp-dev libgtest-dev libbenchmark-dev fonts-dejavu-core fonts-inter \
    clang-format-14
  local name
  for name in xnnpack pthreadpool fxdiv cpuinfo stb zlib tiff imgui; do setup_source "$name"; done
}

# The peers of the benchmarks: onnxruntime comes through npm, which may be there without Debian.
setup_bench() {
  setup_native
  command -v npm >/dev/null || setup_packages nodejs npm
  setup_packages python3-torch
}

# What the desktop window is built with.
setup_desktop() {
  setup_native
  setup_packages libsdl2-dev libgl1-mesa-dev libgl1-mesa-dri pkg-config libglib2.0-dev
}

# What its tests drive it with: a screen in memory, a Wayland compositor on it, a file dialog's
# service; and what packs it.
setup_window_test() {
  setup_desktop
  setup_packages xvfb xdotool x11-utils imagemagick sway dbus-daemon dpkg-dev file
}

# Unpacks a program's row of cmake/sources.txt into a folder.
setup_deb() {
  local name=$1 folder=$2 package sha256
  read -r _ package sha256 _ < <(grep "^$name " "$root/cmake/sources.txt")
  newer_apt_update
  (cd "$folder" && newer_apt apt-get -qq download "$package") >"$log" 2>&1 ||
    fail "Debian's archive has no $package any more, which cmake/sources.txt pins: see $log"
  echo "$sha256  $(find "$folder" -maxdepth 1 -name "${name}_*.deb")" | sha256sum --check --status ||
    fail "the package $package is not the file that cmake/sources.txt pins"
  dpkg -x "$folder/${name}"_*.deb "$folder"
  rm "$folder/${name}"_*.deb
}

# The programs of Binaryen want a newer libc than Debian 12's: they get trixie's beside them.
setup_binaryen() {
  local folder=$1 program
  setup_deb binaryen "$folder"
  mkdir "$folder/libc"
  (cd "$folder/libc" && newer_apt apt-get -qq download libc6/trixie libstdc++6/trixie \
    libgcc-s1/trixie) >"$log" 2>&1 || fail "trixie's libc cannot be fetched: see $log"
  for program in "$folder"/libc/*.deb; do dpkg -x "$program" "$folder/libc"; done
  rm "$folder"/libc/*.deb
  local libraries=$deps/emscripten/libc/usr/lib/x86_64-linux-gnu
  for program in "$folder"/usr/bin/wasm*; do
    patchelf --set-interpreter "$libraries/ld-linux-x86-64.so.2" \
      --set-rpath "$libraries:$deps/emscripten/usr/lib/x86_64-linux-gnu" "$program"
  done
}

# What the browser demo is built with. An emcc on the path wins if it knows relaxed SIMD in its
# final form; else Debian's, under .deps/emscripten. Sets `emscripten` to the folder of emcc.
setup_web() {
  local version machine pinned work
  emscripten=
  version=$(emcc -dumpversion 2>/dev/null || echo 0)
  if [ "$(printf '%s\n' 3.1.60 "$version" | sort -V | head -n 1)" = 3.1.60 ]; then
    emscripten=$(dirname "$(readlink -f "$(command -v emcc)")")
  fi
  machine=$(uname -m)
  [ -n "$emscripten" ] || [ "$machine" = x86_64 ] ||
    fail "building the page on $machine takes an emcc of 3.1.60 or later on the path:" \
      "what ./run brings is for x86_64"
  setup_native
  setup_packages nodejs brotli
  [ -z "$emscripten" ] || return 0
  setup_packages clang-19 lld-19 llvm-19 patchelf node-acorn python3
  emscripten=$deps/emscripten/usr/share/emscripten
  export EM_CONFIG=$deps/emscripten/config
  pinned=$(grep -E '^(emscripten|binaryen) ' "$root/cmake/sources.txt" | sha256sum)
  [ "$(cat "$deps/emscripten/.pinned" 2>/dev/null)" = "$pinned" ] && return 0
  say "fetching emscripten (240 MB)"
  work=$deps/.work-emscripten
  rm -rf "$work" "$deps/emscripten" && mkdir -p "$work"
  setup_deb emscripten "$work"
  setup_binaryen "$work"
  mkdir -p "$work/usr/share/emscripten/node_modules"
  ln -sfn /usr/share/nodejs/acorn "$work/usr/share/emscripten/node_modules/acorn"
  cat >"$work/config" <<CONFIG
LLVM_ROOT = '/usr/bin'
LLVM_ADD_VERSION = '19'
CLANG_ADD_VERSION = '19'
BINARYEN_ROOT = '$deps/emscripten/usr'
NODE_JS = '$(command -v node)'
FROZEN_CACHE = True
CACHE = '$deps/emscripten/usr/share/emscripten/cache'
CONFIG
  echo "$pinned" >"$work/.pinned"
  mv "$work" "$deps/emscripten"
}

# What drives the page in the tests: Debian's Chromium, through the package of Playwright that
# brings no browser of its own.
setup_browser_test() {
  setup_web
  setup_packages chromium
  command -v npm >/dev/null || setup_packages npm
  local folder=$deps/browser
  cmp -s "$root/tests/browser/package-lock.json" "$folder/package-lock.json" &&
    [ -d "$folder/node_modules" ] && return 0
  say "fetching the packages of tests/browser"
  rm -rf "$folder" && mkdir -p "$folder"
  cp "$root/tests/browser/package.json" "$folder"
  cp "$root/tests/browser/package-lock.json" "$folder"
  (cd "$folder" && npm ci --ignore-scripts --no-audit) \
    >"$log" 2>&1 || { rm -f "$folder/package-lock.json"; fail "npm failed: see $log"; }
}
