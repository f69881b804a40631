package files

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

func newKey(org id.Org) string { return folderOf(org) + id.New[id.ID]().String() }

// folderOf is what the keys of an organization begin with.
func folderOf(org id.Org) string { return org.String() + "/" }

// owns reports whether a key is one of the organization's. PostgreSQL's policies keep rows apart and not blobs: a key
// that somebody got into a row of theirs must not open another organization's blob.
func owns(org id.Org, key string) bool {
	name, ok := strings.CutPrefix(key, folderOf(org))
	parsed, err := id.Parse[id.ID](name)
	return ok && err == nil && parsed.String() == name
}

// orgOf is the organization that the operation on ctx claims to be in. It asks no database for it: whether the claim
// holds is said when the transaction begins, and a rollback takes back what was stored before.
func orgOf(ctx context.Context) (id.Org, error) {
	identity := tenant.IdentityFrom(ctx)
	if identity == nil {
		return id.Org{}, fault.New(fault.Unauthenticated, "this needs a bearer token")
	}
	org, err := identity.Org(ctx)
	if err == nil && org == (id.Org{}) {
		err = fault.New(fault.OrganizationRequired, "choose an organization first: switchOrganization")
	}
	return org, err
}

// Folder is the address of a folder.
func Folder(dir string) string {
	path := filepath.ToSlash(dir)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // of Windows, which begins with a drive
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
