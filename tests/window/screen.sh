# Sourced by the tests of the window: a screen in memory, the window on it, and what they wait for.
# Expects `desktop`, the program; sets `work`, a folder that goes in the end, with a home in it.

for program in Xvfb xdotool import compare; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done

work=$(mktemp -d)
screen= window= compositor=
origin=0   # where on the screen the window's monitor begins
# A command that fails where nothing asks is named: `set -e` ends the test without a word.
end() {
  local status=$? last=$BASH_COMMAND
  kill $window $compositor $screen 2>/dev/null || true
  rm -rf "$work"
  [ "$status" = 0 ] || echo "window: ended with status $status, after: $last"
}
trap end EXIT
# What the screen showed goes to $shots.
fail() {
  echo "window: $*"
  cat "$work/log" 2>/dev/null || true
  if [ -n "${shots:-}" ]; then
    import -window root "$shots/failed.png" || true
    cp "$work/controls" "$shots/failed.json" || true
  fi
  exit 1
}
mkdir -p "$work/home/Pictures" "$work/config/limpid" "$work/data"
export HOME=$work/home XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data
export LIBGL_ALWAYS_SOFTWARE=1 SDL_VIDEODRIVER=x11
unset WAYLAND_DISPLAY
export DBUS_SESSION_BUS_ADDRESS=disabled:   # what this machine offers is not the tests'

# open_screen SIZE [DPI]: on a number that Xvfb finds free.
open_screen() {
  : >"$work/display"
  # Without repeated keys: a crowded machine may be late to let one go.
  Xvfb -displayfd 1 -r -screen 0 "$1x24" -dpi "${2:-96}" -nolisten tcp >"$work/display" 2>/dev/null &
  screen=$!
  for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.1; done
  [ -s "$work/display" ] || fail "Xvfb does not start"
  DISPLAY=:$(cat "$work/display")
  export DISPLAY
}

start() {
  rm -f "$work/controls"
  "$desktop" --controls "$work/controls" "$@" >"$work/log" 2>&1 &
  window=$!
}
quit() {
  kill "$window"
  wait "$window" || fail "the window ended with status $?"
  window=
}

pixels() { import -window root -depth 8 rgb:- | sha256sum; }
# Until the pixels of the screen stay the same and are not those of $1, at most a minute.
settle() {
  local before=none now
  for _ in $(seq 120); do
    sleep 0.5
    kill -0 "$window" 2>/dev/null || fail "the window has closed by itself"
    now=$(pixels)
    [ "$now" = "$before" ] && [ "$now" != "${1:-}" ] && { settled=$now; return 0; }
    before=$now
  done
  fail "the window does not come to rest"
}
# until_true SENTENCE COMMAND...: at most two minutes.
until_true() {
  local what=$1
  shift
  for _ in $(seq 240); do
    "$@" >/dev/null 2>&1 && return 0
    kill -0 "$window" 2>/dev/null || fail "the window has closed by itself: $what"
    sleep 0.5
  done
  fail "$what"
}
point_at() {
  xdotool mousemove "$1" "$2"
  sleep 0.6
}
# Longer than a frame of a crowded machine lasts.
press_button() {
  xdotool mousedown 1
  sleep 0.6
  xdotool mouseup 1
}
click() {
  point_at "$@"
  press_button
}
# What is on the screen is told by the window itself, control by control (core/ui/controls.h).
# control NAME [ROLE]: the last one of that name, as JSON; fails when there is none.
control() {
  sed 's/},{/}\n{/g' "$work/controls" 2>/dev/null | grep -F "\"name\":\"$1\",\"role\":\"${2:-}" | tail -n 1 |
    grep .
}
value_of() { control "$1" "${2:-}" | sed 's/.*"value":"\([^"]*\)".*/\1/'; }
value_is() { [ "$(value_of "$1")" = "$2" ]; }
is_chosen() { control "$1" "${2:-}" | grep -q '"chosen":true'; }
# find_control NAME [ROLE]: sets x, y, width and height to its place in the window, in pixels; waits
# for it.
find_control() { until_true "there is no '$1' on the screen" place_of "$@"; }
place_of() {
  read -r x y width height < <(control "$@" | sed 's/.*"box":\[\([^]]*\)\].*/\1/' |
    awk -F, '{ printf "%d %d %d %d\n", $1, $2, $3, $4 }')
}
# click_on NAME [ROLE]: in its middle, once it stays where it is: what is below a list that grows
# moves a frame later than the list.
click_on() {
  local place=
  find_control "$@"
  while [ "$place" != "$x $y $width $height" ]; do
    place="$x $y $width $height"
    point_at "$((origin + x + width / 2))" "$((y + height / 2))"
    find_control "$@"
  done
  press_button
}
# A dialog program in the PATH that answers at once: with the folder $results when it is asked for
# one, else with what it is proposed.
answer_dialogs() {
  mkdir -p "$work/programs" "$work/results"
  export results=$work/results
  cat >"$work/programs/zenity" <<'END'
#!/bin/sh
for word in "$@"; do
  case $word in
    --directory) echo "$results" ;;
    --filename=*) echo "${word#--filename=}" ;;
  esac
done
END
  chmod +x "$work/programs/zenity"
  export PATH=$work/programs:$PATH
}
# press KEY [MODIFIER]: with Ctrl, or another modifier, which goes up last.
press() {
  xdotool keydown "${2:-ctrl}"
  xdotool key "$1"
  xdotool keyup "${2:-ctrl}"
}
shot() { import -window root "$1"; }
# The top of the screen, 0..255.
brightness() { import -window root -crop "40x40+$((origin + 600))+4" -format '%[fx:int(255*mean)]' info:-; }
# is_sharp SHOT GEOMETRY: letters there were drawn at twice the size, not enlarged afterwards: edges
# are steep, and pixels do not come in equal fours.
is_sharp() {
  convert "$1" -crop "$2" +repage -colorspace Gray "$work/letters.png"
  local steep fours
  steep=$(convert "$work/letters.png" \( +clone -roll +1+0 \) -compose difference -composite \
    -format '%[fx:int(100*maxima)]' info:)
  convert "$work/letters.png" -sample 50% -sample 200% "$work/fours.png"
  fours=$({ compare -metric RMSE "$work/letters.png" "$work/fours.png" null: 2>&1 || true; } |
    sed 's/.*(\(.*\)).*/\1/' | awk '{ printf "%d", 1000 * $1 }')
  [ "$steep" -gt 55 ] && [ "$fours" -gt 20 ]
}
