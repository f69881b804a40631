package audit

import (
	"context"
	"net/netip"
)

// Request is what the ledger and the log keep of an HTTP request.
type Request struct {
	ID        string
	IP        string
	UserAgent string
	Path      string
	Method    string
}

type requestKey struct{}

// NewContext carries the request's facts.
func NewContext(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// Address is the client's address as the database takes it; nil when what the request says is none.
func (r Request) Address() *string {
	ip, err := netip.ParseAddr(r.IP)
	if err != nil {
		return nil
	}
	return new(ip.String())
}

// RequestFrom gives the request's facts; they are empty outside of a request.
func RequestFrom(ctx context.Context) Request {
	r, _ := ctx.Value(requestKey{}).(Request)
	return r
}
