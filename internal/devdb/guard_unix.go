//go:build unix

package devdb

import (
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// guardScript waits for the end of its input, which is the end of the process that wrote it. Nothing is left to do
// when Remove was there before; otherwise the server is stopped the hard way, since its data go anyhow.
const guardScript = `
cat >/dev/null
for file in "$1"/postgres-*/data/postmaster.pid; do
	pid=$(head -n 1 "$file" 2>/dev/null) || continue
	kill -QUIT "$pid" 2>/dev/null
	for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null && sleep 1 || break; done
done
rm -rf "$1"
`

// guard is a shell that outlives this process and clears away a temporary server: a test that panics or runs out
// of time ends the process without any deferred call.
type guard struct {
	shell *exec.Cmd
	input io.Closer
}

func startGuard(dir string) (*guard, error) {
	shell := exec.Command("sh", "-c", guardScript, "guard", dir)
	shell.Dir = "/"
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	input, err := shell.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("guard the temporary database: %w", err)
	}
	if err := shell.Start(); err != nil {
		return nil, fmt.Errorf("guard the temporary database: %w", err)
	}
	return &guard{shell: shell, input: input}, nil
}

// release lets the guard do its work and waits for it.
func (g *guard) release() {
	if g == nil {
		return
	}
	_ = g.input.Close()
	_ = g.shell.Wait()
}
