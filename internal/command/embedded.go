package command

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/config"
	"github.com/bottlecrm/bottlecrm-graphql/internal/devdb"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
)

// The embedded database's name and roles. The owner migrates, the application works; neither is a superuser.
const (
	embeddedDatabase = "bottlecrm"
	embeddedOwner    = "crm_owner"
	embeddedApp      = "crm_user"
)

// access is what is kept in a file beside the embedded database, readable by its owner alone: passwords, the signing
// secret, the demo's tokens, and where the server was last seen.
type access struct {
	OwnerPassword string   `json:"ownerPassword"`
	AppPassword   string   `json:"appPassword"`
	JWTSecret     string   `json:"jwtSecret"`
	AppURL        string   `json:"appUrl"`
	OwnerURL      string   `json:"ownerUrl"`
	AdminURL      string   `json:"adminUrl"`
	Tokens        []*Token `json:"tokens,omitempty"`

	path string
}

// Token is a bearer token of the demo, kept so that it is the same at each start.
type Token struct {
	Email        string `json:"email"`
	Organization string `json:"organization"`
	Role         string `json:"role"`
	Secret       string `json:"secret"`
}

// embed points the configuration to the embedded database: to the running server if there is one, otherwise to one
// that it starts.
func (b *Backend) embed(ctx context.Context) error {
	dir, err := devdb.DefaultDir()
	if err != nil {
		return err
	}
	// Starting comes first: a database that answers may be one that outlived its program, which Start deals with.
	var startErr error
	if b.server, startErr = devdb.Start(ctx, devdb.Options{Dir: dir, Log: b.Log}); startErr != nil && !errors.Is(startErr, devdb.ErrInUse) {
		return startErr
	}
	a, err := readAccess(dir)
	if err != nil {
		return err
	}
	if b.server != nil {
		err = a.claim(ctx, b.server)
	} else if !answers(ctx, a.AppURL) {
		err = startErr
	}
	if err != nil {
		return err
	}
	b.Embedded = a
	b.Config.DatabaseURL, b.Config.MigrateDatabaseURL = config.Secret(a.AppURL), config.Secret(a.OwnerURL)
	if b.Config.JWTSecret == "" {
		b.Config.JWTSecret = config.Secret(a.JWTSecret)
	}
	return b.filesBeside(dir)
}

// filesBeside keeps uploaded files where the database is, unless the configuration says otherwise: they go together.
func (b *Backend) filesBeside(dir string) error {
	if b.Config.FilesURL != "" {
		return nil
	}
	dir = filepath.Join(dir, "files")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of files: %w", err)
	}
	b.Config.FilesURL = files.Folder(dir)
	return nil
}

// Running reports whether another process runs the embedded server.
func (b *Backend) Running() bool { return b.Embedded != nil && b.server == nil }

// claim makes roles and database in a server of one's own, and remembers where it is.
func (a *access) claim(ctx context.Context, s *devdb.Server) error {
	owner := devdb.Role{Name: embeddedOwner, Password: a.OwnerPassword}
	app := devdb.Role{Name: embeddedApp, Password: a.AppPassword}
	if err := s.EnsureDatabase(ctx, embeddedDatabase, owner, app); err != nil {
		return err
	}
	a.AppURL = s.URL(app.Name, app.Password, embeddedDatabase)
	a.OwnerURL = s.URL(owner.Name, owner.Password, embeddedDatabase)
	a.AdminURL = s.AdminURL(embeddedDatabase)
	return a.Save()
}

func readAccess(dir string) (*access, error) {
	a := &access{path: filepath.Join(dir, "access.json")}
	text, err := os.ReadFile(a.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		a.OwnerPassword, a.AppPassword, a.JWTSecret = rand.Text(), rand.Text(), rand.Text()+rand.Text()
		return a, nil
	case err != nil:
		return nil, fmt.Errorf("read the embedded database's access: %w", err)
	}
	if err := json.Unmarshal(text, a); err != nil {
		return nil, fmt.Errorf("read %s: %w", a.path, err)
	}
	return a, nil
}

// Save writes the file anew: whole or not at all.
func (a *access) Save() error {
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return fmt.Errorf("write the embedded database's access: %w", err)
	}
	if err := os.WriteFile(a.path+".new", append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write the embedded database's access: %w", err)
	}
	if err := os.Rename(a.path+".new", a.path); err != nil {
		return fmt.Errorf("write the embedded database's access: %w", err)
	}
	return nil
}

// answers reports whether the embedded server is up: another process may run it.
func answers(ctx context.Context, url string) bool {
	if url == "" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return false
	}
	_ = conn.Close(ctx)
	return true
}
