package devdb

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const (
	fastTimeout      = 20 * time.Second // for a fast shutdown, which writes a checkpoint
	immediateTimeout = 10 * time.Second // for an immediate one, after which the next start recovers
	largestLog       = 16 << 20
)

// process is one run of the server.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	log  string
	from int64 // where the output of this run begins in the log
}

func startProcess(cmd *exec.Cmd, log string) (*process, error) {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	defer func() { _ = file.Close() }() // the child has its own handle
	from, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("find the end of the log: %w", err)
	}
	if from > largestLog {
		if err := file.Truncate(0); err != nil {
			return nil, fmt.Errorf("empty the log: %w", err)
		}
		from = 0
	}
	cmd.Stdout, cmd.Stderr = file, file
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	p := &process{cmd: cmd, done: make(chan struct{}), log: log, from: from}
	go func() {
		_ = cmd.Wait() // how it ended is in the log
		close(p.done)
	}()
	return p, nil
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// stop asks for a fast shutdown, then for an immediate one, and waits. A process that has ended already is fine.
func (p *process) stop() error {
	steps := []struct {
		signal  os.Signal
		timeout time.Duration
	}{
		{syscall.SIGINT, fastTimeout},
		{syscall.SIGQUIT, immediateTimeout},
		{os.Kill, immediateTimeout},
	}
	for _, step := range steps {
		if err := p.cmd.Process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop PostgreSQL: %w", err)
		}
		select {
		case <-p.done:
			return nil
		case <-time.After(step.timeout):
		}
	}
	return fmt.Errorf("stop PostgreSQL: process %d does not end", p.cmd.Process.Pid)
}

// output is what this run wrote so far.
func (p *process) output() string {
	file, err := os.Open(p.log)
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }()
	text, _ := io.ReadAll(io.NewSectionReader(file, p.from, 1<<20))
	return string(text)
}

// lastLines is the end of a program's output, as much as an error message bears.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}
