package resolver_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestInvoiceAsPDF(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.User(t, env.Acme, "reader")
	id := over(t, admin, "10", apitest.Input{"assignedToIds": []any{member.ProfileID.String()}, "notes": "<script>alert(1)</script>"})
	link := func(c *apitest.Client) string {
		return c.Do(t, `query($id: ID!) { invoice(id: $id) { pdfUrl } }`, map[string]any{"id": id}).Text(t, "invoice.pdfUrl")
	}
	path := link(member)
	answer, body := admin.Fetch(t, path)
	number := admin.Do(t, `query($id: ID!) { invoice(id: $id) { invoiceNumber } }`, map[string]any{"id": id}).Text(t, "invoice.invoiceNumber")
	header := answer.Header
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(body, "%PDF-") || header.Get("Content-Type") != "application/pdf" ||
		!strings.HasPrefix(header.Get("Content-Disposition"), `attachment; filename="`+number+`.pdf"`) || header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s, %v, %.20q", answer.Status, header, body)
	}
	if answer, _ := admin.Fetch(t, path+"&inline"); !strings.HasPrefix(answer.Header.Get("Content-Disposition"), "inline;") {
		t.Errorf("shown in the window: %v", answer.Header)
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
		if answer, body := admin.Fetch(t, wrong); answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s %.200s", what, answer.Status, body)
		}
	}
	t.Run("who no longer sees it", func(t *testing.T) {
		admin.Update(t, "Invoice", id, apitest.Input{"assignedToIds": []any{}})
		if answer, body := admin.Fetch(t, path); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s %.200s", answer.Status, body)
		}
	})
	t.Run("who is no longer a member", func(t *testing.T) {
		admin.Update(t, "Invoice", id, apitest.Input{"assignedToIds": []any{member.ProfileID.String()}})
		path := link(member)
		if answer, _ := admin.Fetch(t, path); answer.StatusCode != http.StatusOK {
			t.Fatal(answer.Status)
		}
		env.Suspend(t, member)
		if answer, body := admin.Fetch(t, path); answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s %.200s", answer.Status, body)
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
