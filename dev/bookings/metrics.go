package main

import (
	"fmt"
	"net/http"
	"sync"
)

// The requests that were answered, by status, as Prometheus reads them.
var answered = struct {
	sync.Mutex
	number map[int]int
}{number: map[int]int{}}

func count(status int) {
	answered.Lock()
	defer answered.Unlock()
	answered.number[status]++
}

func metrics(w http.ResponseWriter, _ *http.Request) {
	answered.Lock()
	defer answered.Unlock()
	fmt.Fprintln(w, "# TYPE http_requests_total counter")
	for status, number := range answered.number {
		fmt.Fprintf(w, "http_requests_total{code=\"%d\"} %d\n", status, number)
	}
	durations(w)
}
