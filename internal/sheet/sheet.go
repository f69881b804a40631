// Package sheet reads and writes tables as CSV, the way spreadsheets do.
//
// What is read is UTF-8, with or without a byte order mark, with a line of headers. What is written can be opened in a
// spreadsheet without any cell becoming a formula, and is read back as it was. What the cells mean is not known here.
//
// Failure: a file that is no such table is INVALID, one that is too large LIMIT_EXCEEDED, both for the field file. A line
// with too few or too many cells is told with the row.
package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// The limits of a file (domain: E.10).
const (
	MaxBytes = 5 << 20
	MaxRows  = 5_000
)

// OwnHeader is how the header of a field begins that an organization has added; the field's key follows.
const OwnHeader = "cf."

// Row is a line that is not blank.
type Row struct {
	Line  int    // where it begins in the file, the first line being 1
	Wrong string // why its cells are not under their headers; empty when they are

	cells map[string]string
}

// Cell is the text under a header, without the blanks around it.
func (r Row) Cell(header string) string { return r.cells[header] }

// Read reads a table whose headers are known; the required ones must be there.
func Read(from io.Reader, known, required []string) ([]Row, error) {
	text, err := io.ReadAll(io.LimitReader(from, MaxBytes+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > MaxBytes:
		return nil, tooLarge("the file has more than %d bytes", MaxBytes)
	case !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0:
		return nil, wrong("must be a CSV file in UTF-8")
	}
	table := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\uFEFF"))))
	table.FieldsPerRecord = -1
	headers, err := readHeaders(table, known, required)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, unreadable(err)
		}
		if !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			continue
		}
		if len(rows) == MaxRows {
			return nil, tooLarge("the file has more than %d rows", MaxRows)
		}
		line, _ := table.FieldPos(0)
		rows = append(rows, rowOf(line, headers, cells))
	}
}

func rowOf(line int, headers, cells []string) Row {
	r := Row{Line: line, cells: make(map[string]string, len(headers))}
	if len(cells) != len(headers) {
		r.Wrong = "the line has another number of cells than there are headers"
		return r
	}
	for i, header := range headers {
		r.cells[header] = strings.TrimSpace(plain(cells[i]))
	}
	return r
}

// readHeaders reads the first line. Case does not matter, nor whether words are apart by a blank or by _.
func readHeaders(table *csv.Reader, known, required []string) ([]string, error) {
	headers, err := table.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, wrong("has no line of headers")
	case err != nil:
		return nil, unreadable(err)
	}
	var unknown, twice []string
	for i, h := range headers {
		h = strings.Join(strings.Fields(strings.ToLower(h)), "_")
		switch {
		case !slices.Contains(known, h):
			unknown = append(unknown, quoted(headers[i]))
		case slices.Contains(headers[:i], h):
			twice = append(twice, h)
		}
		headers[i] = h
	}
	missing := slices.DeleteFunc(slices.Clone(required), func(h string) bool { return slices.Contains(headers, h) })
	var faults fault.List
	if len(unknown) > 0 {
		faults.Add("file", "has headers that are not known: %s; those are %s", strings.Join(unknown[:min(len(unknown), 5)], ", "), strings.Join(known, ", "))
	}
	if len(twice) > 0 {
		faults.Add("file", "has headers that stand there twice: %s", strings.Join(twice, ", "))
	}
	if len(missing) > 0 {
		faults.Add("file", "lacks headers: %s", strings.Join(missing, ", "))
	}
	return headers, faults.Err()
}

func quoted(header string) string {
	if r := []rune(header); len(r) > 40 {
		header = string(r[:40]) + "…"
	}
	return `"` + header + `"`
}

func wrong(text string) error { return fault.Field("file", "%s", text) }

func tooLarge(format string, limit int) error {
	f := fault.New(fault.LimitExceeded, format, limit)
	f.Field = "file"
	return f
}

func unreadable(err error) error {
	if at, ok := errors.AsType[*csv.ParseError](err); ok {
		return fault.Field("file", "cannot be read in line %d: a quote is missing, or stands where none can be", at.Line).Because(err)
	}
	return err
}

// Writer writes lines of cells.
type Writer struct{ table *csv.Writer }

// NewWriter writes to w, which gets whole lines when Flush is called.
func NewWriter(w io.Writer) *Writer { return &Writer{csv.NewWriter(w)} }

// Write writes a line.
func (w *Writer) Write(cells []string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = inert(cell)
	}
	return w.table.Write(safe)
}

// Flush gives on what has been written.
func (w *Writer) Flush() error {
	w.table.Flush()
	return w.table.Error()
}

// A spreadsheet takes a cell that begins like this for a formula, and would run what somebody else has written.
const formula = "=+-@\t\r\n"

// inert keeps a cell a text; plain gives the text back.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune(formula, rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func plain(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && rest != inert(rest) {
		return rest
	}
	return cell
}
