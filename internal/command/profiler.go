package command

import (
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// Profiler serves Go's profiles where PPROF_ADDR says, apart from what clients reach, until it is stopped. Without the
// setting there is none.
func (b *Backend) Profiler() (stop func(), err error) {
	if b.Config.PprofAddr == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", b.Config.PprofAddr)
	if err != nil {
		return nil, fmt.Errorf("listen on PPROF_ADDR: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	profiler := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = profiler.Serve(listener) }() // it ends when it is closed
	b.Log.Info("profiling", "addr", listener.Addr().String())
	return func() { _ = profiler.Close() }, nil
}
