// The example application of Backstep's tests and demo: a web service whose
// second version is broken, and that its configuration can break too.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// version is set when the program is built.
var version = "v1"

const modeFile = "/config/mode"

func main() {
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
	http.HandleFunc("/api/health", health)
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

func now() string {
	return time.Now().UTC().Format(time.RFC3339Nano)
}
