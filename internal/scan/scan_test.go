package scan_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scan"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }

func connect(t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), testdb.New(t).AppURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

type colour string

type common struct {
	ID      id.ID     `bun:"id,pk"`
	Created time.Time `bun:"created"`
}

// everything has a field of each kind that models have.
type everything struct {
	common
	Text     string           `bun:"text"`
	Short    *string          `bun:"short"`
	Colour   colour           `bun:"colour"`
	Other    *colour          `bun:"other"`
	Yes      bool             `bun:"yes"`
	Small    int              `bun:"small"`
	Plain    int              `bun:"plain"`
	Big      *int             `bun:"big"`
	User     *id.User         `bun:"user_id"`
	Ended    *time.Time       `bun:"ended"`
	Day      scalar.Date      `bun:"day"`
	Due      *scalar.Date     `bun:"due"`
	Amount   *decimal.Decimal `bun:"amount"`
	Exact    decimal.Decimal  `bun:"exact"`
	Document json.RawMessage  `bun:"document"`
	Address  *string          `bun:"address"`
	Words    []string         `bun:"words"`
	Unsent   string           `bun:"unsent"`
}

const all = `SELECT '0192f0c1-2b3c-7d4e-8f50-617283940506'::uuid AS id, '2026-03-01 12:34:56.789012+02'::timestamptz AS created,
	'Zoë 漢'::text AS text, 'abc'::varchar(9) AS short, 'red'::text AS colour, 'blue'::varchar AS other, true AS yes,
	-7::int2 AS small, 2147483647::int4 AS plain, -9007199254740993::int8 AS big, '0192f0c1-2b3c-7d4e-8f50-617283940507'::uuid AS user_id,
	'1999-12-31 23:59:59.999999Z'::timestamptz AS ended, '1969-07-20'::date AS day, '2400-02-29'::date AS due,
	1234567890.50::numeric(12,2) AS amount, -0.001::numeric AS exact, '{"a": [1]}'::jsonb AS document, '10.1.2.3'::inet AS address,
	ARRAY['x', 'y y'] AS words, 1 AS nobody_wants_this`

func TestModels(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	text := func(s string) *string { return &s }
	day := func(s string) scalar.Date { d, _ := scalar.ParseDate(s); return d }
	user, _ := id.Parse[id.User]("0192f0c1-2b3c-7d4e-8f50-617283940507")
	key, _ := id.Parse[id.ID]("0192f0c1-2b3c-7d4e-8f50-617283940506")
	blue, big, due := colour("blue"), -9007199254740993, day("2400-02-29")
	ended := time.Date(1999, 12, 31, 23, 59, 59, 999999000, time.UTC)
	amount := decimal.RequireFromString("1234567890.50")
	want := everything{common: common{ID: key, Created: time.Date(2026, 3, 1, 10, 34, 56, 789012000, time.UTC)},
		Text: "Zoë 漢", Short: text("abc"), Colour: "red", Other: &blue, Yes: true, Small: -7, Plain: 2147483647, Big: &big, User: &user,
		Ended: &ended, Day: day("1969-07-20"), Due: &due, Amount: &amount, Exact: decimal.RequireFromString("-0.001"),
		Document: json.RawMessage(`{"a": [1]}`), Address: text("10.1.2.3"), Words: []string{"x", "y y"}}

	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeExec} { // in binary, and partly as text
		t.Run(mode.String(), func(t *testing.T) {
			var one everything
			query(t, conn, &one, mode, all)
			var pointers []*everything
			query(t, conn, &pointers, mode, all+" FROM generate_series(1, 100)")
			var values []everything
			query(t, conn, &values, mode, all+" FROM generate_series(1, 3)")
			got := append(values, one)
			for _, p := range pointers {
				got = append(got, *p)
			}
			if len(got) != 104 {
				t.Fatalf("%d rows", len(got))
			}
			for _, row := range got {
				if got, want := show(t, row), show(t, want); got != want {
					t.Fatalf("got  %s\nwant %s", got, want)
				}
			}
		})
	}
	t.Run("NULL leaves every field as it is", func(t *testing.T) {
		got := []*everything{}
		query(t, conn, &got, pgx.QueryExecModeCacheStatement, "SELECT r.* FROM (SELECT) AS one LEFT JOIN ("+all+") AS r ON false")
		if len(got) != 1 || !reflect.DeepEqual(*got[0], everything{}) {
			t.Errorf("%+v", got)
		}
	})
}

func show(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func query(t *testing.T, conn *pgx.Conn, dest any, args ...any) {
	t.Helper()
	rows, _ := conn.Query(t.Context(), args[1].(string), args[0])
	if err := scan.Into(rows, dest); err != nil {
		t.Fatal(err)
	}
}

func TestSingleValues(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	var n int
	query(t, conn, &n, pgx.QueryExecModeCacheStatement, "SELECT count(*) FROM generate_series(1, 7)")
	var ids []id.Profile
	query(t, conn, &ids, pgx.QueryExecModeCacheStatement, "SELECT gen_random_uuid() FROM generate_series(1, 70)")
	var names []string
	query(t, conn, &names, pgx.QueryExecModeCacheStatement, "SELECT n::text FROM generate_series(1, 70) n")
	if n != 7 || len(ids) != 70 || ids[0] == ids[69] || len(names) != 70 || names[69] != "70" {
		t.Errorf("%d, %d ids, %q", n, len(ids), names)
	}
	rows, _ := conn.Query(t.Context(), "SELECT 1 WHERE false")
	if err := scan.Into(rows, &n); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("no row: %v", err)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	for name, tt := range map[string]struct {
		text string
		dest any
	}{
		"a statement that the server refuses": {"SELECT 1/0", new(int)},
		"one that fails after some rows":      {"SELECT 1/(3-n) FROM generate_series(1, 5) n", new([]int)},
		"a text for a number":                 {"SELECT 'x'", new(int)},
		"a number that is none":               {"SELECT 'NaN'::numeric", new(decimal.Decimal)},
		"an array for a text":                 {"SELECT ARRAY[1]", new(string)},
	} {
		rows, _ := conn.Query(t.Context(), tt.text)
		if err := scan.Into(rows, tt.dest); err == nil || errors.Is(err, sql.ErrNoRows) {
			t.Errorf("%s: %v", name, err)
		}
		query(t, conn, new(int), pgx.QueryExecModeCacheStatement, "SELECT 1") // the connection is free again
	}
}

// TestAmounts compares with what the text says, for numbers of every length and scale.
func TestAmounts(t *testing.T) {
	t.Parallel()
	conn := connect(t)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test wants the same numbers each time
	texts := []string{"0", "0.00", "-0.5", "1", "10000", "9999.9999", "0.0001", "0.00001", "-12345678.90", "99999999999999999999.99", "100000000"}
	for range 3000 {
		digits := fmt.Sprint(random.Int64N(1 << random.IntN(60)))
		if at := random.IntN(len(digits) + 1); at < len(digits) {
			digits = "0" + digits[:at] + "." + digits[at:]
		}
		texts = append(texts, digits)
	}
	rows, _ := conn.Query(t.Context(), "SELECT n::numeric FROM unnest($1::text[]) n", texts)
	var got []decimal.Decimal
	if err := scan.Into(rows, &got); err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		if want := decimal.RequireFromString(text); !got[i].Equal(want) || got[i].Exponent() != want.Exponent() {
			t.Errorf("%s is read as %s (exponents %d and %d)", text, got[i], want.Exponent(), got[i].Exponent())
		}
	}
}
