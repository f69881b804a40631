package seed

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// ages remembers when records are said to have been made and last touched. The store dates every row with its
// operation's instant, which is right for everybody but a storyteller.
type ages []*age

type age struct {
	table         string
	ids           [][16]byte
	made, touched []time.Time
}

func (a *ages) note(table string, key id.ID, made, touched time.Time) {
	for _, known := range *a {
		if known.table == table {
			known.ids = append(known.ids, key)
			known.made, known.touched = append(known.made, made), append(known.touched, touched)
			return
		}
	}
	*a = append(*a, &age{table: table, ids: [][16]byte{key}, made: []time.Time{made}, touched: []time.Time{touched}})
}

// age dates the rows. The timeline keeps the instant at which it was written: it is a ledger that the application's
// role cannot change.
func (w *writer) age(ctx context.Context) error {
	org := [16]byte(w.key)
	for _, a := range w.ages {
		if _, err := tenant.Exec(ctx, "UPDATE "+strconv.Quote(a.table)+` AS t SET created_at = a.made, updated_at = a.touched
			FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) AS a(id, made, touched)
			WHERE t.org_id = $1 AND t.id = a.id`, org, a.ids, a.made, a.touched); err != nil {
			return fmt.Errorf("date the rows of %s: %w", a.table, err)
		}
	}
	for _, text := range []string{ // $2 is the operation's instant, which rows still have that were not dated
		"UPDATE comment SET commented_on = created_at WHERE org_id = $1 AND created_at <= $2",
		"UPDATE lead SET converted_at = updated_at WHERE org_id = $1 AND converted_at = $2",
		datedByConversion("accounts", "converted_account_id"),
		datedByConversion("contacts", "converted_contact_id"),
		datedByConversion("opportunity", "converted_opportunity_id"),
		"UPDATE opportunity SET stage_changed_at = updated_at WHERE org_id = $1 AND stage_changed_at = $2",
	} {
		if _, err := tenant.Exec(ctx, text, org, tenant.Now(ctx)); err != nil {
			return fmt.Errorf("date what follows: %w", err)
		}
	}
	return nil
}

// datedByConversion makes what a conversion made as old as the conversion.
func datedByConversion(table, column string) string {
	return "UPDATE " + table + ` AS t SET created_at = l.converted_at, updated_at = l.converted_at FROM lead AS l
		WHERE t.org_id = $1 AND l.org_id = $1 AND l.` + column + " = t.id AND t.created_at = $2"
}
