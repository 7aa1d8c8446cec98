#!/bin/sh
# test_watch_ptxas.sh WATCH: the launcher of nvcc (cmake/watch_ptxas.sh) around compilers that only
# say what nvcc would.
set -eu
watch=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

compiler() { # STATUS LINE...: one that says these lines
  printf '#!/bin/sh\necho "$@" > "%s/arguments"\ncat >&2 "%s/lines"\nexit %d\n' \
    "$folder" "$folder" "$1" > "$folder/nvcc"
  chmod +x "$folder/nvcc"
  shift
  printf '%s\n' "$@" > "$folder/lines"
}
expect() { # STATUS SAID
  status=0
  said=$("$watch" "$folder/nvcc" -c some.cu 2>&1) || status=$?
  [ "$status" = "$1" ] || { echo "ended with $status, not $1"; exit 1; }
  [ "$said" = "$2" ] || { echo "said '$said', not '$2'"; exit 1; }
}
used="ptxas info    : Used 96 registers, used 1 barriers"
serialized="ptxas info    : (C7520) Potential Performance Loss: wgmma.mma_async instructions are \
serialized due to program dependence in the function 'f'"

compiler 0 "$used" "    40 bytes stack frame, 84 bytes spill stores, 100 bytes spill loads"
expect 0 ""
grep -q -- '^-c some.cu .*-v$' "$folder/arguments"
compiler 0 "$used" "some.cu(3): warning: a variable is unused"
expect 0 "some.cu(3): warning: a variable is unused"
compiler 0 "$used" "$serialized"
expect 1 "$serialized"
compiler 2 "$used" "some.cu(3): error: no such thing"
expect 2 "some.cu(3): error: no such thing"
