// Package resolver says what of the store is exposed, and how.
//
// The *.resolvers.go files follow the schema's files; their bodies are one line until a field has something to say.
// widget_filter.go says what widgets can be filtered by, and errors.go is the one place where errors are shown. What is
// not here: SQL, rules, the tenant.
package resolver

import (
	"context"
	"log/slog"

	"github.com/99designs/gqlgen/graphql"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/pdf"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

//go:generate go run ../internal/generate

// Resolver is the root of all resolvers.
type Resolver struct {
	Sessions *auth.Sessions
	ByMail   *auth.SignIn
	Audit    *audit.Log
	Mail     mail.Sender
	WebURL   string
	Links    *files.Links                          // to files
	Draw     func(pdf.Document) ([]byte, error)    // what is attached to mails
	Deliver  func(ctx context.Context, org id.Org) // sends what is due of members' mails
	Announce func(ctx context.Context, org id.Org) // and of what members are told by mail
	Log      *slog.Logger
}

// adminsOnly refuses everybody else.
func (r *Resolver) adminsOnly(ctx context.Context) error {
	v, err := tenant.ViewerFrom(ctx)
	if err == nil && !v.IsAdmin() {
		err = fault.New(fault.Forbidden, "only an admin of the organization may do this")
	}
	return err
}

// notByToken keeps personal access tokens away from sessions and organizations.
func notByToken(ctx context.Context) error {
	if auth.ByToken(tenant.IdentityFrom(ctx)) {
		return fault.New(fault.Forbidden, "a personal access token may not do this; sign in instead")
	}
	return nil
}

// alone refuses an operation with other fields besides. Sign-in works in transactions of its own, and one operation
// must not try a hundred codes.
func alone(ctx context.Context) error {
	op := graphql.GetOperationContext(ctx)
	if len(graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Mutation"})) > 1 {
		return fault.New(fault.Invalid, "this must be the only field of its operation")
	}
	return nil
}

// tell writes a security event of the viewer's organization, if the operation is committed.
func (r *Resolver) tell(ctx context.Context, kind model.SecurityEvent, description string, metadata map[string]any) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return
	}
	tenant.AfterCommit(ctx, func(ctx context.Context) {
		r.Audit.Write(ctx, audit.Event{Type: kind, Org: v.OrgID, User: v.UserID, Success: true, Description: description, Metadata: metadata})
	})
}

// welcome tells an invited member by mail, if the operation is committed.
func (r *Resolver) welcome(ctx context.Context, to string) error {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return err
	}
	organization, err := store.Organization(ctx, v.OrgID)
	if err != nil {
		return err
	}
	message := mail.Message{To: to, Subject: "Welcome to " + organization.Name,
		Text: v.Name + " has added you to " + organization.Name + " on BottleCRM. Sign in with this address:\n\n" + r.WebURL + "\n"}
	tenant.AfterCommit(ctx, func(ctx context.Context) {
		if err := r.Mail.Send(ctx, message); err != nil {
			r.Log.ErrorContext(ctx, "welcome mail not sent", "error", err)
		}
	})
	return nil
}

// private shows a member's own data to the member and to admins.
func private[T any](ctx context.Context, p *model.Profile, value *T) (*T, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil || (!v.IsAdmin() && v.ProfileID != p.ID) {
		return nil, err
	}
	return value, nil
}

// forAdmins shows a value to admins, and to others that there is none.
func forAdmins[T any](ctx context.Context, value *T) (*T, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil || !v.IsAdmin() {
		return nil, err
	}
	return value, nil
}

// staleAfter is after how many days without contact an open lead is stale (domain: B.1).
const staleAfter = 30

// daysSince counts whole calendar days of the organization from a day until today.
func daysSince(ctx context.Context, day *scalar.Date) (*int, error) {
	if day == nil {
		return nil, nil //nolint:nilnil // GraphQL null
	}
	today, err := store.Today(ctx)
	if err != nil {
		return nil, err
	}
	days := store.DaysSince(*day, today)
	return &days, nil
}

// daysUntil counts them from today until a day.
func daysUntil(ctx context.Context, day *scalar.Date) (*int, error) {
	days, err := daysSince(ctx, day)
	if days != nil {
		*days = -*days
	}
	return days, err
}

// stored is an enum's value as a text.
func stored[V ~string](v *V) *string {
	if v == nil {
		return nil
	}
	return new(string(*v))
}
