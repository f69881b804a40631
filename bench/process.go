package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// process is a server that is measured: in a process group of its own, so that Ctrl-C reaches the bench alone, which
// then ends it.
type process struct {
	name string
	addr string
	log  string
	cmd  *exec.Cmd
	done chan struct{}
}

// startTimeout is long enough for the peer to read the catalogue of a busy database.
const startTimeout = 60 * time.Second

// start runs a server and returns when url answers, whatever the answer is.
func start(ctx context.Context, name, addr, url, logDir string, cmd *exec.Cmd) (*process, error) {
	p := &process{name: name, addr: addr, log: filepath.Join(logDir, name+".log"), cmd: cmd, done: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, fmt.Errorf("make a log: %w", err)
	}
	defer func() { _ = log.Close() }() // the child has its own handle
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		_ = cmd.Wait() // how it ended is in the log
		close(p.done)
	}()
	if err := p.await(ctx, url); err != nil {
		p.stop()
		text, _ := os.ReadFile(p.log)
		return nil, fmt.Errorf("start %s: %w\n%s", name, err, text)
	}
	return p, nil
}

func (p *process) await(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return err
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("it does not answer")
		case <-p.done:
			return errors.New("it ended at once")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stop ends the server and whatever it started.
func (p *process) stop() {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		_ = syscall.Kill(-p.cmd.Process.Pid, signal)
		select {
		case <-p.done:
			return
		case <-time.After(5 * time.Second):
		}
	}
}

// freeAddr is an address that nobody listens on.
func freeAddr() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String(), nil
}
