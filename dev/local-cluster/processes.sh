# Starts and stops the cluster's own processes, known by pid file and never by name.
# shellcheck shell=bash

PIDS=$STATE/pids

boot_id() { cat /proc/sys/kernel/random/boot_id; }

# A pid may be given anew, but not with the same start time in the same boot.
process_identity() { # PID
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- "$1" $stat
  [[ $2 != Z ]] || return 1
  echo "$1 ${21} $(boot_id)"
}

is_running() { # NAME
  local identity
  identity=$(cat "$PIDS/$1" 2>/dev/null) || return 1
  [[ -n $identity && $(process_identity "${identity%% *}") == "$identity" ]]
}

# Go's collector works a fifth as often, for more memory, of which the tests need little: processors are what they are short of.
start_process() { # NAME COMMAND...
  local name=$1 pid
  shift
  mkdir -p "$PIDS" "$LOGS"
  GOGC=500 GOMEMLIMIT=4GiB setsid "$@" >>"$LOGS/$name.log" 2>&1 </dev/null 9>&- &
  pid=$!
  # setsid is a child that is no group leader, so it keeps its pid: this is the program's own.
  process_identity "$pid" >"$PIDS/$name" || true
}

stop_process() { # NAME [SIGNAL]
  local pid
  if is_running "$1"; then
    pid=$(cut -d ' ' -f 1 "$PIDS/$1")
    kill "-${2:-KILL}" "$pid" 2>/dev/null || true
    wait_until 10 process_is_gone "$1" || kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$PIDS/$1"
}

process_is_gone() { ! is_running "$1"; }

# wait_for_process NAME SECONDS COMMAND...: COMMAND succeeds, or the process is the reason why not.
wait_for_process() {
  local name=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    is_running "$name" || fail "$name ended: $(tail -n 1 "$LOGS/$name.log" | cut -c 1-300). Its log is $LOGS/$name.log."
    ((SECONDS < end)) || fail "$name runs but does not answer; look into $LOGS/$name.log, then run dev/cluster up again."
    sleep 0.1
  done
}

# What a program of this machine reaches the API server by, with the rights of a ServiceAccount.
service_account_kubeconfig() { # NAMESPACE NAME
  local token
  token=$(kube -n "$1" create token "$2" --duration=24h)
  kube config view --raw --minify -o json | jq --arg token "$token" '.users[0].user = {token: $token}'
}
