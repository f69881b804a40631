package devdb

import (
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Ports are taken from below the range that systems use for outgoing connections (from 32768 on Linux): a client
// that keeps dialling while the server is down could be given the server's own port, and even connect to itself.
const firstPort, ports = 20000, 12000

// FreePort is a port on which nobody listens.
func FreePort() (int, error) { return freePort(0) }

// freePort is the wanted port if nobody listens on it, else a random free one.
func freePort(wanted int) (int, error) {
	if wanted != 0 && portFree(wanted) {
		return wanted, nil
	}
	for range 100 {
		if port := firstPort + rand.IntN(ports); portFree(port) {
			return port, nil
		}
	}
	return 0, errors.New("no free port for the development database on 127.0.0.1")
}

func portFree(port int) bool {
	listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return false
	}
	return listener.Close() == nil
}

func (s *Server) portFile() string { return filepath.Join(s.home, "port") }

// lastPort is the port of the last run, 0 when there is none. It is a convenience, so a damaged file is no error.
func (s *Server) lastPort() int {
	text, err := os.ReadFile(s.portFile())
	if err != nil {
		return 0
	}
	port, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || port < firstPort || port >= firstPort+ports {
		return 0
	}
	return port
}

func (s *Server) rememberPort() {
	if err := os.WriteFile(s.portFile(), []byte(strconv.Itoa(s.port)+"\n"), 0o600); err != nil {
		s.log.Warn("the port will change with the next start", "error", err)
	}
}
