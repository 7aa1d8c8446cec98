#!/bin/sh
# watch_ptxas.sh NVCC ... : runs the compiler, and fails where the assembler has products on tensor
# cores (wgmma) wait for each other because it cannot see that they may overlap: the numbers stay
# right, most of a kernel's speed is gone, and it says so in the notes of -v alone. Its other notes
# are left out.
notes=$(mktemp) || exit 1
trap 'rm -f "$notes"' EXIT
"$@" -Xptxas -v 2> "$notes"
status=$?
if [ $status = 0 ] && grep 'wgmma.mma_async instructions are serialized' "$notes" >&2; then
  exit 1
fi
grep -vE '^ptxas (info|\.)|^ +[0-9]+ bytes stack frame' "$notes" >&2
exit $status
