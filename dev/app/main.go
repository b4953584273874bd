// The example application of Backstep's tests and demo: a web service whose
// second version is broken, and that its configuration can break too.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"
)

// version is set when the program is built.
var version = "v1"

const modeFile = "/config/mode"

// calls are the names of what was asked for with POST /calls/NAME, in this
// order, each Idempotency-Key once: the witness of tests.
var calls = struct {
	sync.Mutex
	names []string
	keys  map[string]bool
}{names: []string{}, keys: map[string]bool{}}

// switched is a synchronisation that can be switched off, which this process
// forgets: it is on when it starts. What waits for it is its queue.
var switched = struct {
	sync.Mutex
	enabled   bool
	triggered int
	queue     []operation
	last      int
}{enabled: true, queue: []operation{}}

// operation is one piece of work that waits.
type operation struct {
	ID    int    `json:"id"`
	Table string `json:"table"`
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "call" {
		call(os.Args[2])
		return
	}
	if mode() == "crash" {
		log.Fatal("mode is crash: giving up")
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-stop
		os.Exit(0)
	}()

	http.HandleFunc("/{$}", home)
	http.HandleFunc("/ready", ready)
	http.HandleFunc("POST /calls/{name}", called)
	http.HandleFunc("GET /calls", listed)
	http.HandleFunc("/api/health", health)
	http.HandleFunc("GET /api/sync/status", syncStatus)
	http.HandleFunc("POST /api/sync/disable", func(w http.ResponseWriter, _ *http.Request) { turn(w, false) })
	http.HandleFunc("POST /api/sync/enable", func(w http.ResponseWriter, _ *http.Request) { turn(w, true) })
	http.HandleFunc("POST /api/sync/trigger", triggerSync)
	http.HandleFunc("POST /api/sync/queue/add/{table}", addOperation)
	http.HandleFunc("GET /api/sync/queue", listQueue)
	http.HandleFunc("POST /api/sync/queue/clear", clearQueue)
	fmt.Printf("%s app %s listens on :8080\n", now(), version)
	log.Fatal(http.ListenAndServe(":8080", nil))
}

// mode is read anew for each request, as a mounted ConfigMap changes under a
// running pod.
func mode() string {
	if content, err := os.ReadFile(modeFile); err == nil {
		return strings.TrimSpace(string(content))
	}
	return os.Getenv("MODE")
}

func home(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<!doctype html><title>Example app</title><p>Example app, version %s</p>\n", version)
}

func ready(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, "ready")
}

func health(w http.ResponseWriter, r *http.Request) {
	status, ok := http.StatusOK, mode() != "broken"
	if version != "v1" {
		status, ok = http.StatusInternalServerError, false
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, "{\"ok\":%t,\"version\":%q}\n", ok, version)
	fmt.Printf("%s %s %d\n", now(), r.URL.Path, status)
}

func called(w http.ResponseWriter, r *http.Request) {
	calls.Lock()
	defer calls.Unlock()
	key := r.Header.Get("Idempotency-Key")
	if key == "" || !calls.keys[key] {
		calls.names = append(calls.names, r.PathValue("name"))
		calls.keys[key] = true
	}
	body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	fmt.Printf("%s %s %s\n", now(), r.URL.Path, body)
	w.WriteHeader(http.StatusNoContent)
}

func listed(w http.ResponseWriter, _ *http.Request) {
	calls.Lock()
	defer calls.Unlock()
	json.NewEncoder(w).Encode(calls.names)
}

func syncStatus(w http.ResponseWriter, _ *http.Request) {
	switched.Lock()
	defer switched.Unlock()
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, "{\"enabled\":%t,\"triggered\":%d,\"queueSize\":%d}\n",
		switched.enabled, switched.triggered, len(switched.queue))
}

func turn(w http.ResponseWriter, on bool) {
	switched.Lock()
	defer switched.Unlock()
	switched.enabled = on
	w.WriteHeader(http.StatusNoContent)
}

func triggerSync(w http.ResponseWriter, _ *http.Request) {
	switched.Lock()
	defer switched.Unlock()
	if !switched.enabled {
		http.Error(w, "the sync is off", http.StatusConflict)
		return
	}
	switched.triggered++
	w.WriteHeader(http.StatusAccepted)
}

func addOperation(w http.ResponseWriter, r *http.Request) {
	switched.Lock()
	defer switched.Unlock()
	switched.last++
	switched.queue = append(switched.queue, operation{switched.last, r.PathValue("table")})
	w.WriteHeader(http.StatusAccepted)
}

func listQueue(w http.ResponseWriter, _ *http.Request) {
	switched.Lock()
	defer switched.Unlock()
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"operations": switched.queue})
}

// clearQueue is for whoever knows the token of an admin, and for nobody where
// there is none.
func clearQueue(w http.ResponseWriter, r *http.Request) {
	token := os.Getenv("ADMIN_TOKEN")
	if token == "" || r.Header.Get("Authorization") != "Bearer "+token {
		http.Error(w, "only an admin may clear the queue", http.StatusUnauthorized)
		return
	}
	switched.Lock()
	defer switched.Unlock()
	switched.queue = []operation{}
	w.WriteHeader(http.StatusNoContent)
}

// call is what a Job of a plan does: one POST.
func call(address string) {
	answer, err := http.Post(address, "application/json", nil)
	if err != nil {
		log.Fatal(err)
	}
	if answer.StatusCode >= 300 {
		log.Fatal(answer.Status)
	}
	fmt.Printf("%s POST %s %d\n", now(), address, answer.StatusCode)
}

func now() string {
	return time.Now().UTC().Format(time.RFC3339Nano)
}
