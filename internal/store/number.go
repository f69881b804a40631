package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// Documents are numbered by the organization's calendar day, each kind for itself and without gaps: INV-20260301-0001. The
// row of a day's last number is locked from the drawing to the end of the transaction, so two at a time wait for each other,
// and what is rolled back gives its number back.

// series is a kind of documents, and how its numbers begin.
type series struct{ name, prefix string }

var invoiceNumbers = series{"invoice", "INV"}

// next draws the number of a new document. Draw it last: until the transaction ends nobody else in the organization gets one.
func (q series) next(ctx context.Context, v *tenant.Viewer) (string, error) {
	day := today(v, tenant.Now(ctx))
	var last int
	err := tenant.Select(ctx, &last, "INSERT INTO number_counter (org_id, series, day, last_number) VALUES ($1, $2, $3, 1)"+
		" ON CONFLICT (org_id, series, day) DO UPDATE SET last_number = number_counter.last_number + 1 RETURNING last_number",
		[16]byte(v.OrgID), q.name, day)
	if err != nil {
		return "", fmt.Errorf("draw a number: %w", err)
	}
	return fmt.Sprintf("%s-%s-%04d", q.prefix, strings.ReplaceAll(day.String(), "-", ""), last), nil
}
