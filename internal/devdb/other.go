//go:build !unix

package devdb

import (
	"errors"
	"os"
	"syscall"
)

var errUnsupported = errors.New("a development database of the program's own needs a Unix system: " +
	"install PostgreSQL 15 or newer and set DATABASE_URL")

// account is who runs PostgreSQL. Nobody can on this system: serverAccount is the first thing a start asks for.
type account struct{}

func serverAccount() (*account, error) { return nil, errUnsupported }

func (a *account) attributes() *syscall.SysProcAttr { return nil }
func (a *account) own(string) error                 { return errUnsupported }
func (a *account) reach(string) error               { return errUnsupported }

func lockDir(string) (*os.File, error) { return nil, errUnsupported }

type guard struct{}

func startGuard(string) (*guard, error) { return nil, errUnsupported }

func (g *guard) release() {}
