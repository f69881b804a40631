package resolver_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// attach attaches a file to a record and gives the attachment's id.
func attach(t *testing.T, c *apitest.Client, kind, record string) string {
	t.Helper()
	return c.Create(t, "Attachment", apitest.Input{"entityType": commentable[kind], "entityId": record})
}

// link is where a client fetches the file of a record of a type.
func link(t *testing.T, c *apitest.Client, typ, key string) string {
	t.Helper()
	return c.Do(t, "query($id: ID!) { node(id: $id) { ... on "+typ+" { url } } }", map[string]any{"id": key}).Text(t, "node.url")
}

// holds checks how many files are kept.
func holds(t *testing.T, env *apitest.Env, n int, when string) {
	t.Helper()
	if blobs := env.Blobs(t); len(blobs) != n {
		t.Errorf("%s there are %d files, want %d", when, len(blobs), n)
	}
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for kind := range commentable {
		record := admin.Create(t, kind, nil)
		first := admin.Create(t, "Attachment", apitest.Input{"entityType": commentable[kind], "entityId": record, "file": apitest.File{Name: "notes.txt", Body: "hello"}})
		attach(t, admin, kind, record)
		attach(t, admin, kind, admin.Create(t, kind, nil))
		last := admin.Create(t, "Attachment", apitest.Input{"entityType": commentable[kind], "entityId": record, "file": apitest.File{Name: strings.Repeat("long ", 20) + "name.html", Body: "<html><script>alert(1)</script>"}})
		want := fmt.Sprintf(`{"attachments":{"totalCount":3,"nodes":[{"id":%q,"entityType":%q,"entityId":%q,"fileName":"%s","contentType":"text/html; charset=utf-8","size":31}]},`+
			`"activities":{"nodes":[{"action":"UPDATE","changes":[{"field":"attachments","from":[],"to":["%[4]s"]}]}]},"version":1}`,
			last, commentable[kind], record, strings.TrimSuffix(strings.Repeat("long ", 11), " ")+".html")
		if got := admin.Read(t, kind, record, "attachments(first: 1) { totalCount nodes { id entityType entityId fileName contentType size } } activities(first: 1) { nodes { action changes { field from to } } } version"); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", kind, got, want)
		}
		if got := admin.Read(t, "Attachment", first, "fileName size checksum createdBy { email }"); got !=
			`{"fileName":"notes.txt","size":5,"checksum":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824","createdBy":{"email":"admin@acme.example"}}` {
			t.Errorf("%s: %s", kind, got)
		}
		admin.TryDelete(t, "Attachment", first)
		if got := admin.Read(t, kind, record, "attachments { totalCount } activities(first: 1) { nodes { changes { from to } } }"); got != `{"attachments":{"totalCount":2},"activities":{"nodes":[{"changes":[{"from":["notes.txt"],"to":[]}]}]}}` {
			t.Errorf("%s after a deletion: %s", kind, got)
		}
	}
}

func TestAttachmentPermissions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, uploader, reader, stranger := env.Acme.Admin, env.User(t, env.Acme, "uploader"), env.Acme.Member, env.Acme.Second
	for kind, entity := range commentable {
		record := admin.Create(t, kind, apitest.Input{"assignedToIds": []any{uploader.ProfileID.String(), reader.ProfileID.String()}})
		for _, row := range []struct {
			who         string
			caller      *apitest.Client
			read        bool
			add, remove string
		}{
			{"anonymous", env.Anonymous(), false, "UNAUTHENTICATED", "UNAUTHENTICATED"},
			{"the admin of another organization", env.Globex.Admin, false, "INVALID entityId", "NOT_FOUND"},
			{"an unrelated member", stranger, false, "INVALID entityId", "NOT_FOUND"},
			{"an assignee", reader, true, "", "FORBIDDEN"},
			{"the uploader", uploader, true, "", ""},
			{"an admin", admin, true, "", ""},
		} {
			key := attach(t, uploader, kind, record)
			r := row.caller.Send(t, "query($id: ID!) { node(id: $id) { id } attachment(id: $id) { id } }", map[string]any{"id": key})
			if got := strings.Count(r.Body, key) == 2; got != row.read {
				t.Errorf("%s reads one of %s: %s", row.who, kind, r.Body)
			}
			if got := row.caller.Try(t, "create", "Attachment", apitest.Input{"entityType": entity, "entityId": record, "file": apitest.File{Name: "a", Body: "a"}}).Refusal(); got != row.add {
				t.Errorf("%s adds one to %s: %q", row.who, kind, got)
			}
			if got := row.caller.TryDelete(t, "Attachment", key).Refusal(); got != row.remove {
				t.Errorf("%s deletes one of %s: %q", row.who, kind, got)
			}
		}
	}
}

func TestLinksToFiles(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	mine := apitest.Input{"assignedToIds": []any{member.ProfileID.String()}}
	lead := admin.Create(t, "Lead", mine)
	page := apitest.File{Name: `prices "2026".html`, Body: "<html><script>alert(1)</script></html>"}
	attachment := admin.Create(t, "Attachment", apitest.Input{"entityType": "LEAD", "entityId": lead, "file": page})
	comment := admin.Create(t, "Comment", apitest.Input{"entityType": "LEAD", "entityId": lead, "files": []any{page}})
	document := admin.Create(t, "Document", apitest.Input{"file": page, "sharedToIds": []any{member.ProfileID.String()}})
	links := map[string]string{
		"an attachment":       link(t, member, "Attachment", attachment),
		"a file of a comment": member.Do(t, "query($id: ID!) { comment(id: $id) { files { url } } }", map[string]any{"id": comment}).Text(t, "comment.files.0.url"),
		"a document":          link(t, member, "Document", document),
	}
	for what, link := range links {
		answer, body := env.Anonymous().Fetch(t, link)
		if answer.StatusCode != http.StatusOK || body != page.Body {
			t.Errorf("%s: %s %q", what, answer.Status, body)
		}
		for header, want := range map[string]string{"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff", "Accept-Ranges": "bytes",
			"Content-Disposition": `attachment; filename="prices _2026_.html"; filename*=UTF-8''prices%20%222026%22.html`} {
			if got := answer.Header.Get(header); got != want {
				t.Errorf("%s: %s: %s", what, header, got)
			}
		}
		for name, forged := range map[string]string{"of another kind": strings.Replace(link, "kind=", "kind=x", 1), "of nobody": strings.Replace(link, "user=0", "user=1", 1), "unsigned": link[:strings.Index(link, "?")]} {
			if answer, body := env.Anonymous().Fetch(t, forged); answer.StatusCode != http.StatusForbidden || strings.Contains(body, "script") {
				t.Errorf("%s, a link %s: %s", what, name, answer.Status)
			}
		}
	}

	t.Run("who may no longer read the record fetches no file of it", func(t *testing.T) {
		admin.Update(t, "Lead", lead, apitest.Input{"assignedToIds": []any{}})
		admin.Update(t, "Document", document, apitest.Input{"sharedToIds": nil})
		for what, link := range links {
			if answer, _ := env.Anonymous().Fetch(t, link); answer.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", what, answer.Status)
			}
		}
		admin.Update(t, "Lead", lead, mine)
		if answer, _ := env.Anonymous().Fetch(t, links["an attachment"]); answer.StatusCode != http.StatusOK {
			t.Error(answer.Status)
		}
	})
	t.Run("what is deleted is not there", func(t *testing.T) {
		admin.TryDelete(t, "Attachment", attachment)
		if answer, _ := env.Anonymous().Fetch(t, links["an attachment"]); answer.StatusCode != http.StatusNotFound {
			t.Error(answer.Status)
		}
	})
	t.Run("who is suspended fetches nothing", func(t *testing.T) {
		env.Suspend(t, member)
		if answer, _ := env.Anonymous().Fetch(t, links["a file of a comment"]); answer.StatusCode != http.StatusForbidden {
			t.Error(answer.Status)
		}
	})
}

// TestFilesFollowTheirRows has each file there as long as a row names it, and no longer.
func TestFilesFollowTheirRows(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	lead, account := admin.Create(t, "Lead", apitest.Input{"email": "ada@mail.example", "companyName": "Ada Ltd"}), admin.Create(t, "Account", nil)
	document := admin.Create(t, "Document", apitest.Input{"title": "Prices"})
	holds(t, env, 1, "with a document")

	t.Run("what is refused leaves none", func(t *testing.T) {
		stranger := env.Acme.Second
		for what, r := range map[string]*apitest.Response{
			"a record of others":     stranger.Try(t, "create", "Attachment", apitest.Input{"entityType": "LEAD", "entityId": lead, "file": apitest.File{Name: "a", Body: "a"}}),
			"a comment of others":    stranger.Try(t, "create", "Comment", apitest.Input{"entityType": "LEAD", "entityId": lead, "comment": "x", "files": []any{apitest.File{Name: "a", Body: "a"}}}),
			"a document of others":   stranger.TryUpdate(t, "Document", document, apitest.Input{"file": apitest.File{Name: "a", Body: "a"}}),
			"a title that is taken":  admin.Try(t, "create", "Document", apitest.Input{"title": " PRICES", "file": apitest.File{Name: "a", Body: "a"}}),
			"a version that is old":  admin.TryUpdate(t, "Document", document, apitest.Input{"version": 7, "file": apitest.File{Name: "a", Body: "a"}}),
			"a field that fails":     admin.Send(t, `mutation($l: ID!, $f: Upload!) { createAttachment(input: {entityType: LEAD, entityId: $l, file: $f}) { attachment { id } } deleteLead(input: {id: "`+nobody+`"}) { deletedId } }`, map[string]any{"l": lead, "f": apitest.File{Name: "a", Body: "a"}}),
			"a file that is in two":  admin.Send(t, `mutation($l: ID!, $f: Upload!) { a: createAttachment(input: {entityType: LEAD, entityId: $l, file: $f}) { attachment { id } } b: createAttachment(input: {entityType: LEAD, entityId: $l, file: $f}) { attachment { id } } }`, map[string]any{"l": lead, "f": apitest.File{Name: "a", Body: "a"}}),
			"a replacement of none":  admin.TryUpdate(t, "Document", document, apitest.Input{"file": nil}),
			"an empty file":          admin.TryUpdate(t, "Document", document, apitest.Input{"file": apitest.File{Name: "a"}}),
			"a file that is no file": admin.TryUpdate(t, "Document", document, apitest.Input{"file": "a"}),
		} {
			if len(r.Errors) == 0 {
				t.Errorf("%s is taken: %s", what, r.Body)
			}
		}
		holds(t, env, 1, "after refusals")
		if answer, _ := admin.Fetch(t, link(t, admin, "Document", document)); answer.StatusCode != http.StatusOK {
			t.Errorf("the document's own file: %s", answer.Status)
		}
	})
	t.Run("another file takes the place of the first", func(t *testing.T) {
		before := env.Blobs(t)
		admin.Update(t, "Document", document, apitest.Input{"file": apitest.File{Name: "b.txt", Body: "second"}})
		if after := env.Blobs(t); len(after) != 1 || slices.Equal(before, after) {
			t.Errorf("%v became %v", before, after)
		}
		if _, body := admin.Fetch(t, link(t, admin, "Document", document)); body != "second" {
			t.Errorf("it is %q", body)
		}
		if got := admin.Read(t, "Document", document, "fileName size activities(first: 1) { nodes { action changes { field } } }"); got !=
			`{"fileName":"b.txt","size":6,"activities":{"nodes":[{"action":"UPDATE","changes":[{"field":"fileName"},{"field":"size"},{"field":"checksum"}]}]}}` {
			t.Error(got)
		}
	})
	t.Run("what is deleted takes its files with it", func(t *testing.T) {
		on := func(kind, key string) (comment string) {
			attach(t, admin, kind, key)
			return admin.Create(t, "Comment", apitest.Input{"entityType": commentable[kind], "entityId": key, "files": []any{apitest.File{Name: "a", Body: "a"}, apitest.File{Name: "b", Body: "b"}}})
		}
		comment := on("Lead", lead)
		on("Account", account)
		holds(t, env, 7, "with attachments and comments")
		if got := admin.Read(t, "Comment", comment, "files { fileName contentType size }"); got != `{"files":[{"fileName":"a","contentType":"text/plain; charset=utf-8","size":1},{"fileName":"b","contentType":"text/plain; charset=utf-8","size":1}]}` {
			t.Error(got)
		}
		admin.TryDelete(t, "Comment", comment)
		holds(t, env, 5, "without a comment")
		admin.TryDelete(t, "Account", account)
		holds(t, env, 2, "without the account")
		converted := admin.Do(t, "mutation($id: ID!) { convertLead(input: {id: $id}) { account { id attachments { totalCount } } } }", map[string]any{"id": lead})
		if n := converted.Get(t, "convertLead.account.attachments.totalCount"); n != 1.0 {
			t.Errorf("the account that the lead became has %v attachments", n)
		}
		admin.TryDelete(t, "Lead", lead)
		holds(t, env, 2, "without the lead")
		admin.TryDelete(t, "Document", document)
		holds(t, env, 1, "without the document")
	})
}

func TestUploadsThatAreRefused(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, "FILE_LIMIT=1000")
	admin := env.Acme.Admin
	on := apitest.Input{"entityType": "LEAD", "entityId": admin.Create(t, "Lead", nil)}
	for what, row := range map[string]struct {
		file any
		want string
	}{
		"as much as may be":   {apitest.File{Name: "a", Body: strings.Repeat("x", 1000)}, ""},
		"one byte more":       {apitest.File{Name: "a", Body: strings.Repeat("x", 1001)}, "LIMIT_EXCEEDED"},
		"an empty file":       {apitest.File{Name: "a"}, "INVALID"},
		"no file":             {nil, "INVALID file"},
		"what is no file":     {map[string]any{"name": "a"}, "INVALID file"},
		"more than one of it": {[]any{apitest.File{Name: "a", Body: "a"}}, "INVALID file"},
	} {
		input := apitest.Input{"file": row.file}
		maps.Copy(input, on)
		if got := admin.Try(t, "create", "Attachment", input).Refusal(); got != row.want {
			t.Errorf("%s: %q, want %q", what, got, row.want)
		}
	}
	holds(t, env, 1, "after all")
}

// TestAttachingToWhatIsDeleted deletes records while somebody attaches files to them: none is left behind.
func TestAttachingToWhatIsDeleted(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for range 8 {
		lead := admin.Create(t, "Lead", nil)
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() {
				got := admin.Try(t, "create", "Attachment", apitest.Input{"entityType": "LEAD", "entityId": lead, "file": apitest.File{Name: "a", Body: "a"}}).Refusal()
				if got != "" && got != "INVALID entityId" {
					t.Errorf("attaching: %q", got)
				}
			})
		}
		wait.Go(func() {
			if got := admin.TryDelete(t, "Lead", lead).Refusal(); got != "" {
				t.Errorf("deleting: %q", got)
			}
		})
		wait.Wait()
	}
	if left := env.Above(t, "SELECT file_name::text FROM attachments"); len(left) > 0 {
		t.Errorf("%d attachments are on nothing", len(left))
	}
	holds(t, env, 0, "without any record")
}
