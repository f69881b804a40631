package main

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// script is a pgbench script, and how many of the operations that were seen it stands for.
type script struct {
	text   string
	weight int
}

// leastShare of all operations is what a script must stand for: what comes once in a while is the server's own business.
const leastShare = 16

// scripts writes the operations that were seen on the wire for pgbench, which takes one of them at random each time: one
// script for those with the same statements, whatever the values.
//
// A value that all of them have in common stands in the text. The others are kept in arrays and taken by a random
// number, so that each statement is prepared once, as in the server. Ids and addresses that the operation itself made up
// are made up anew.
func scripts(operations [][]statement, since time.Time, inBatches bool) ([]script, error) {
	groups := map[string][][]statement{}
	for _, operation := range operations {
		operation = whole(operation)
		var shape strings.Builder
		for _, s := range operation {
			fmt.Fprintf(&shape, "%s %d %v\n", s.text, len(s.args), s.sync)
		}
		groups[shape.String()] = append(groups[shape.String()], operation)
	}
	var out []script
	for _, shape := range slices.Sorted(maps.Keys(groups)) {
		if same := groups[shape]; len(same)*leastShare >= len(operations) && len(same[0]) > 0 {
			out = append(out, script{scriptOf(same, since, inBatches), len(same)})
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no statements were seen that come again")
	}
	return out, nil
}

// whole is an operation with its own end. Our server sends the end of a query in the message in which the next operation on
// the connection begins, or a moment later; a script, which repeats itself, sends it in the last message.
func whole(operation []statement) []statement {
	isEnd := func(s statement) bool { return s.text == "commit" }
	reads := slices.ContainsFunc(operation, func(s statement) bool { return strings.HasSuffix(s.text, " read only") })
	var out []statement
	for _, s := range operation {
		switch {
		case isEnd(s) && (reads || len(out) == 0):
		case s.sync && (len(out) == 0 || out[len(out)-1].sync): // nothing is left of the message
		default:
			out = append(out, s)
		}
	}
	if reads {
		out = append(out[:len(out)-1], statement{text: "commit"}, statement{sync: true})
	}
	return out
}

// scriptOf writes operations whose statements are the same.
func scriptOf(same [][]statement, since time.Time, inBatches bool) string {
	var out strings.Builder
	fmt.Fprintf(&out, "\\set v random(1, %d)\n\\set fresh random(1, %d)\n", len(same), int64(1)<<48-1)
	for i, statements := 0, same[0]; i < len(statements); {
		batch := i
		for batch < len(statements) && !statements[batch].sync {
			batch++
		}
		if inBatches && batch-i > 1 {
			out.WriteString("\\startpipeline\n")
		}
		for j := i; j < batch; j++ {
			values := make([]statement, len(same))
			for k, operation := range same {
				values[k] = operation[j]
			}
			out.WriteString(written(values, since) + ";\n")
		}
		if inBatches && batch-i > 1 {
			out.WriteString("\\endpipeline\n")
		}
		i = batch + 1
	}
	return out.String()
}

var placeholder = regexp.MustCompile(`\$\d+`)

// written is a statement with its values, which differ between the operations.
func written(values []statement, since time.Time) string {
	return placeholder.ReplaceAllStringFunc(values[0].text, func(place string) string {
		var n int
		_, _ = fmt.Sscanf(place, "$%d", &n)
		all := make([]argument, len(values))
		for i, s := range values {
			all[i] = s.args[n-1]
		}
		return expression(all, since)
	})
}

func expression(all []argument, since time.Time) string {
	first, cast := all[0], ""
	element := "text"
	if t, ok := pgtype.NewMap().TypeForOID(first.oid); ok {
		cast = "::" + t.Name
		if !strings.HasPrefix(t.Name, "_") {
			element = t.Name
		}
	}
	same := true
	for _, a := range all {
		same = same && (a.text == nil) == (first.text == nil) && (a.text == nil || *a.text == *first.text)
	}
	switch {
	case same && first.text == nil:
		return "NULL" + cast
	case same:
		return quoted(*first.text) + cast
	case first.text != nil:
		if fresh, ok := madeUp(*first.text, since); ok {
			return "(" + fresh + ")" + cast
		}
	}
	var list strings.Builder
	for i, a := range all {
		if i > 0 {
			list.WriteByte(',')
		}
		if a.text == nil {
			list.WriteString("NULL")
			continue
		}
		list.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(*a.text) + `"`)
	}
	value := "(" + quoted("{"+list.String()+"}") + "::" + element + "[])[:v]" + cast
	if strings.HasPrefix(cast, "::_") {
		// A list is read from its text once for each statement and not once for each row, as a parameter is.
		value = "((SELECT " + value + ")" + cast + ")"
	}
	return value
}

// quoted is a literal. A colon would begin one of pgbench's variables, even there.
func quoted(text string) string {
	return "E'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, `:`, `\x3a`).Replace(text) + "'"
}

const freshText = "lpad(to_hex(:fresh::bigint), 12, '0')"

var (
	uuidText = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	ownEmail = regexp.MustCompile(`\bb[0-9a-f]{12}@`)
)

// madeUp writes a text in which there is an id or an address that the operation made up, with others in their place.
func madeUp(text string, since time.Time) (string, bool) {
	var out strings.Builder
	rest, found := text, false
	for {
		at := uuidText.FindStringIndex(rest)
		mail := ownEmail.FindStringIndex(rest)
		switch {
		case mail != nil && (at == nil || mail[0] < at[0]):
			out.WriteString(quoted(rest[:mail[0]+1]) + " || " + freshText + " || ")
			rest, found = rest[mail[1]-1:], true
		case at == nil:
			out.WriteString(quoted(rest))
			return out.String(), found
		case !made(rest[at[0]:at[1]]).Before(since):
			out.WriteString(quoted(rest[:at[1]-12]) + " || " + freshText + " || ")
			rest, found = rest[at[1]:], true
		default:
			out.WriteString(quoted(rest[:at[1]]) + " || ")
			rest = rest[at[1]:]
		}
	}
}

// made is when an id of version 7 was made: it begins with the milliseconds.
func made(uuid string) time.Time {
	raw, err := hex.DecodeString(strings.ReplaceAll(uuid, "-", "")[:12])
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(append([]byte{0, 0}, raw...))))
}
