package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bottlecrm/bottlecrm-graphql/internal/e2e/browser"
)

func TestPlaygroundShowsRealData(t *testing.T) {
	t.Parallel()
	ctx, seen := browser.Open(t)
	dir := directory(t)
	s := demo(t, dir, "HOME="+dir)
	link := s.await(t, &s.out, `Playground +(\S+#token=\S+)`)[1]

	const answer = `document.querySelector(".result-window .CodeMirror")?.CodeMirror.getValue()`
	run := chromedp.CSS(".graphiql-execute-button")
	if err := chromedp.Do(ctx,
		chromedp.Navigate(link),
		chromedp.WaitVisible(run),
		chromedp.Click(run),
		browser.Until(answer+`?.includes('"data"')`),
	); err != nil {
		t.Fatalf("%v; the browser said %q", err, seen.All())
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](answer))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"email": "admin@acme.example"`, `"name": "Acme"`, `"totalCount": 46`, `"title": "`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	for _, line := range seen.All() {
		if url, ok := strings.CutPrefix(line, "request "); ok && (strings.HasPrefix(url, s.url+"/") || strings.HasPrefix(url, "data:")) {
			continue
		}
		t.Error(line)
	}
}
