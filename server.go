// Command bottlecrm serves a multi-tenant CRM over GraphQL, on a PostgreSQL that keeps the tenants apart.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/command"
	"github.com/bottlecrm/bottlecrm-graphql/internal/config"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := command.New(serve).ExecuteContext(ctx); err != nil {
		if !errors.Is(err, command.ErrFailed) {
			fmt.Fprintln(os.Stderr, "bottlecrm:", err)
		}
		stop()
		os.Exit(1)
	}
}

// serve runs the server until ctx ends, then lets open operations finish.
func serve(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	listener, err := net.Listen("tcp", cfg.Addr) // before anything is started: a busy port is the likeliest failure
	if err != nil {
		return fmt.Errorf("listen on %s (choose another with --addr): %w", cfg.Addr, err)
	}
	defer func() { _ = listener.Close() }()
	b, err := command.Open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := b.Prepare(ctx); err != nil {
		return err
	}
	stopProfiler, err := b.Profiler()
	if err != nil {
		return err
	}
	defer stopProfiler()
	sender, err := mailer(cfg, log)
	if err != nil {
		return err
	}
	collectLess()
	web := &http.Server{Handler: b.Handler(sender), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	b.Banner(os.Stdout, listener.Addr().String())
	log.Info("serving", "addr", listener.Addr().String())

	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Info("draining: open operations finish")
	deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.ShutdownTimeout)
	defer cancel()
	if err := web.Shutdown(deadline); err != nil {
		return fmt.Errorf("drain: %w", err)
	}
	return nil
}

// collectLess lets the heap grow to several times of what is in use before it is collected: what is in use is small, and
// collecting was a seventh of the work. What GOGC and GOMEMLIMIT say has precedence.
func collectLess() {
	const usual = 100
	if given := debug.SetGCPercent(400); given != usual {
		debug.SetGCPercent(given)
	}
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(512 << 20)
	}
}

// mailer sends by SMTP when it is configured. Only the embedded mode writes mails into the log otherwise: they
// contain secrets.
func mailer(cfg config.Config, log *slog.Logger) (mail.Sender, error) {
	switch {
	case cfg.SMTPURL != "":
		return mail.NewSMTP(string(cfg.SMTPURL), cfg.MailFrom)
	case cfg.Embedded():
		return mail.NewLog(log), nil
	}
	return mail.Disabled, nil
}
