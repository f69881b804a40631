package resolver_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// fetch follows a link of the server.
func fetch(t *testing.T, c *apitest.Client, path string) (status int, header http.Header, body string) {
	t.Helper()
	server, err := url.Parse(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.Scheme+"://"+server.Host+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(content)
}

func TestInvoiceAsPDF(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.User(t, env.Acme, "reader")
	id := over(t, admin, "10", apitest.Input{"assignedToIds": []any{member.ProfileID.String()}, "notes": "<script>alert(1)</script>"})
	link := func(c *apitest.Client) string {
		return c.Do(t, `query($id: ID!) { invoice(id: $id) { pdfUrl } }`, map[string]any{"id": id}).Text(t, "invoice.pdfUrl")
	}
	path := link(member)
	status, header, body := fetch(t, admin, path)
	number := admin.Do(t, `query($id: ID!) { invoice(id: $id) { invoiceNumber } }`, map[string]any{"id": id}).Text(t, "invoice.invoiceNumber")
	if status != http.StatusOK || !strings.HasPrefix(body, "%PDF-") || header.Get("Content-Type") != "application/pdf" ||
		!strings.HasPrefix(header.Get("Content-Disposition"), `attachment; filename="`+number+`.pdf"`) || header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d, %v, %.20q", status, header, body)
	}
	if _, header, _ := fetch(t, admin, path+"&inline"); !strings.HasPrefix(header.Get("Content-Disposition"), "inline;") {
		t.Errorf("shown in the window: %v", header)
	}
	other := over(t, admin, "20", nil)
	for what, wrong := range map[string]string{
		"another invoice":   strings.Replace(path, id, other, 1),
		"another person":    strings.Replace(path, "user="+query(t, path, "user"), "user="+query(t, link(admin), "user"), 1),
		"a later time":      strings.Replace(path, "expires=", "expires=1", 1),
		"no signature":      path[:strings.Index(path, "?")],
		"no name of a PDF":  strings.Replace(path, ".pdf", "", 1),
		"the wrong suffix":  strings.Replace(path, ".pdf", ".txt", 1),
		"no path of a link": "/invoices/x.pdf",
	} {
		if status, _, body := fetch(t, admin, wrong); status != http.StatusForbidden {
			t.Errorf("%s: %d %.200s", what, status, body)
		}
	}
	t.Run("who no longer sees it", func(t *testing.T) {
		admin.Update(t, "Invoice", id, apitest.Input{"assignedToIds": []any{}})
		if status, _, body := fetch(t, admin, path); status != http.StatusNotFound {
			t.Errorf("%d %.200s", status, body)
		}
	})
	t.Run("who is no longer a member", func(t *testing.T) {
		admin.Update(t, "Invoice", id, apitest.Input{"assignedToIds": []any{member.ProfileID.String()}})
		path := link(member)
		if status, _, _ := fetch(t, admin, path); status != http.StatusOK {
			t.Fatal(status)
		}
		env.Suspend(t, member)
		if status, _, body := fetch(t, admin, path); status != http.StatusForbidden {
			t.Errorf("%d %.200s", status, body)
		}
	})
}

func query(t *testing.T, link, name string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get(name)
}
