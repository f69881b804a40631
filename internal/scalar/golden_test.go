package scalar_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// echo reads a value as the server reads an input, and writes what it read.
type echo func(v any) (string, error)

func pair[T any](unmarshal func(any) (T, error), marshal func(T) graphql.Marshaler) echo {
	return func(v any) (string, error) {
		read, err := unmarshal(v)
		if err != nil {
			return "", err
		}
		return written(marshal(read)), nil
	}
}

func written(m graphql.Marshaler) string {
	var buf bytes.Buffer
	m.MarshalGQL(&buf)
	return buf.String()
}

var scalars = map[string]echo{
	"String":       pair(scalar.UnmarshalString, scalar.MarshalString),
	"Int":          pair(scalar.UnmarshalInt, scalar.MarshalInt),
	"Boolean":      pair(scalar.UnmarshalBoolean, scalar.MarshalBoolean),
	"DateTime":     pair(scalar.UnmarshalDateTime, scalar.MarshalDateTime),
	"Date":         pair(unmarshalDate, func(d scalar.Date) graphql.Marshaler { return d }),
	"Decimal":      pair(scalar.UnmarshalDecimal, scalar.MarshalDecimal),
	"UUID":         pair(scalar.UnmarshalUUID, scalar.MarshalUUID),
	"EmailAddress": pair(scalar.UnmarshalEmailAddress, scalar.MarshalEmailAddress),
	"PhoneNumber":  pair(scalar.UnmarshalPhoneNumber, scalar.MarshalPhoneNumber),
	"URL":          pair(scalar.UnmarshalURL, scalar.MarshalURL),
	"CurrencyCode": pair(scalar.UnmarshalCurrencyCode, scalar.MarshalCurrencyCode),
	"CountryCode":  pair(scalar.UnmarshalCountryCode, scalar.MarshalCountryCode),
	"TimeZone":     pair(scalar.UnmarshalTimeZone, scalar.MarshalTimeZone),
	"JSON":         pair(scalar.UnmarshalJSON, scalar.MarshalJSON),
}

func unmarshalDate(v any) (scalar.Date, error) {
	var d scalar.Date
	err := d.UnmarshalGQL(v)
	return d, err
}

func TestSpellings(t *testing.T) {
	t.Parallel()
	for name, echo := range scalars {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for input, want := range spellings(t, name) {
				got, err := echo(decode(t, input))
				if want == "refused" {
					checkRefusal(t, input, got, err)
					continue
				}
				if err != nil {
					t.Errorf("%s is refused: %v", input, err)
					continue
				}
				if !reflect.DeepEqual(decode(t, got), decode(t, want)) {
					t.Errorf("%s is answered with %s, not %s", input, got, want)
				}
				again, err := echo(decode(t, got))
				if err != nil || again != got {
					t.Errorf("%s does not survive a round trip: %s, %v", got, again, err)
				}
			}
		})
	}
}

func TestBrokenUTF8IsRefusedEverywhere(t *testing.T) {
	t.Parallel()
	for name, echo := range scalars {
		for _, input := range []any{"a\xffb", "\xc3\x28@acme.example", "a\x00b"} {
			got, err := echo(input)
			checkRefusal(t, name, got, err)
		}
	}
}

func checkRefusal(t *testing.T, input, got string, err error) {
	t.Helper()
	var refusal *fault.Error
	switch {
	case err == nil:
		t.Errorf("%s is taken as %s", input, got)
	case !errors.As(err, &refusal):
		t.Errorf("%s: the refusal is no fault: %v", input, err)
	case refusal.Code != fault.Invalid || refusal.Field != "" || !strings.HasPrefix(refusal.Message, "must be "):
		t.Errorf("%s: the refusal is %+v", input, refusal)
	}
}

// spellings reads a golden table: lines of "JSON value => JSON value", or "=> refused".
func spellings(t testing.TB, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	table := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		input, want, found := strings.Cut(line, "=>")
		if !found {
			t.Fatalf("%s: no => in %q", name, line)
		}
		table[strings.TrimSpace(input)] = strings.TrimSpace(want)
	}
	return table
}

// decode reads JSON as the server reads variables, with numbers as they are spelled.
func decode(t testing.TB, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("decode %s: %v", text, err)
	}
	return v
}
