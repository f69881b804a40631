package resolver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// Present shows an error to the client: a fault as it is, everything else as INTERNAL with a request id, its text
// going to the log alone. It is the only place that does.
func (r *Resolver) Present(ctx context.Context, err error) *gqlerror.Error {
	faults := fault.All(err)
	if faults == nil {
		return r.presentOther(ctx, err)
	}
	path := pathOf(ctx, err)
	last := len(faults) - 1
	for _, f := range faults[:last] { // an input's other bad fields
		graphql.AddError(ctx, show(ctx, f, path))
	}
	return show(ctx, faults[last], path)
}

func show(ctx context.Context, f *fault.Error, path ast.Path) *gqlerror.Error {
	field := f.Field
	if field == "" && f.Code == fault.Invalid {
		field = inputField(path)
	}
	extensions := map[string]any{"code": string(f.Code), "requestId": audit.RequestFrom(ctx).ID}
	if field != "" {
		extensions["field"] = field
	}
	return &gqlerror.Error{Message: f.Message, Path: path, Extensions: extensions}
}

func (r *Resolver) presentOther(ctx context.Context, err error) *gqlerror.Error {
	var shown *gqlerror.Error
	if errors.As(err, &shown) && shown.Extensions["requestId"] != nil {
		return shown // shown already
	}
	if shown != nil && shown.Unwrap() == nil && shown.Message != panicked {
		// The executor's own words about a document, or about a variable.
		return show(ctx, fault.New(fault.Invalid, "%s", shown.Message), shown.Path)
	}
	kind := classify(ctx, err)
	switch {
	case errors.Is(err, tenant.ErrMisjudged): // nobody will see it: the operation is run again
	case kind.Code == fault.Internal:
		r.Log.LogAttrs(ctx, slog.LevelError, "operation failed", slog.Any("error", err))
	default:
		r.Log.LogAttrs(ctx, slog.LevelWarn, "operation failed", slog.Any("error", err))
	}
	return show(ctx, kind, pathOf(ctx, err))
}

// panicked is the text of an error that stands for a panic; the panic itself is logged where it is caught.
const panicked = "panic"

// Panicked is the error of a field whose resolver panicked.
func Panicked() error { return gqlerror.Errorf(panicked) }

// classify tells what an error that is no fault means to the client.
func classify(ctx context.Context, err error) *fault.Error {
	var pg *pgconn.PgError
	var connect *pgconn.ConnectError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.New(fault.Timeout, "the operation took too long")
	case errors.Is(err, context.Canceled):
		return fault.New(fault.Timeout, "the request was cancelled")
	case errors.As(err, &pg):
		switch {
		case pg.Code == "57014" || pg.Code == "55P03":
			return fault.New(fault.Timeout, "the operation took too long")
		case pg.Code == "40001" || pg.Code == "40P01":
			return fault.New(fault.Conflict, "somebody changed the same records at the same time; try again")
		case strings.HasPrefix(pg.Code, "57P"), strings.HasPrefix(pg.Code, "08"), strings.HasPrefix(pg.Code, "53"):
			return unavailable()
		}
	case errors.As(err, &connect), isBroken(err):
		return unavailable()
	}
	return fault.New(fault.Internal, "something went wrong; tell the operator the request id")
}

// isBroken reports whether the connection was lost.
func isBroken(err error) bool {
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &network)
}

func unavailable() *fault.Error {
	return fault.New(fault.Unavailable, "the database cannot be reached; try again in a moment")
}

func pathOf(ctx context.Context, err error) ast.Path {
	var located *gqlerror.Error
	if errors.As(err, &located) && located.Path != nil {
		return located.Path
	}
	return graphql.GetPath(ctx)
}

// inputField names the argument or input field that a path ends in: "createLead.input.email" is about "email".
func inputField(path ast.Path) string {
	for i := len(path) - 1; i > 0; i-- {
		if name, ok := path[i].(ast.PathName); ok {
			return string(name)
		}
	}
	return ""
}
