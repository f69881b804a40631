package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/resolver"
)

// uploading is a schema with fields that take files: each stores a row for each of its files, and answers with what it
// was given. fail and panic come after that.
type uploading struct{ schema *ast.Schema }

var uploadSchema = gqlparser.MustLoadSchema(&ast.Source{Input: `
	scalar Upload
	scalar JSON
	input Attach { file: Upload! note: String more: [Upload!] }
	type Query { files: Int }
	type Mutation {
		attach(file: Upload!): String
		both(a: Upload!, b: Upload): String
		many(files: [Upload!]!): String
		nested(input: Attach!): String
		note(text: String, json: JSON): String
		fail: String
		panic: String
	}`})

func (s uploading) Schema() *ast.Schema { return s.schema }

func (s uploading) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	out := map[string]any{}
	for _, selection := range op.Operation.SelectionSet {
		field := selection.(*ast.Field)
		got, err := s.resolve(ctx, field.Name, field.ArgumentMap(op.Variables))
		if err != nil {
			graphql.AddError(ctx, err)
			break
		}
		out[field.Alias] = got
	}
	data, err := json.Marshal(out)
	if err != nil {
		graphql.AddError(ctx, err)
	}
	return graphql.OneShot(&graphql.Response{Data: data})
}

func (s uploading) resolve(ctx context.Context, field string, args map[string]any) (any, error) {
	switch field {
	case "fail":
		return nil, fault.New(fault.Conflict, "no")
	case "panic":
		panic("no")
	}
	var names []string
	for _, u := range uploads(args) {
		var upload files.Upload
		if err := upload.UnmarshalGQL(u); err != nil {
			return nil, err
		}
		v, err := tenant.ViewerFrom(ctx)
		if err != nil {
			return nil, err
		}
		if _, err := tenant.Exec(ctx, `INSERT INTO attachments (org_id, id, entity_type, entity_id, file_name, attachment, content_type, size_bytes, checksum)
			VALUES ($1, $2, 'Lead', $2, left($3, 60), $4, $5, $6, $7)`, [16]byte(v.OrgID), [16]byte(id.New[id.ID]()), upload.Name,
			upload.Key, upload.ContentType, upload.Size, upload.SHA256); err != nil {
			return nil, err
		}
		names = append(names, upload.Name)
	}
	return names, nil
}

// uploads are the files in a value, in the order of the schema above.
func uploads(value any) (out []any) {
	switch value := value.(type) {
	case *files.Upload, string: // a text is refused where it is read
		out = append(out, value)
	case []any:
		for _, item := range value {
			out = append(out, uploads(item)...)
		}
	case map[string]any:
		for _, name := range []string{"a", "b", "file", "files", "input", "more"} {
			out = append(out, uploads(value[name])...)
		}
	}
	return out
}

func (s uploading) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

// desk is a server that takes files.
type desk struct {
	*apitest.Env
	client *apitest.Client
	folder string
}

func newDesk(t *testing.T, settings ...string) *desk {
	t.Helper()
	d := &desk{Env: apitest.New(t, settings...)}
	b := d.Backend
	if u, err := url.Parse(b.Config.FilesURL); err == nil {
		d.folder = filepath.FromSlash(u.Path)
	}
	over := httptest.NewServer(server.Over(server.Options{
		DB: b.DB, Auth: auth.NewAuthenticator(b.Keys, b.DB, b.Audit), Audit: b.Audit, Log: b.Log, OperationTimeout: b.Config.OperationTimeout,
		Limits: document.Limits(b.Config.Limits), Files: b.Files, FileLimit: int64(b.Config.FileLimit), Resolver: &resolver.Resolver{Audit: b.Audit, Log: b.Log},
	}, uploading{uploadSchema}, map[string]document.Check{"Upload": func(v any) error { return new(files.Upload).UnmarshalGQL(v) }}))
	t.Cleanup(over.Close)
	d.client = &apitest.Client{URL: over.URL, Token: d.Acme.Admin.Token}
	return d
}

// part is a part of a form; without a file name it is a text.
type part struct{ name, file, body string }

// sent is a form on its way.
type sent struct {
	parts  []part
	header map[string]string // "" takes a header away
	client *apitest.Client
}

// upload makes a form of a request with files, named 0, 1, … in the map as in the form.
func upload(query, variables string, paths []string, bodies ...string) sent {
	operations, _ := json.Marshal(map[string]any{"query": query, "variables": json.RawMessage(variables)})
	at := map[string][]string{}
	for i, path := range paths {
		at[fmt.Sprint(i)] = []string{path}
	}
	text, _ := json.Marshal(at)
	s := sent{parts: []part{{name: "operations", body: string(operations)}, {name: "map", body: string(text)}}}
	for i, body := range bodies {
		s.parts = append(s.parts, part{fmt.Sprint(i), fmt.Sprintf("%d.txt", i), body})
	}
	return s
}

const attach = "mutation($f: Upload!) { attach(file: $f) }"

func one(body string) sent { return upload(attach, `{"f": null}`, []string{"variables.f"}, body) }

func (s sent) write(w io.Writer) error {
	form := multipart.NewWriter(w)
	if err := form.SetBoundary("xyz"); err != nil {
		return err
	}
	for _, p := range s.parts {
		header := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"`, p.name)}}
		if p.file != "" {
			header.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, p.name, p.file))
			header.Set("Content-Type", "text/html")
		}
		to, err := form.CreatePart(header)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(to, p.body); err != nil {
			return err
		}
	}
	return form.Close()
}

// post sends a body as a form.
func (d *desk) post(t *testing.T, s sent, body io.Reader) (*http.Response, error) {
	t.Helper()
	if s.client == nil {
		s.client = d.client
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.client.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "multipart/form-data; boundary=xyz")
	request.Header.Set("GraphQL-Require-Preflight", "1")
	if s.client.Token != "" {
		request.Header.Set("Authorization", "Bearer "+s.client.Token)
	}
	for name, value := range s.header {
		request.Header.Del(name)
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	return http.DefaultClient.Do(request)
}

func (d *desk) send(t *testing.T, s sent) *apitest.Response {
	t.Helper()
	var body bytes.Buffer
	if err := s.write(&body); err != nil {
		t.Fatal(err)
	}
	return d.sendBody(t, s, &body)
}

func (d *desk) sendBody(t *testing.T, s sent, body io.Reader) *apitest.Response {
	t.Helper()
	answer, err := d.post(t, s, body)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, answer)
}

func read(t *testing.T, answer *http.Response) *apitest.Response {
	t.Helper()
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := &apitest.Response{Status: answer.StatusCode, Body: string(text)}
	if err := json.Unmarshal(text, r); err != nil {
		t.Fatalf("the answer is no JSON: %s", text)
	}
	return r
}

// inFolder counts the files in the folder, whatever they are.
func (d *desk) inFolder(t *testing.T) (n int) {
	t.Helper()
	err := filepath.WalkDir(d.folder, func(_ string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // one that is taken back meanwhile
			return nil
		}
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return n
}

// kept counts the files, and the rows that name one.
func (d *desk) kept(t *testing.T) (inFolder, rows int) {
	t.Helper()
	return d.inFolder(t), count(t, connect(t, d.Env), "SELECT count(*) FROM attachments")
}

func (d *desk) keeps(t *testing.T, n int) {
	t.Helper()
	if inFolder, rows := d.kept(t); inFolder != n || rows != n {
		t.Errorf("%d files and %d rows, want %d", inFolder, rows, n)
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	conn := connect(t, d.Env)
	n := 0
	for name, c := range map[string]struct {
		sent
		want  string
		files int
	}{
		"one file":                  {one("hello"), `{"attach":["0.txt"]}`, 1},
		"two files":                 {upload("mutation($a: Upload!, $b: Upload) { both(a: $a, b: $b) }", `{"a": null, "b": null}`, []string{"variables.a", "variables.b"}, "a", "b"), `{"both":["0.txt","1.txt"]}`, 2},
		"one of two":                {upload("mutation($a: Upload!, $b: Upload) { both(a: $a, b: $b) }", `{"a": null, "b": null}`, []string{"variables.a"}, "a"), `{"both":["0.txt"]}`, 1},
		"a list":                    {upload("mutation($f: [Upload!]!) { many(files: $f) }", `{"f": [null, null, null]}`, []string{"variables.f.2", "variables.f.0", "variables.f.1"}, "a", "b", "c"), `{"many":["1.txt","2.txt","0.txt"]}`, 3},
		"one as a list":             {upload("mutation($f: [Upload!]!) { many(files: $f) }", `{"f": null}`, []string{"variables.f"}, "a"), `{"many":["0.txt"]}`, 1},
		"an input":                  {upload("mutation($i: Attach!) { nested(input: $i) }", `{"i": {"file": null, "note": "x", "more": [null]}}`, []string{"variables.i.file", "variables.i.more.0"}, "a", "b"), `{"nested":["0.txt","1.txt"]}`, 2},
		"a variable in an input":    {upload("mutation($f: Upload!) { nested(input: {file: $f}) }", `{"f": null}`, []string{"variables.f"}, "a"), `{"nested":["0.txt"]}`, 1},
		"two fields":                {upload("mutation($a: Upload!, $b: Upload!) { x: attach(file: $a) y: attach(file: $b) }", `{"a": null, "b": null}`, []string{"variables.a", "variables.b"}, "a", "b"), `{"x":["0.txt"],"y":["1.txt"]}`, 2},
		"as many as there may be":   {upload("mutation($f: [Upload!]!) { many(files: $f) }", `{"f": [`+strings.Repeat("null,", 9)+`null]}`, paths(10), strings.Split(strings.Repeat("x", 10), "")...), "", 10},
		"no file at all":            {upload("mutation { note(text: \"x\") }", `{}`, nil), `{"note":null}`, 0},
		"a preflight by any value":  {sent{parts: one("x").parts, header: map[string]string{"Graphql-Require-Preflight": "no"}}, `{"attach":["0.txt"]}`, 1},
		"a name that climbs":        {renamed(`..\\..\\/etc/pass\"wd`), `{"attach":["pass\"wd"]}`, 1},
		"a name of another writing": {renamed("Angebot – 価格.pdf"), `{"attach":["Angebot – 価格.pdf"]}`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := d.send(t, c.sent)
			if r.Status != http.StatusOK || c.want != "" && string(r.Data) != c.want || len(r.Errors) > 0 {
				t.Errorf("%d %s", r.Status, r.Body)
			}
			n += c.files
			d.keeps(t, n)
		})
	}
	t.Run("what is kept is what was sent", func(t *testing.T) {
		content := strings.Repeat("0123456789\r\n--xy", 100_000) // with what looks like a boundary
		if r := d.send(t, one(content)); r.Code() != "" {
			t.Fatal(r.Body)
		}
		sum := sha256.Sum256([]byte(content))
		var key string
		if err := conn.QueryRow(t.Context(), "SELECT attachment FROM attachments WHERE checksum = $1 AND size_bytes = $2 AND content_type = 'text/plain; charset=utf-8'",
			hex.EncodeToString(sum[:]), len(content)).Scan(&key); err != nil {
			t.Fatal(err)
		}
		file, err := d.Backend.Files.Open(t.Context(), d.Acme.ID, key)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		if got, err := io.ReadAll(file); err != nil || string(got) != content {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}

func paths(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("variables.f.%d", i))
	}
	return out
}

func renamed(name string) sent {
	s := one("x")
	s.parts[2].file = name
	return s
}

// TestUploadsEnd makes operations fail after their files are stored and their rows written.
func TestUploadsEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	conn := connect(t, d.Env)
	exec(t, conn, `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
		CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON attachments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.file_name = 'unlucky') EXECUTE FUNCTION refuse()`)
	for name, c := range map[string]struct {
		sent
		status int
		code   string
	}{
		"a field that fails":                        {upload("mutation($f: Upload!) { attach(file: $f) fail }", `{"f": null}`, []string{"variables.f"}, "x"), 200, "CONFLICT"},
		"a field that panics":                       {upload("mutation($f: Upload!) { attach(file: $f) panic }", `{"f": null}`, []string{"variables.f"}, "x"), 500, "INTERNAL"},
		"a commit that fails":                       {renamed("unlucky"), 200, "INTERNAL"},
		"and a name that PostgreSQL would not take": {renamed("x.txt\xff"), 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if r := d.send(t, c.sent); r.Status != c.status || r.Code() != c.code {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	d.keeps(t, 1)
}

func TestUploadRefusals(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "FILE_LIMIT=1000")
	session := person(t, d.Env, d.Acme.Second)
	exec(t, connect(t, d.Env), "UPDATE profile SET is_active = false WHERE id = $1", [16]byte(d.Acme.Second.ProfileID))
	with := func(change func(*sent)) sent {
		s := one("x")
		change(&s)
		return s
	}
	mapped := func(text string) sent { return with(func(s *sent) { s.parts[1].body = text }) }
	const two = "mutation($f: Upload!, $g: Upload) { both(a: $f, b: $g) }"
	for name, c := range map[string]struct {
		sent
		status int
		code   string
		limit  string
	}{
		"no preflight header":            {with(func(s *sent) { s.header = map[string]string{"GraphQL-Require-Preflight": ""} }), 403, "FORBIDDEN", ""},
		"nobody":                         {with(func(s *sent) { s.client = d.Anonymous() }), 401, "UNAUTHENTICATED", ""},
		"a token that nobody has":        {with(func(s *sent) { s.client = &apitest.Client{Token: "bcrm_pat_unknown"} }), 401, "UNAUTHENTICATED", ""},
		"who is suspended":               {with(func(s *sent) { s.client = session }), 403, "ORGANIZATION_REQUIRED", ""},
		"compressed":                     {with(func(s *sent) { s.header = map[string]string{"Content-Encoding": "gzip"} }), 415, "INVALID", ""},
		"another kind of form":           {with(func(s *sent) { s.header = map[string]string{"Content-Type": "multipart/mixed; boundary=xyz"} }), 415, "INVALID", ""},
		"no boundary":                    {with(func(s *sent) { s.header = map[string]string{"Content-Type": "multipart/form-data"} }), 400, "INVALID", ""},
		"another boundary":               {with(func(s *sent) { s.header = map[string]string{"Content-Type": "multipart/form-data; boundary=abc"} }), 400, "INVALID", ""},
		"nothing in it":                  {sent{}, 400, "INVALID", ""},
		"map before operations":          {with(func(s *sent) { s.parts[0], s.parts[1] = s.parts[1], s.parts[0] }), 400, "INVALID", ""},
		"a file before the map":          {with(func(s *sent) { s.parts[1], s.parts[2] = s.parts[2], s.parts[1] }), 400, "INVALID", ""},
		"operations alone":               {with(func(s *sent) { s.parts = s.parts[:1] }), 400, "INVALID", ""},
		"operations that are none":       {with(func(s *sent) { s.parts[0].body = `{"query": ` }), 400, "INVALID", ""},
		"a list of operations":           {with(func(s *sent) { s.parts[0].body = "[" + s.parts[0].body + "]" }), 400, "INVALID", ""},
		"operations too large":           {with(func(s *sent) { s.parts[0].body += strings.Repeat(" ", 128<<10) }), 413, "LIMIT_EXCEEDED", "body"},
		"a map that is none":             {mapped(`["variables.f"]`), 400, "INVALID", ""},
		"a map of null":                  {mapped(`null`), 400, "INVALID", ""},
		"a map of texts":                 {mapped(`{"0": "variables.f"}`), 400, "INVALID", ""},
		"a map too large":                {mapped(`{"0": ["variables.f"]}` + strings.Repeat(" ", 128<<10)), 413, "LIMIT_EXCEEDED", "body"},
		"a file for no path":             {mapped(`{"0": []}`), 400, "INVALID", ""},
		"a file for two paths":           {upload(two, `{"f": null, "g": null}`, nil, "x").mapped(`{"0": ["variables.f", "variables.g"]}`), 400, "INVALID", ""},
		"two files for one path":         {upload(two, `{"f": null, "g": null}`, []string{"variables.f", "variables.f"}, "x", "y"), 400, "INVALID", ""},
		"a path to nowhere":              {mapped(`{"0": ["variables.g"]}`), 400, "INVALID", ""},
		"a path beyond a file":           {mapped(`{"0": ["variables.f.file"]}`), 400, "INVALID", ""},
		"a path to the query":            {mapped(`{"0": ["query"]}`), 400, "INVALID", ""},
		"a path to all variables":        {mapped(`{"0": ["variables"]}`), 400, "INVALID", ""},
		"an empty path":                  {mapped(`{"0": [""]}`), 400, "INVALID", ""},
		"a path to a value":              {upload(attach, `{"f": "x"}`, []string{"variables.f"}, "x"), 400, "INVALID", ""},
		"a path beyond a list":           {upload("mutation($f: [Upload!]!) { many(files: $f) }", `{"f": [null]}`, []string{"variables.f.1"}, "x"), 400, "INVALID", ""},
		"a path before a list":           {upload("mutation($f: [Upload!]!) { many(files: $f) }", `{"f": [null]}`, []string{"variables.f.-1"}, "x"), 400, "INVALID", ""},
		"no variables":                   {upload(attach, `null`, []string{"variables.f"}, "x"), 400, "INVALID", ""},
		"a variable that nobody asked":   {upload("mutation { note }", `{"f": null}`, []string{"variables.f"}, "x"), 400, "INVALID", ""},
		"a variable of another type":     {upload("mutation($f: String) { note(text: $f) }", `{"f": null}`, []string{"variables.f"}, "x"), 200, "INVALID", ""},
		"a variable of any JSON":         {upload("mutation($f: JSON) { note(json: $f) }", `{"f": {"a": null}}`, []string{"variables.f.a"}, "x"), 200, "INVALID", ""},
		"a field that the input has not": {upload("mutation($i: Attach!) { nested(input: $i) }", `{"i": {"file": null, "x": null}}`, []string{"variables.i.file", "variables.i.x"}, "x", "y"), 200, "INVALID", ""},
		"a document that is wrong":       {upload("mutation($f: Upload!) { attachz(file: $f) }", `{"f": null}`, []string{"variables.f"}, "x"), 200, "INVALID", ""},
		"a document too expensive":       {upload("mutation($f: Upload!) {"+aliases(101, "a%d: attach(file: $f) ")+"}", `{"f": null}`, []string{"variables.f"}, "x"), 200, "LIMIT_EXCEEDED", "aliases"},
		"a file that is missing":         {one("x").without(2), 400, "INVALID", ""},
		"the second file is missing":     {upload(two, `{"f": null, "g": null}`, []string{"variables.f", "variables.g"}, "x"), 400, "INVALID", ""},
		"a file that is not in the map":  {upload(attach, `{"f": null}`, []string{"variables.f"}, "x", "y"), 400, "INVALID", ""},
		"a file that comes twice":        {with(func(s *sent) { s.parts = append(s.parts, s.parts[2]) }), 400, "INVALID", ""},
		"an empty file":                  {one(""), 400, "INVALID", ""},
		"an empty second file":           {upload(two, `{"f": null, "g": null}`, []string{"variables.f", "variables.g"}, "x", ""), 400, "INVALID", ""},
		"too many files":                 {upload("mutation($f: [Upload!]!) { many(files: $f) }", `{"f": [`+strings.Repeat("null,", 10)+`null]}`, paths(11), strings.Split(strings.Repeat("x", 11), "")...), 413, "LIMIT_EXCEEDED", "files"},
		"a file too large":               {one(strings.Repeat("x", 1001)), 413, "LIMIT_EXCEEDED", "file"},
		"a second file too large":        {upload(two, `{"f": null, "g": null}`, []string{"variables.f", "variables.g"}, "x", strings.Repeat("x", 1001)), 413, "LIMIT_EXCEEDED", "file"},
	} {
		t.Run(name, func(t *testing.T) {
			r := d.send(t, c.sent)
			if r.Status != c.status || r.Code() != c.code || strings.Contains(r.Body, `"data":{`) {
				t.Errorf("%d %s", r.Status, r.Body)
			}
			if limited := strings.Contains(r.Body, `"limit":"`+c.limit+`"`); c.limit != "" && !limited {
				t.Error(r.Body)
			}
			d.keeps(t, 0)
		})
	}
	t.Run("a form that ends early", func(t *testing.T) {
		var body bytes.Buffer
		if err := upload(two, `{"f": null, "g": null}`, []string{"variables.f", "variables.g"}, "first file", "second file").write(&body); err != nil {
			t.Fatal(err)
		}
		whole := body.Bytes()
		for end := 0; end < len(whole)-len("--\r\n"); end += 7 {
			if r := d.sendBody(t, sent{}, bytes.NewReader(whole[:end])); r.Status != http.StatusBadRequest || r.Code() != "INVALID" {
				t.Errorf("at %d: %d %s", end, r.Status, r.Body)
			}
		}
		d.keeps(t, 0)
	})
	t.Run("a file that comes as JSON", func(t *testing.T) {
		for _, f := range []any{nil, "x", 1, map[string]any{}, map[string]any{"Key": "x", "Name": "x"}, []any{"x"}} {
			d.client.Refused(t, "INVALID", attach, map[string]any{"f": f})
		}
		d.client.Refused(t, "INVALID", `mutation { attach(file: "x") }`, nil)
		d.keeps(t, 0)
	})
	t.Run("as large as it may be", func(t *testing.T) {
		if r := d.send(t, one(strings.Repeat("x", 1000))); r.Code() != "" {
			t.Error(r.Body)
		}
		d.keeps(t, 1)
	})
}

func (s sent) mapped(text string) sent {
	s.parts[1].body = text
	return s
}

func (s sent) without(i int) sent {
	s.parts = append(s.parts[:i:i], s.parts[i+1:]...)
	return s
}

func TestUploadTooLarge(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	t.Run("a body that says so is not read", func(t *testing.T) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.client.URL, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "multipart/form-data; boundary=xyz")
		request.Header.Set("GraphQL-Require-Preflight", "1")
		request.Header.Set("Authorization", "Bearer "+d.client.Token)
		request.Header.Set("Expect", "100-continue") // and never sent
		request.ContentLength = 64<<20 + 1
		request.Body = io.NopCloser(readerFunc(func([]byte) (int, error) { t.Error("it is read"); return 0, io.EOF }))
		answer, err := (&http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if r := read(t, answer); r.Status != http.StatusRequestEntityTooLarge || !strings.Contains(r.Body, `"limit":"upload"`) {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	})
	t.Run("a body that does not say so is read no further", func(t *testing.T) {
		var head bytes.Buffer
		s := upload("mutation($f: [Upload!]!) { many(files: $f) }", `{"f": [null, null, null]}`, paths(3))
		if err := s.write(&head); err != nil {
			t.Fatal(err)
		}
		start := strings.TrimSuffix(head.String(), "--xyz--\r\n")
		file := strings.Repeat("x", files.MaxSize-1000)
		var parts []io.Reader
		for i := range 3 {
			parts = append(parts, strings.NewReader(fmt.Sprintf("%s--xyz\r\nContent-Disposition: form-data; name=\"%d\"; filename=x\r\n\r\n", start, i)), strings.NewReader(file), strings.NewReader("\r\n"))
			start = ""
		}
		sum := 0
		body := io.MultiReader(append(parts, strings.NewReader("--xyz--\r\n"))...)
		counting := readerFunc(func(p []byte) (int, error) { n, err := body.Read(p); sum += n; return n, err })
		answer, err := d.post(t, sent{}, counting)
		if err == nil { // else the server has closed the line before all was sent
			if r := read(t, answer); r.Status != http.StatusRequestEntityTooLarge || !strings.Contains(r.Body, `"limit":"upload"`) {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		}
		if sum > 72<<20 {
			t.Errorf("%d bytes were taken", sum)
		}
	})
	eventually(t, "nothing is kept", func() bool {
		inFolder, rows := d.kept(t)
		return inFolder == 0 && rows == 0
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// long is a file that is being written before its middle has come.
var long = strings.Repeat("0123456789", 10_000) + "middle, and the rest"

// soon waits for a condition on a goroutine that may not end the test.
func soon(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Error("not within ten seconds")
			return
		}
	}
}

// slow sends a form up to the middle of its file, waits, and sends the rest.
func (d *desk) slow(t *testing.T, s sent, wait func()) (*http.Response, error) {
	t.Helper()
	var form bytes.Buffer
	if err := s.write(&form); err != nil {
		t.Fatal(err)
	}
	whole := form.Bytes()
	middle := bytes.Index(whole, []byte("middle"))
	waited := false
	rest := bytes.NewReader(whole[middle:])
	return d.post(t, s, io.MultiReader(bytes.NewReader(whole[:middle]), readerFunc(func(p []byte) (int, error) {
		if !waited {
			waited = true
			wait()
		}
		return rest.Read(p)
	})))
}

func TestSlowUpload(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "OPERATION_TIMEOUT=500ms", "DATABASE_POOL_SIZE=1")
	conn := connect(t, d.Env)
	t.Run("holds no transaction, and its time has not begun", func(t *testing.T) {
		answer, err := d.slow(t, one(long), func() {
			soon(t, func() bool { return d.inFolder(t) == 1 })
			time.Sleep(time.Second)
			// On the one connection there is.
			if r := try(t.Context(), d.Acme.Admin, "{ leads { totalCount } }", nil); r.Code() != "" || len(r.Errors) > 0 {
				t.Error(r.Body)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if r := read(t, answer); r.Code() != "" {
			t.Error(r.Body)
		}
		d.keeps(t, 1)
		var late bool
		if err := conn.QueryRow(t.Context(), "SELECT created_at > now() - interval '1 second' FROM attachments").Scan(&late); err != nil || !late {
			t.Errorf("it is as old as the request: %v, %v", !late, err)
		}
	})
	t.Run("that is given up leaves nothing", func(t *testing.T) {
		gone := errors.New("gone")
		var body bytes.Buffer
		if err := one(long).write(&body); err != nil {
			t.Fatal(err)
		}
		half := body.Bytes()[:bytes.Index(body.Bytes(), []byte("middle"))]
		_, err := d.post(t, sent{}, io.MultiReader(bytes.NewReader(half), readerFunc(func([]byte) (int, error) {
			soon(t, func() bool { return d.inFolder(t) == 2 })
			return 0, gone
		})))
		if !errors.Is(err, gone) {
			t.Fatal(err)
		}
		eventually(t, "nothing of it is left", func() bool { n, rows := d.kept(t); return n == 1 && rows == 1 })
	})
}

func TestServerWithoutFiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "FILES_URL=")
	if r := d.send(t, one("x")); r.Status != http.StatusUnsupportedMediaType || !strings.Contains(r.Body, "FILES_URL") {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	d.Acme.Admin.Do(t, "{ leads { totalCount } }", nil)
}

// TestServedSchemaTakesForms makes sure that forms reach the served schema like any request.
func TestServedSchemaTakesForms(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.client = d.Acme.Admin
	if r := d.send(t, upload(createLead, `{"t": "by a form"}`, nil)); r.Code() != "" || leads(t, connect(t, d.Env), "by a form") != 1 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := d.send(t, upload(createLead, `{"t": null}`, []string{"variables.t"}, "x")); r.Code() != "INVALID" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}
