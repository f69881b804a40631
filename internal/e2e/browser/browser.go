// Package browser drives a Chromium for tests, with chromedp. Only tests import it.
package browser

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Protocol is what a browser did and complained about: its requests, console messages and exceptions.
type Protocol struct {
	mu    sync.Mutex
	lines []string
}

func (p *Protocol) note(event any) {
	switch event := event.(type) {
	case *network.EventRequestWillBeSent:
		p.add("request " + event.Request.URL)
	case *log.EventEntryAdded:
		p.add("log " + event.Entry.Text)
	case *runtime.EventExceptionThrown:
		p.add("exception " + event.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if event.Type == runtime.ConsoleAPICalledTypeError {
			p.add("console " + string(event.Args[0].Value))
		}
	}
}

func (p *Protocol) add(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = append(p.lines, line)
}

// All gives every line so far: "request" and an address, or "log", "exception" or "console" and a complaint.
func (p *Protocol) All() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.lines)
}

// Open starts a Chromium that reaches this machine only. The test is skipped when there is none; CHROMIUM_PATH
// names one that is not in the PATH.
func Open(t *testing.T) (context.Context, *Protocol) {
	t.Helper()
	path := os.Getenv("CHROMIUM_PATH")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path == "" {
			path, _ = exec.LookPath(name)
		}
	}
	if path == "" {
		t.Skip("no browser: chromium, chromium-browser or google-chrome is not in the PATH, and CHROMIUM_PATH is not set")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * 127.0.0.1"), chromedp.WSURLReadTimeout(time.Minute))
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	seen := new(Protocol)
	if err := chromedp.Listen(ctx, seen.note); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatalf("watch the network: %v", err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatalf("watch the log: %v", err)
	}
	return ctx, seen
}

// Until waits until an expression of JavaScript is true.
func Until(condition string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Poll[bool](condition)(ctx, t)
		return chromedp.Void{}, err
	}
}
