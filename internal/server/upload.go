package server

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
)

// Files come with a request as the GraphQL multipart request specification has it: a form whose first part, operations,
// is the request with null in the place of each file; whose second, map, tells the path of each; and whose other parts
// are the files.

// The limits of a form besides the size of a file. operations and map are each as long as a request may be.
const (
	maxFiles  = 10
	maxUpload = 64 << 20 // bytes, of all of it

	// A line may be slow, and must not be slow for ever.
	uploadTimeout = 10 * time.Minute
)

// What is wrong with a form. A form can be sent by a page of another site without being asked; one with a header of its
// own cannot.
var (
	errPreflight  = &refusal{http.StatusForbidden, fault.New(fault.Forbidden, "a request with files must have the header GraphQL-Require-Preflight, with any value")}
	errNoFiles    = unfit(http.StatusUnsupportedMediaType, "this server takes no files: its FILES_URL is not set")
	errForm       = unfit(http.StatusBadRequest, "the body is no form that can be read, or it ended early")
	errOperations = unfit(http.StatusBadRequest, "the first part of the form must be operations, the request")
	errMap        = unfit(http.StatusBadRequest, "the second part of the form must be map, an object of lists: the name of a file's part, and the one path in operations where the file belongs, such as variables.input.file")
	errPath       = unfit(http.StatusBadRequest, "the map has a path that does not lead to a null in the variables of operations")
	errUndeclared = unfit(http.StatusBadRequest, "the map puts a file into a variable that the operation does not have")
	errUnmapped   = unfit(http.StatusBadRequest, "the form has a part that is not in the map, or twice the same")
	errAbsent     = unfit(http.StatusBadRequest, "the map names a file that the form does not have")
	errLate       = &refusal{http.StatusRequestTimeout, fault.New(fault.Timeout, "the files did not arrive within %s", uploadTimeout)}
)

func tooLargeUpload() error {
	return &refusal{http.StatusRequestEntityTooLarge, document.Beyond("upload", maxUpload, "the request with its files is larger than %d bytes")}
}

func tooManyFiles() error {
	return &refusal{http.StatusRequestEntityTooLarge, document.Beyond("files", maxFiles, "the request has more than %d files")}
}

func isForm(header string) bool {
	media, _, err := mime.ParseMediaType(header)
	return err == nil && media == "multipart/form-data"
}

// form is a request with files whose files have not been read yet.
type form struct {
	parts   *multipart.Reader
	awaited map[string]*awaited // by the name of their part
	control *http.ResponseController
}

// awaited is a file that the map promises.
type awaited struct {
	variable string // which it is, or is in
	upload   *files.Upload
	arrived  bool
}

// readForm reads the request, puts an Upload in the place of each file, and leaves the files to be read.
func readForm(w http.ResponseWriter, r *http.Request, limits document.Limits) (params, error) {
	if len(r.Header.Values("GraphQL-Require-Preflight")) == 0 {
		return params{}, errPreflight
	}
	if r.ContentLength > maxUpload {
		w.Header().Set("Connection", "close")
		return params{}, tooLargeUpload()
	}
	f := &form{awaited: make(map[string]*awaited), control: http.NewResponseController(w)}
	_ = f.control.SetReadDeadline(time.Now().Add(uploadTimeout)) // without a connection there is nothing to wait for
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	var err error
	if f.parts, err = r.MultipartReader(); err != nil {
		return params{}, errForm
	}
	operations, err := f.text("operations", errOperations, limits)
	if err != nil {
		return params{}, err
	}
	p, err := decode(operations)
	if err != nil {
		return params{}, err
	}
	text, err := f.text("map", errMap, limits)
	if err != nil {
		return params{}, err
	}
	p.files = f
	return p, f.place(text, p.Variables)
}

// text reads the next part, which must have the name.
func (f *form) text(name string, missing error, limits document.Limits) ([]byte, error) {
	part, err := f.parts.NextRawPart()
	switch {
	case err != nil && err != io.EOF: //nolint:errorlint // wrapped, it is a form that ended early
		return nil, broken(err)
	case err != nil || part.FormName() != name:
		return nil, missing
	}
	text, err := io.ReadAll(io.LimitReader(part, int64(limits.Body)+1))
	switch {
	case err != nil:
		return nil, broken(err)
	case len(text) > limits.Body:
		return nil, &refusal{http.StatusRequestEntityTooLarge, limits.Exceed(document.Body)}
	}
	return text, nil
}

// place puts an Upload where the map has a path.
func (f *form) place(text []byte, variables map[string]any) error {
	var paths map[string][]string
	if err := json.Unmarshal(text, &paths); err != nil || paths == nil {
		return errMap
	}
	if len(paths) > maxFiles {
		return tooManyFiles()
	}
	for name, all := range paths {
		if len(all) != 1 { // a file that belongs to two rows would be deleted with the first
			return errMap
		}
		steps := strings.Split(all[0], ".")
		if len(steps) < 2 || steps[0] != "variables" {
			return errPath
		}
		upload := new(files.Upload)
		if !put(variables, steps[1:], upload) {
			return errPath
		}
		f.awaited[name] = &awaited{variable: steps[1], upload: upload}
	}
	return nil
}

// put replaces the null at a path.
func put(within any, steps []string, upload *files.Upload) bool {
	var next any
	var replace func()
	switch within := within.(type) {
	case map[string]any:
		var ok bool
		if next, ok = within[steps[0]]; !ok {
			return false
		}
		replace = func() { within[steps[0]] = upload }
	case []any:
		i, err := strconv.Atoi(steps[0])
		if err != nil || i < 0 || i >= len(within) {
			return false
		}
		next = within[i]
		replace = func() { within[i] = upload }
	default:
		return false
	}
	if len(steps) > 1 {
		return put(next, steps[1:], upload)
	}
	if next != nil {
		return false
	}
	replace()
	return true
}

// declared makes sure that the operation takes every file: what a variable of it may be is checked like any value.
func (f *form) declared(operation *document.Operation) error {
	for _, a := range f.awaited {
		if operation.Definition.VariableDefinitions.ForName(a.variable) == nil {
			return errUndeclared
		}
	}
	return nil
}

// receive stores the files one after the other, as they come.
func (f *form) receive(ctx context.Context, store *files.Store, limit int64) error {
	defer func() { _ = f.control.SetReadDeadline(time.Time{}) }() // else it ends the operation
	ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
	defer cancel()
	for {
		part, err := f.parts.NextRawPart()
		if err == io.EOF { //nolint:errorlint // wrapped, it is a form that ended early
			break
		}
		if err != nil {
			return broken(err)
		}
		a := f.awaited[part.FormName()]
		if a == nil || a.arrived {
			return errUnmapped
		}
		a.arrived = true
		a.upload.Name = files.DisplayName(part.FileName(), files.MaxName)
		if a.upload.Stored, err = store.Put(ctx, part, limit); err != nil {
			return unstored(err, limit)
		}
	}
	for _, a := range f.awaited {
		if !a.arrived {
			return errAbsent
		}
	}
	return nil
}

// unstored tells what a file was not stored for: itself, the request, or the store.
func unstored(err error, limit int64) error {
	switch {
	case fault.Is(err, fault.LimitExceeded):
		return &refusal{http.StatusRequestEntityTooLarge, document.Beyond("file", int(limit), "a file is larger than %d bytes")}
	case fault.Is(err, fault.Unavailable):
		return &refusal{http.StatusServiceUnavailable, err}
	case fault.All(err) != nil:
		return &refusal{http.StatusBadRequest, err}
	}
	return broken(err)
}

// broken tells why a body could not be read to its end.
func broken(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLargeUpload()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		return errLate
	}
	return errForm
}
