// Command bench measures the server against PostGraphile on the same rows, and against what PostgreSQL itself gives.
//
// One run makes or reuses its databases (database.go), starts our server and the peer (server.go), looks once at what they
// send to PostgreSQL (wire.go), makes pgbench scripts of it (script.go), and then measures all of them by turns
// (measure.go) with a load generator of its own (client.go). It checks that both servers give the same records
// (prepare.go). What is measured stands in cases.go and query.go, what is wanted of it in goal.go.
//
//	go run ./bench          measure, and keep the figures in bench/results/latest.json
//	go run ./bench load     only make the databases, which takes minutes the first time
//	go run ./bench forms    measure the forms of the policy, and of parameters, that were chosen between
//	go run ./bench report   print the tables of the published result as Markdown, or write them into a document
//	go run ./bench chart    draw docs/performance.svg from it
//	go run ./bench allocations BEFORE NOW   compare what two runs of Go's benchmarks have allocated
//
// Failure: an answer with errors, a different answer of the peer, a missed goal, or allocations that have grown end the
// program with status 1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	adminURL, dir, cases, servers, clients, out, profiles, into string
	window                                                      time.Duration
	windows, workers                                            int
	volume                                                      volume
}

// The files of results: of the last run, and of the one that the documents show.
const (
	latest    = "bench/results/latest.json"
	published = "bench/results/published.json"
	picture   = "docs/performance.svg"
)

func command(ctx context.Context, args []string, out io.Writer) error {
	verb := "run"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		verb, args = args[0], args[1:]
	}
	var o options
	flags := flag.NewFlagSet("bench "+verb, flag.ContinueOnError)
	file := latest
	if verb == "report" || verb == "chart" {
		file = published
	}
	flags.StringVar(&o.out, "o", file, "the file of the result")
	flags.StringVar(&o.into, "into", "", "report: a document whose result is replaced")
	flags.StringVar(&o.adminURL, "database", "", "a PostgreSQL to use, postgres://superuser:password@host:port/postgres (default $BENCH_DATABASE_URL; without it the bench runs one)")
	flags.StringVar(&o.dir, "data", "", "where that one keeps its data (default: beside the development database's)")
	flags.StringVar(&o.cases, "cases", "", "which cases, such as a,b,c (default: all)")
	flags.StringVar(&o.servers, "servers", "ours,peer,limit,one", "what to measure; one is our server with one organization")
	flags.StringVar(&o.clients, "clients", "16,1,64", "numbers of clients")
	flags.StringVar(&o.profiles, "profiles", "", "keep profiles of our server under each case in this directory")
	flags.DurationVar(&o.window, "window", 3*time.Second, "how long a window is")
	flags.IntVar(&o.windows, "windows", 4, "how many windows at 16 clients; half as many at other numbers")
	flags.IntVar(&o.workers, "peer-workers", 1, "processes of the peer")
	flags.IntVar(&o.volume.Orgs, "orgs", 200, "organizations")
	flags.IntVar(&o.volume.Giant, "giant", 400_000, "leads of the giant organization")
	flags.IntVar(&o.volume.Each.Leads, "leads", 5_000, "leads of each organization")
	flags.IntVar(&o.volume.Each.Accounts, "accounts", 500, "accounts of each")
	flags.IntVar(&o.volume.Each.Contacts, "contacts", 2_000, "contacts of each")
	flags.IntVar(&o.volume.Each.Opportunities, "opportunities", 1_000, "opportunities of each")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch verb {
	case "run", "load", "forms":
		return o.measure(ctx, out, verb)
	case "report", "chart":
		r, err := readResult(o.out)
		switch {
		case err != nil:
			return err
		case verb == "chart":
			return os.WriteFile(picture, r.chart(), 0o644)
		case o.into != "":
			return r.reportInto(o.into)
		}
		return r.report(out)
	case "allocations":
		if flags.NArg() != 2 {
			return errors.New("allocations: give two files that go test -bench -benchmem has printed")
		}
		return grown(flags.Arg(0), flags.Arg(1))
	}
	return fmt.Errorf("there is no command %q: run, load, forms, report, chart or allocations", verb)
}

// measure makes a run, or only its data, or measures what the decisions on policies and parameters rest on.
func (o options) measure(ctx context.Context, out io.Writer, verb string) (err error) {
	chosen, clients, err := o.chosen()
	if err != nil {
		return err
	}
	servers := strings.Split(o.servers, ",")
	if o.adminURL == "" {
		env, err := config.Environment()
		if err != nil {
			return err
		}
		o.adminURL = env("BENCH_DATABASE_URL")
	}
	c, err := openCluster(ctx, o.adminURL, o.dir, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.MkdirAll(filepath.Dir(o.out), 0o755); err != nil {
		return err
	}
	b := &bench{
		schedule: schedule{clients, o.windows, o.window}, out: out, dir: dir, results: filepath.Dir(o.out), workers: o.workers, profiles: o.profiles,
		noPeer: !slices.Contains(servers, peerName), noLimit: !slices.Contains(servers, limitName),
	}
	if verb == "run" && !b.noPeer {
		if _, err := peerDir(ctx); err != nil {
			return err
		}
	}
	if o.profiles != "" {
		if b.pprof, err = freeAddr(); err != nil {
			return err
		}
	}
	if err := b.prepare(ctx, c, o.volume, verb == "run" && slices.Contains(servers, oneName)); err != nil || verb == "load" {
		return err
	}
	if verb == "forms" {
		return b.forms(ctx)
	}
	r := &result{Volume: o.volume, Window: o.window.Seconds(), PeerWorkers: o.workers}
	if r.Machine, err = describe(ctx, b); err != nil {
		return err
	}
	r.Experiments, err = b.run(ctx, chosen)
	if len(r.Experiments) > 0 {
		err = errors.Join(err, r.write(o.out), r.report(out))
	}
	if err != nil {
		return err
	}
	return r.missed()
}

func (o options) chosen() (chosen []experiment, clients []int, err error) {
	for field := range strings.SplitSeq(o.clients, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 {
			return nil, nil, fmt.Errorf("-clients: %q is no number of clients", field)
		}
		clients = append(clients, n)
	}
	if o.cases == "" {
		return experiments, clients, nil
	}
	for _, e := range experiments {
		if slices.Contains(strings.Split(o.cases, ","), e.key) {
			chosen = append(chosen, e)
		}
	}
	if len(chosen) == 0 {
		return nil, nil, fmt.Errorf("-cases: there is none of %s", o.cases)
	}
	return chosen, clients, nil
}
