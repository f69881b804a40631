package portal_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }

// visitor is who has a link.
type visitor struct {
	env   *apitest.Env
	token string
}

// ask sends a request, and gives the status and the body.
func (v visitor) ask(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, strings.TrimSuffix(v.env.URL, "/graphql")+"/portal/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "Browser/1")
	if v.token != "" {
		r.Header.Set("Authorization", "Bearer "+v.token)
	}
	answer, text := apitest.Answer(t, r)
	if got := answer.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("%s may be kept: %q", path, got)
	}
	return answer.StatusCode, text
}

// estimate makes an estimate, sent or not, with a link to it.
func estimate(t *testing.T, env *apitest.Env, said apitest.Input) (key string, link visitor) {
	t.Helper()
	c := env.Acme.Admin
	input := apitest.Input{"title": "Relaunch", "accountId": c.Create(t, "Account", apitest.Input{"name": "Dunder " + said["title"].(string)}), "contactId": c.Create(t, "Contact", nil),
		"clientEmail": "ann@client.example", "currency": "EUR", "taxRate": "19", "notes": "Thanks.", "lineItems": []any{apitest.Input{"name": "Work", "unitPrice": "100", "quantity": "2"}}}
	maps.Copy(input, said)
	key = c.Create(t, "Estimate", input)
	if r := c.Try(t, "send", "Estimate", apitest.Input{"id": key}); r.Code() != "" {
		t.Fatal(r.Body)
	}
	sent := env.Mail.Sent()
	return key, visitor{env, regexp.MustCompile(`bcrm_link_\S+`).FindString(sent[len(sent)-1].Text)}
}

// answers are what a client may say to an estimate.
var answers = map[string]string{"accept": `{"name": "Ann", "email": "ann@client.example"}`, "decline": ""}

func (v visitor) code(t *testing.T, method, path, body string) string {
	t.Helper()
	_, text := v.ask(t, method, path, body)
	return codeOf(text)
}

func codeOf(body string) string {
	var r apitest.Response
	_ = json.Unmarshal([]byte(body), &r)
	return r.Refusal()
}

func TestAClientReadsAndAnswersAnEstimate(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	key, link := estimate(t, env, apitest.Input{"title": "read", "expiryDate": "2999-01-01"})
	status, body := link.ask(t, "GET", "document", "")
	if status != http.StatusOK {
		t.Fatal(body)
	}
	var shown map[string]any
	if err := json.Unmarshal([]byte(body), &shown); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]any{"kind": "ESTIMATE", "title": "read", "currency": "EUR", "total": "238.00", "tax": "38.00", "status": "VIEWED", "dueDate": "2999-01-01",
		"isAnswerable": true, "notes": "Thanks."} {
		if shown[field] != want {
			t.Errorf("%s: %v, not %v", field, shown[field], want)
		}
	}
	if strings.Contains(body, key) || regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}`).MatchString(body) {
		t.Errorf("an id is shown: %s", body)
	}
	if got := c.Read(t, "Estimate", key, "status viewedAt"); !strings.Contains(got, `"VIEWED"`) || strings.Contains(got, "null") {
		t.Error(got)
	}
	status, file := link.ask(t, "GET", "document.pdf", "")
	if status != http.StatusOK || !strings.HasPrefix(file, "%PDF-") {
		t.Errorf("%d %.40q", status, file)
	}
	for body, want := range map[string]string{
		``: "INVALID email name", `{"name": " ", "email": "ann@client.example"}`: "INVALID name", `{"name": "Ann", "email": "nobody"}`: "INVALID email",
		`{"name": "Ann", "email": "ann@client.example", "status": "Paid"}`: "INVALID", `[`: "INVALID", `{"name": "A\u0000nn", "email": "ann@client.example"}`: "INVALID name",
		`{"name": "` + strings.Repeat("x", 256) + `", "email": "ann@client.example"}`: "INVALID name", `{"name": "` + strings.Repeat("x", 40_000) + `"}`: "INVALID",
	} {
		if got := link.code(t, "POST", "accept", body); got != want {
			t.Errorf("%.60s: %q, want %q", body, got, want)
		}
	}
	if status, body := link.ask(t, "POST", "accept", `{"name": " Ann Smith ", "email": "ann@client.example"}`); status != http.StatusOK || !strings.Contains(body, `"status":"ACCEPTED"`) {
		t.Errorf("%d %s", status, body)
	}
	if got := c.Read(t, "Estimate", key, "status acceptedByName acceptedByEmail updatedBy { id }"); got != `{"status":"ACCEPTED","acceptedByName":"Ann Smith","acceptedByEmail":"ann@client.example","updatedBy":null}` {
		t.Error(got)
	}
	if got := env.Above(t, "SELECT host(accepted_ip) || ' ' || accepted_user_agent FROM estimate WHERE id = $1::text::uuid", key)[0]; got != "127.0.0.1 Browser/1" {
		t.Error(got)
	}
	told := c.Do(t, `query($id: ID!) { estimate(id: $id) { activities(first: 1) { nodes { action actor { id } } } } }`, map[string]any{"id": key})
	if got := string(told.Data); got != `{"estimate":{"activities":{"nodes":[{"action":"STATUS_CHANGED","actor":null}]}}}` {
		t.Error(got)
	}
	for path, body := range answers {
		if status, body := link.ask(t, "POST", path, body); status != http.StatusConflict {
			t.Errorf("%s again: %d %s", path, status, body)
		}
	}
	if got := c.Read(t, "Estimate", key, "portalLinks { nodes { useCount } }"); got == `{"portalLinks":{"nodes":[{"useCount":0}]}}` {
		t.Errorf("no use was counted: %s", got)
	}
}

func TestAClientDeclines(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for reason, want := range map[string]string{`{"reason": "Too dear."}`: `"Too dear."`, ``: `null`, `{"reason": " "}`: `null`} {
		key, link := estimate(t, env, apitest.Input{"title": "declined " + want + reason})
		if status, body := link.ask(t, "POST", "decline", reason); status != http.StatusOK || !strings.Contains(body, `"status":"DECLINED"`) {
			t.Errorf("%d %s", status, body)
		}
		if got := env.Acme.Admin.Read(t, "Estimate", key, "status declineReason"); got != `{"status":"DECLINED","declineReason":`+want+`}` {
			t.Error(got)
		}
	}
}

func TestOneAnswerOfSeveralAtOnce(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	_, link := estimate(t, env, apitest.Input{"title": "raced"})
	var wg sync.WaitGroup
	statuses := make([]int, 6)
	for i := range statuses {
		wg.Go(func() {
			path, body := "decline", ""
			if i%2 == 0 {
				path, body = "accept", `{"name": "Ann", "email": "ann@client.example"}`
			}
			statuses[i], _ = link.ask(t, "POST", path, body)
		})
	}
	wg.Wait()
	slices.Sort(statuses)
	if !slices.Equal(statuses, []int{200, 409, 409, 409, 409, 409}) {
		t.Error(statuses)
	}
}

func TestAnEstimateIsAnsweredUntilItsLastDay(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	key, link := estimate(t, env, apitest.Input{"title": "late", "issueDate": "2020-01-01", "expiryDate": "2999-01-01"})
	last := func(days int) {
		env.Above(t, "UPDATE estimate SET expiry_date = $2::text::date WHERE id = $1::text::uuid", key, time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly))
	}
	last(-1)
	if _, body := link.ask(t, "GET", "document", ""); !strings.Contains(body, `"isAnswerable":false`) {
		t.Error(body)
	}
	if got := link.code(t, "POST", "decline", ""); got != "CONFLICT" {
		t.Errorf("after the last day: %q", got)
	}
	last(0)
	if got := link.code(t, "POST", "decline", ""); got != "" {
		t.Errorf("on the last day: %q", got)
	}
}

func TestALinkThatIsWrongTellsNothing(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	key, link := estimate(t, env, apitest.Input{"title": "secret"})
	revoked, expired := newLink(t, env, "estimateId", key), newLink(t, env, "estimateId", key)
	env.Above(t, "UPDATE portal_access_token SET expires_at = now() WHERE id = $1::text::uuid", expired.id)
	for range 2 { // twice is once
		if r := c.Try(t, "revoke", "PortalLink", apitest.Input{"id": revoked.id}); r.Code() != "" {
			t.Fatal(r.Body)
		}
	}
	_, nothing := visitor{env, ""}.ask(t, "GET", "document", "")
	for what, token := range map[string]string{"nobody's": "bcrm_link_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a member's": c.Token, "revoked": revoked.token, "expired": expired.token} {
		status, body := visitor{env, token}.ask(t, "GET", "document", "")
		if status != http.StatusNotFound || shown(body) != shown(nothing) {
			t.Errorf("%s: %d %s, and without one %s", what, status, body, nothing)
		}
	}
	if got := link.code(t, "GET", "document", ""); got != "" {
		t.Errorf("the one that holds: %q", got)
	}
	gone, led := estimate(t, env, apitest.Input{"title": "deleted"})
	c.TryDelete(t, "Estimate", gone)
	if status, body := led.ask(t, "GET", "document", ""); status != http.StatusNotFound || shown(body) != shown(nothing) {
		t.Errorf("to what was deleted: %d %s", status, body)
	}
	env.Above(t, "UPDATE organization SET is_active = false WHERE name = 'Acme'")
	if got := link.code(t, "GET", "document", ""); got != "NOT_FOUND" {
		t.Errorf("of an organization that is closed: %q", got)
	}
}

// shown is a body without what differs by request.
func shown(body string) string {
	return regexp.MustCompile(`"requestId":"[^"]*"`).ReplaceAllString(body, "")
}

func TestWhoTriesLinksIsHeldOff(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	_, link := estimate(t, env, apitest.Input{"title": "guessed"})
	for range 20 {
		if got := (visitor{env, "bcrm_link_x"}).code(t, "GET", "document", ""); got != "NOT_FOUND" {
			t.Fatal(got)
		}
	}
	if n := env.Above(t, "SELECT count(*)::text FROM security_event WHERE event_type = 'SUSPICIOUS_ACTIVITY'")[0]; n != "1" {
		t.Errorf("%s entries in the ledger", n)
	}
	before := len(env.SQL.Sent())
	for who, v := range map[string]visitor{"who guesses": {env, "bcrm_link_y"}, "who knows one": link} {
		if got := v.code(t, "GET", "document", ""); got != "RATE_LIMITED" {
			t.Errorf("%s: %q", who, got)
		}
	}
	if n := len(env.SQL.Sent()); n != before {
		t.Errorf("the database was asked %d times", n-before)
	}
}

// known is a link with its id.
type known struct {
	visitor
	id string
}

func newLink(t *testing.T, env *apitest.Env, field, key string) known {
	t.Helper()
	r := env.Acme.Admin.Do(t, `mutation($input: CreatePortalLinkInput!) { createPortalLink(input: $input) { url portalLink { id } } }`, map[string]any{"input": map[string]any{field: key}})
	_, token, _ := strings.Cut(r.Text(t, "createPortalLink.url"), "#token=")
	return known{visitor{env, token}, r.Text(t, "createPortalLink.portalLink.id")}
}

func TestALinkIsOfWhoSeesTheDocument(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	key, _ := estimate(t, env, apitest.Input{"title": "whose", "assignedToIds": []any{env.Acme.Member.ProfileID.String()}})
	link := newLink(t, env, "estimateId", key)
	for who, row := range map[string]struct {
		caller         *apitest.Client
		create, revoke string
	}{
		"a member without the estimate": {env.Acme.Second, "INVALID estimateId", "NOT_FOUND"},
		"another organization":          {env.Globex.Admin, "INVALID estimateId", "NOT_FOUND"},
		"an assignee":                   {env.Acme.Member, "", ""},
	} {
		if got := row.caller.Try(t, "create", "PortalLink", apitest.Input{"estimateId": key}).Refusal(); got != row.create {
			t.Errorf("%s makes one: %q", who, got)
		}
		if row.revoke != "" {
			if got := row.caller.Read(t, "PortalLink", link.id, "id"); got != "null" {
				t.Errorf("%s reads one: %s", who, got)
			}
		}
		if got := row.caller.Try(t, "revoke", "PortalLink", apitest.Input{"id": link.id}).Refusal(); got != row.revoke {
			t.Errorf("%s revokes one: %q", who, got)
		}
	}
	for input, want := range map[string]string{`{}`: "INVALID estimateId", `{"estimateId": "` + key + `", "invoiceId": "` + key + `"}`: "INVALID estimateId",
		`{"invoiceId": "` + key + `"}`: "INVALID invoiceId", `{"estimateId": "` + key + `", "expiresAt": "2020-01-01T00:00:00Z"}`: "INVALID expiresAt"} {
		var said apitest.Input
		if err := json.NewDecoder(bytes.NewReader([]byte(input))).Decode(&said); err != nil {
			t.Fatal(err)
		}
		if got := env.Acme.Admin.Try(t, "create", "PortalLink", said).Refusal(); got != want {
			t.Errorf("%s: %q", input, got)
		}
	}
}

func TestAClientReadsAnInvoice(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	key := c.Create(t, "Invoice", apitest.Input{"invoiceTitle": "Bill", "accountId": c.Create(t, "Account", nil), "contactId": c.Create(t, "Contact", nil),
		"clientEmail": "ann@client.example", "details": "For members only.", "lineItems": []any{apitest.Input{"name": "Work", "unitPrice": "100"}}})
	link := newLink(t, env, "invoiceId", key)
	if r := c.Try(t, "send", "Invoice", apitest.Input{"id": key}); r.Code() != "" {
		t.Fatal(r.Body)
	}
	status, body := link.ask(t, "GET", "document", "")
	for _, part := range []string{`"kind":"INVOICE"`, `"status":"VIEWED"`, `"total":"100.00"`, `"due":"100.00"`, `"isAnswerable":false`} {
		if status != http.StatusOK || !strings.Contains(body, part) {
			t.Errorf("no %s in %d %s", part, status, body)
		}
	}
	if strings.Contains(body, "members only") {
		t.Error(body)
	}
	if got := c.Read(t, "Invoice", key, "status"); got != `{"status":"VIEWED"}` {
		t.Error(got)
	}
	if r := c.Try(t, "create", "Payment", apitest.Input{"invoiceId": key, "amount": "40", "paymentDate": "2999-03-01", "paymentMethod": "BANK_TRANSFER", "notes": "For members only."}); r.Code() != "" {
		t.Error(r.Body)
	}
	_, body = link.ask(t, "GET", "document", "")
	for _, part := range []string{`"payments":[{"date":"2999-03-01","amount":"40.00","method":"BANK_TRANSFER"}]`, `"paid":"40.00","due":"60.00"`} {
		if !strings.Contains(body, part) || strings.Contains(body, "members only") {
			t.Errorf("no %s in %s", part, body)
		}
	}
	for path, body := range answers {
		if got := link.code(t, "POST", path, body); got != "CONFLICT" {
			t.Errorf("%s an invoice: %q", path, got)
		}
	}
}

func TestNoTransactionWaitsForABody(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	key, link := estimate(t, env, apitest.Input{"title": "slow"})
	body, rest := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, strings.TrimSuffix(env.URL, "/graphql")+"/portal/accept", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+link.token)
	status := make(chan int, 1)
	go func() {
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Error(err)
			status <- 0
			return
		}
		status <- answer.StatusCode
		_ = answer.Body.Close()
	}()
	said := answers["accept"]
	_, _ = io.WriteString(rest, said[:9])
	for range 20 {
		time.Sleep(20 * time.Millisecond)
		if n := env.Above(t, "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND usename = 'crm_user' AND state LIKE 'idle in transaction%'")[0]; n != "0" {
			t.Fatalf("%s sessions rest in a transaction", n)
		}
	}
	_, _ = io.WriteString(rest, said[9:])
	_ = rest.Close()
	if got := <-status; got != http.StatusOK {
		t.Errorf("status %d", got)
	}
	if got := env.Acme.Admin.Read(t, "Estimate", key, "status"); got != `{"status":"ACCEPTED"}` {
		t.Error(got)
	}
}
