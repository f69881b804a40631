package resolver_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

const importing = `mutation($file: Upload!, $dryRun: Boolean!) { done: import%s(input: {file: $file, dryRun: $dryRun}) {
	isStored total valid invalid newTags rows { line id values errors { column message } } } }`

// imported is what an import answers.
type imported struct {
	IsStored              bool
	Total, Valid, Invalid int
	NewTags               []string
	Rows                  []struct {
		Line   int
		ID     *string
		Values map[string]any
		Errors []struct{ Column, Message string }
	}
}

func sendSheet(t *testing.T, c *apitest.Client, kind, text string, dryRun bool) *apitest.Response {
	t.Helper()
	return c.Send(t, fmt.Sprintf(importing, kind), map[string]any{"file": apitest.File{Name: "a.csv", Body: text}, "dryRun": dryRun})
}

func importSheet(t *testing.T, c *apitest.Client, kind, text string, dryRun bool) imported {
	t.Helper()
	r := sendSheet(t, c, kind, text, dryRun)
	if r.Code() != "" {
		t.Fatalf("%.500s", r.Body)
	}
	var data struct{ Done imported }
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	return data.Done
}

// wrong are the lines with errors, such as "2 email, phone".
func (i imported) wrong() string {
	var out []string
	for _, r := range i.Rows {
		var columns []string
		for _, e := range r.Errors {
			columns = append(columns, e.Column)
		}
		if len(columns) > 0 {
			out = append(out, strings.TrimSpace(fmt.Sprint(r.Line, " ", strings.Join(columns, ", "))))
		}
	}
	return strings.Join(out, "; ")
}

func TestImportOfContacts(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	admin := env.Acme.Admin
	account := admin.Create(t, "Account", apitest.Input{"name": "Springfield Press"})
	team := admin.Create(t, "Team", apitest.Input{"name": "North"})
	known := admin.Create(t, "Tag", apitest.Input{"name": "Known"})
	archived := admin.Create(t, "Tag", apitest.Input{"name": "Archived"})
	admin.Update(t, "Tag", archived, apitest.Input{"isActive": false})
	text := "\uFEFFFirst Name,last_name,email,phone,do_not_call,country,account_name,assigned_emails,team_names,tags\n" +
		"Ada,Lovelace,ada@mail.example,'+49 30 1234567,yes,de,springfield press,MEMBER@acme.example;second@acme.example,north,known;New one; archived\n" +
		"\n,,,,,,,,,\n" +
		"Bob,Byron,,,,,,,,\n"
	before := env.Rows(t)

	preview := importSheet(t, admin, "Contacts", text, true)
	if got := env.Rows(t); got != before {
		t.Errorf("a preview has written:\n%s\nbefore:\n%s", got, before)
	}
	if preview.IsStored || preview.Total != 2 || preview.Valid != 2 || preview.Invalid != 0 || preview.Rows[1].Line != 5 ||
		!slices.Equal(preview.NewTags, []string{"New one", "archived"}) {
		t.Errorf("the preview is %+v", preview)
	}
	values, _ := json.Marshal(preview.Rows[0].Values)
	want, _ := json.Marshal(map[string]any{"firstName": "Ada", "lastName": "Lovelace", "email": "ada@mail.example", "phone": "+49 30 1234567", "doNotCall": true,
		"country": "DE", "accountId": account, "teamIds": []string{team}, "tagIds": []string{known},
		"assignedToIds": []string{env.Acme.Member.ProfileID.String(), env.Acme.Second.ProfileID.String()}})
	if string(values) != string(want) {
		t.Errorf("the preview has read\n%s, want\n%s", values, want)
	}

	done := importSheet(t, admin, "Contacts", text, false)
	if !done.IsStored || done.Rows[0].ID == nil || done.Rows[1].ID == nil {
		t.Fatalf("the import is %+v", done)
	}
	got := admin.Read(t, "Contact", *done.Rows[0].ID, `fullName email phone doNotCall country account { name } teams { name } tags { name }
		createdBy { email } isActive version activities { totalCount }`)
	if got != `{"fullName":"Ada Lovelace","email":"ada@mail.example","phone":"+49 30 1234567","doNotCall":true,"country":"DE","account":{"name":"Springfield Press"},`+
		`"teams":[{"name":"North"}],"tags":[{"name":"Archived"},{"name":"Known"},{"name":"New one"}],"createdBy":{"email":"admin@acme.example"},"isActive":true,"version":1,"activities":{"totalCount":2}}` {
		t.Errorf("stored is %s", got)
	}
	if found := admin.List(t, `contacts(search: "lovel")`, "id"); !slices.Equal(found, []string{*done.Rows[0].ID}) {
		t.Errorf("the search finds %v", found)
	}
	if people := admin.Read(t, "Account", account, "contacts { nodes { fullName } }"); people != `{"contacts":{"nodes":[{"fullName":"Ada Lovelace"}]}}` {
		t.Errorf("the account's people are %s", people)
	}
	if seen := env.Acme.Member.List(t, "contacts", "fullName"); !slices.Equal(seen, []string{"Ada Lovelace"}) {
		t.Errorf("who it is assigned to sees %v", seen)
	}
	if told := notices(t, env.Acme.Member); told != "ASSIGNED CONTACT Ada Lovelace" {
		t.Errorf("who it is assigned to is told of %q", told)
	}
	if left := env.Above(t, `SELECT entity_id::text FROM search_token WHERE entity = 'tag' AND token = 'new'`); len(left) != 1 {
		t.Errorf("the new tag has %d tokens", len(left))
	}
}

func TestImportTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	admin := env.Acme.Admin
	admin.Create(t, "Contact", apitest.Input{"firstName": "Max", "lastName": "Byte", "email": "max@mail.example", "phone": "+49 (30) 7654321"})
	admin.Create(t, "Contact", apitest.Input{"firstName": "No", "lastName": "Body"})
	admin.Create(t, "Lead", apitest.Input{"title": "Taken", "email": "taken@mail.example"})
	env.Globex.Admin.Create(t, "Account", apitest.Input{"name": "Theirs"})
	env.Globex.Admin.Create(t, "Contact", apitest.Input{"firstName": "No", "lastName": "Doe"})
	env.Suspend(t, env.User(t, env.Acme, "gone"))
	for _, c := range []struct{ kind, headers, row, want string }{
		{"Contacts", "first_name,last_name,email", "Ada,,nonsense", "2 last_name, email"},
		{"Contacts", "first_name,last_name", "Ada", "2"},
		{"Contacts", "first_name,last_name", "Ada," + strings.Repeat("x", 256), "2 last_name"},
		{"Contacts", "first_name,last_name,do_not_call,country,linkedin_url,phone", "Ada,L,perhaps,XX,javascript:x,12", "2 phone, do_not_call, linkedin_url, country"},
		{"Contacts", "first_name,last_name,account_name", "Ada,L,Theirs", "2 account_name"},
		{"Contacts", "first_name,last_name,assigned_emails", "Ada,L,member@acme.example;gone@acme.example;admin@globex.example", "2 assigned_emails, assigned_emails"},
		{"Contacts", "first_name,last_name,team_names,tags", "Ada,L,nobody's,!;" + strings.Repeat("x", 51), "2 team_names, tags, tags"},
		{"Contacts", "first_name,last_name,email", "Ada,L,MAX@mail.example", "2 email"},
		{"Contacts", "first_name,last_name,phone", "Ada,L,(+49) 30 765-43-21", "2 phone"},
		{"Contacts", "first_name,last_name", "no,body", "2 last_name"},
		{"Contacts", "first_name,last_name", "no,doe", ""},
		{"Contacts", "first_name,last_name,phone", "No,Body,030 111111", ""},
		{"Contacts", "first_name,last_name,email,phone", "A,B,a@b.example,1234567\nC,D,A@b.example,1234567\nE,F,,\nE,F,,", "3 email, phone; 5 last_name"},
		{"Cases", "name,status,priority", "a,nonsense,", "2 status, priority"},
		{"Cases", "name,status,priority,closed_on", "a,Closed,High,2026-13-45", "2 closed_on"},
		{"Cases", "name,status,priority,closed_on", "a,New,High,2026-03-01", "2 closed_on"},
		{"Cases", "name,status,priority,case_type,contact_emails", "a,New,High,quarrel,max@mail.example;nobody@mail.example", "2 case_type, contact_emails"},
		{"Cases", "name,status,priority,case_type,closed_on", "a,closed,URGENT,Incident,2026-03-01", ""},
		{"Leads", "title,email", "Paper,\nPaper 2,nonsense\nTaken,a@b.example\nPaper 3,Taken@mail.example\nPaper 4,c@d.example\nPaper 4,c@d.example", "2 email; 3 email; 4 title; 5 email; 7 title, email"},
		{"Leads", "title,email,status", "Paper,a@b.example,in process", ""},
	} {
		text := c.headers + "\n" + c.row + "\n"
		if got := importSheet(t, admin, c.kind, text, true).wrong(); got != c.want {
			t.Errorf("%s of %q: got %q, want %q", c.kind, text, got, c.want)
		}
	}
}

func TestImportRefusesWhatIsNoSheet(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	before := env.Rows(t)
	for _, c := range []struct{ what, text, want string }{
		{"an unknown header", "title,email,age\n", "INVALID file"},
		{"a missing header", "title\n", "INVALID file"},
		{"another encoding", "title,email\nJ\xfcrgen,a@b.example\n", "INVALID file"},
		{"more than 5000 rows", "title,email\n" + strings.Repeat("a,b\n", 5001), "LIMIT_EXCEEDED file"},
		{"more than 5 MiB", "title,email\n" + strings.Repeat("x", 5<<20), "LIMIT_EXCEEDED file"},
	} {
		if got := sendSheet(t, env.Acme.Admin, "Leads", c.text, false).Refusal(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
	r := env.Acme.Admin.Send(t, fmt.Sprintf(importing, "Leads"), map[string]any{"file": apitest.File{Name: "a.xlsx", Body: "title,email\n"}, "dryRun": false})
	if r.Refusal() != "INVALID file" {
		t.Errorf("another kind of file: %s", r.Body)
	}
	if after := env.Rows(t); after != before {
		t.Errorf("written is\n%s\nbefore\n%s", after, before)
	}
}

func TestImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	before := env.Rows(t)
	done := importSheet(t, env.Acme.Admin, "Leads", "title,email\nGood,good@mail.example\nBad,nonsense\n", false)
	if done.IsStored || done.Valid != 1 || done.Invalid != 1 || done.Rows[0].ID != nil {
		t.Errorf("the import is %+v", done)
	}
	if after := env.Rows(t); after != before {
		t.Errorf("written is\n%s\nbefore\n%s", after, before)
	}
}

func TestImportFollowsTheRulesOfCreation(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	admin := env.Acme.Admin
	cases := importSheet(t, admin, "Cases", "name,status,priority\nIt leaks,Closed,Urgent\n", false)
	got := admin.Read(t, "Case", *cases.Rows[0].ID, "status firstResponseHours resolutionHours closedOn resolvedAt")
	if today := time.Now().UTC().Format(time.DateOnly); !strings.Contains(got, `"status":"CLOSED","firstResponseHours":1,"resolutionHours":4,"closedOn":"`+today) || strings.Contains(got, `"resolvedAt":null`) {
		t.Errorf("an imported case that is closed: %s", got)
	}
	leads := importSheet(t, admin, "Leads", "title,email,account_name,status\nPaper,ada@mail.example,Press,Converted\n", false)
	got = admin.Read(t, "Lead", *leads.Rows[0].ID, "status convertedAccount { name } convertedContact { email }")
	if got != `{"status":"CONVERTED","convertedAccount":{"name":"Press"},"convertedContact":{"email":"ada@mail.example"}}` {
		t.Errorf("an imported lead that is converted: %s", got)
	}
}

func TestWhoMayImport(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	admin, member := env.Acme.Admin, env.Acme.Member
	admin.Create(t, "Account", apitest.Input{"name": "Hidden"})
	const text = "first_name,last_name,tags\nAda,Lovelace,Fresh\n"
	if got := sendSheet(t, member, "Contacts", text, true).Refusal(); got != "FORBIDDEN" {
		t.Errorf("a member: %q", got)
	}
	env.SignedIn(t, env.Acme, admin).Do(t, `mutation($id: ID!) { updateMember(input: {id: $id, hasSalesAccess: true}) { profile { id } } }`,
		map[string]any{"id": member.ProfileID.String()})
	if got := importSheet(t, member, "Contacts", "first_name,last_name,account_name\nAda,Lovelace,Hidden\n", true).wrong(); got != "2 account_name" {
		t.Errorf("an account that the importer does not see: %q", got)
	}
	if done := importSheet(t, member, "Contacts", text, false); !done.IsStored || !slices.Equal(done.NewTags, []string{"Fresh"}) {
		t.Errorf("with sales access: %+v", done)
	}
	if got := sendSheet(t, env.Limited(t, env.Acme, admin, "contacts:read"), "Contacts", text, true).Refusal(); got != "FORBIDDEN" {
		t.Errorf("a token that may not write contacts: %q", got)
	}
}

func TestOfTwoImportsOfOneFileOneIsStored(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	var text strings.Builder
	text.WriteString("first_name,last_name,email,tags\n")
	for i := range 50 {
		fmt.Fprintf(&text, "Ada,Lovelace,ada%d@mail.example,Fresh\n", i)
	}
	answers := make([]*apitest.Response, 2)
	var both sync.WaitGroup
	for i := range answers {
		both.Go(func() { answers[i] = sendSheet(t, env.Acme.Admin, "Contacts", text.String(), false) })
	}
	both.Wait()
	stored := 0
	for _, r := range answers {
		if strings.Contains(r.Body, `"isStored":true`) {
			stored++
		} else if r.Code() != "CONFLICT" && !strings.Contains(r.Body, `"invalid":50`) {
			t.Errorf("the other is told %.500s", r.Body)
		}
	}
	if n := env.Above(t, "SELECT id::text FROM contacts"); stored != 1 || len(n) != 50 {
		t.Errorf("%d were stored, and there are %d contacts", stored, len(n))
	}
}

func TestImportOfFiveThousand(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	env.Acme.Admin.Create(t, "Account", apitest.Input{"name": "Press"})
	var text strings.Builder
	text.WriteString("first_name,last_name,email,phone,title,city,account_name,assigned_emails,tags\n")
	for i := range 5000 {
		fmt.Fprintf(&text, "Ada%d,Lovelace%d,ada%d@mail.example,+49 30 %07d,Engineer,Berlin,Press,member@acme.example,Fair;Berlin\n", i, i%700, i, i)
	}
	for _, dryRun := range []bool{true, false} {
		began := time.Now()
		done := importSheet(t, env.Acme.Admin, "Contacts", text.String(), dryRun)
		if done.Valid != 5000 || done.IsStored == dryRun {
			t.Fatalf("%d are valid, and stored: %v", done.Valid, done.IsStored)
		}
		t.Logf("a dry run (%v) took %s", dryRun, time.Since(began).Round(time.Millisecond))
	}
	if n := env.Acme.Admin.Do(t, `{ contacts(filter: {isActive: true}) { totalCount } }`, nil).Get(t, "contacts.totalCount"); n != 5000.0 {
		t.Errorf("there are %v contacts", n)
	}
}
