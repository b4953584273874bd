# What `up` says while it works: numbered steps, each with its elapsed seconds.
# shellcheck shell=bash

STEPS=6
step_number=0

step_done() { # TITLE: nothing was to do
  step_number=$((step_number + 1))
  printf '[%d/%d] %s\n' "$step_number" "$STEPS" "$1"
}

# step TITLE HINT COMMAND...: runs COMMAND, its output in a log, and shows that it is alive.
step() {
  local title=$1 hint=$2 begin=$SECONDS log child
  shift 2
  step_number=$((step_number + 1))
  mkdir -p "$BUILD_LOGS"
  log=$BUILD_LOGS/step-$step_number.log
  printf '[%d/%d] %s%s ...' "$step_number" "$STEPS" "$title" "${hint:+ ($hint)}"
  [[ -t 1 ]] || echo

  set -m # its own process group, so that Ctrl-C can end all of it
  ("$@") >"$log" 2>&1 </dev/null &
  child=$!
  set +m
  # shellcheck disable=SC2064
  trap "kill -TERM -- -$child 2>/dev/null; echo; exit 130" INT TERM
  show_elapsed "$child" "$title" "$begin"
  if wait "$child"; then
    trap - INT TERM
    say_elapsed "$title" "$((SECONDS - begin))"
  else
    trap - INT TERM
    echo
    explain_failure "$log" "$title"
  fi
}

show_elapsed() { # PID TITLE BEGIN
  local ticks=0
  while kill -0 "$1" 2>/dev/null; do
    sleep 0.1
    ticks=$((ticks + 1))
    if [[ -t 1 ]]; then
      ((ticks % 10)) || printf '\r\033[K[%d/%d] %s ... %d s' "$step_number" "$STEPS" "$2" "$((SECONDS - $3))"
    else
      ((ticks % 100)) || echo "      ... $((SECONDS - $3)) s"
    fi
  done
}

say_elapsed() { # TITLE SECONDS
  if [[ -t 1 ]]; then
    printf '\r\033[K[%d/%d] %s: %d s\n' "$step_number" "$STEPS" "$1" "$2"
  else
    echo "      done in $2 s"
  fi
}

# A step that called fail has said it all; of any other the end of its log is shown.
explain_failure() { # LOG TITLE
  local last
  last=$(tail -n 1 "$1")
  if [[ $last == "${0##*/}: "* ]]; then
    echo "$last" >&2
  else
    tail -n 5 "$1" >&2
    echo "${0##*/}: this step failed: $2. Its log is $1." >&2
  fi
  exit 1
}
