package config_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/config"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
)

type vars map[string]string

func (v vars) get(name string) string { return v[name] }

const secret = "0123456789abcdef0123456789abcdef"

func load(t *testing.T, env vars) config.Config {
	t.Helper()
	c, err := config.Load(env.get)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNothingSetIsADevelopmentServer(t *testing.T) {
	t.Parallel()
	c := load(t, vars{})
	if !c.Embedded() || c.MigrateDatabaseURL != "" || c.JWTSecret != "" || c.SMTPURL != "" || c.TrustProxy {
		t.Errorf("%+v", c)
	}
	if c.Addr != "127.0.0.1:8080" || c.WebBaseURL != "http://127.0.0.1:8080" {
		t.Error(c.Addr, c.WebBaseURL)
	}
	if c.PoolSize != 0 || c.StatementTimeout != 15*time.Second || c.OperationTimeout != 30*time.Second ||
		c.ShutdownTimeout != 20*time.Second || c.LogLevel != slog.LevelInfo || c.LogFormat != "text" ||
		c.FilesURL != "" || c.FileLimit != files.MaxSize {
		t.Errorf("%+v", c)
	}
}

func TestEverythingCanBeSet(t *testing.T) {
	t.Parallel()
	c := load(t, vars{
		"DATABASE_URL": "postgres://app:pw@db.example/crm", "MIGRATE_DATABASE_URL": "postgresql://owner:pw@db.example/crm",
		"JWT_SECRET": secret, "ADDR": ":9000", "WEB_BASE_URL": "https://crm.acme.example/app/", "TRUST_PROXY": "true",
		"SMTP_URL": "smtp://u:p@mail.example:587", "MAIL_FROM": "CRM <crm@acme.example>",
		"BLOCKED_EMAIL_DOMAINS": "Bad.example, worse.example", "DATABASE_POOL_SIZE": "5", "STATEMENT_TIMEOUT": "1s",
		"OPERATION_TIMEOUT": "2s", "SHUTDOWN_TIMEOUT": "3m", "LOG_LEVEL": "debug", "LOG_FORMAT": "json",
		"LIMIT_BODY": "1", "LIMIT_TOKENS": "2", "LIMIT_DEPTH": "3", "LIMIT_INTROSPECTION_DEPTH": "4", "LIMIT_REPETITIONS": "5", "LIMIT_ALIASES": "12",
		"LIMIT_SELECTIONS": "6", "LIMIT_FRAGMENTS": "7", "LIMIT_DIRECTIVES": "8", "LIMIT_ERRORS": "9", "LIMIT_COST": "10",
		"DOCUMENT_CACHE_SIZE": "11", "PPROF_ADDR": "127.0.0.1:6060", "FILES_URL": "s3://files?region=eu-central-1", "FILE_LIMIT": "13",
	})
	want := config.Config{
		DatabaseURL: "postgres://app:pw@db.example/crm", MigrateDatabaseURL: "postgresql://owner:pw@db.example/crm",
		JWTSecret: secret, Addr: ":9000", WebBaseURL: "https://crm.acme.example/app", TrustProxy: true,
		SMTPURL: "smtp://u:p@mail.example:587", MailFrom: "CRM <crm@acme.example>", PoolSize: 5,
		StatementTimeout: time.Second, OperationTimeout: 2 * time.Second, ShutdownTimeout: 3 * time.Minute,
		LogLevel: slog.LevelDebug, LogFormat: "json", PprofAddr: "127.0.0.1:6060",
		FilesURL: "s3://files?region=eu-central-1", FileLimit: 13,
		Limits: config.Limits{Body: 1, Tokens: 2, Depth: 3, IntrospectionDepth: 4, Repetitions: 5, Aliases: 12, Selections: 6, Fragments: 7,
			Directives: 8, Errors: 9, Cost: 10, Cache: 11},
	}
	blocked := c.BlockedEmailDomains
	c.BlockedEmailDomains = nil
	if !equal(c, want) {
		t.Errorf("%+v", c)
	}
	for address, is := range map[string]bool{
		"a@bad.example": true, "a@BAD.example": true, "a@x.worse.example": true, "a@mailinator.com": true,
		"a@acme.example": false, "a@notbad.example": false, "bad.example": false,
	} {
		if blocked.Has(address) != is {
			t.Errorf("blocked %s: %v", address, !is)
		}
	}
	if again := load(t, vars{}); again.BlockedEmailDomains.Has("a@bad.example") {
		t.Error("one configuration's domains show in another")
	}
}

func equal(a, b config.Config) bool {
	return a.DatabaseURL == b.DatabaseURL && a.MigrateDatabaseURL == b.MigrateDatabaseURL && a.JWTSecret == b.JWTSecret &&
		a.SMTPURL == b.SMTPURL && a.MailFrom == b.MailFrom && a.Addr == b.Addr && a.WebBaseURL == b.WebBaseURL &&
		a.TrustProxy == b.TrustProxy && a.PoolSize == b.PoolSize && a.StatementTimeout == b.StatementTimeout &&
		a.OperationTimeout == b.OperationTimeout && a.ShutdownTimeout == b.ShutdownTimeout &&
		a.LogLevel == b.LogLevel && a.LogFormat == b.LogFormat && a.Limits == b.Limits && a.PprofAddr == b.PprofAddr &&
		a.FilesURL == b.FilesURL && a.FileLimit == b.FileLimit
}

func TestDatabaseInParts(t *testing.T) {
	t.Parallel()
	parts := vars{
		"DBNAME": "crm", "DBUSER": "crm_user", "DBPASSWORD": "p@ss/word", "DBHOST": "localhost", "DBPORT": "5432",
		"JWT_SECRET": secret,
	}
	c := load(t, parts)
	const want = "postgres://crm_user:p%40ss%2Fword@localhost:5432/crm"
	if c.DatabaseURL != want || c.MigrateDatabaseURL != want {
		t.Error(string(c.DatabaseURL), string(c.MigrateDatabaseURL))
	}
	t.Run("a whole address wins", func(t *testing.T) {
		t.Parallel()
		c := load(t, vars{"DBNAME": "crm", "DATABASE_URL": "postgres://db.example/other", "JWT_SECRET": secret})
		if c.DatabaseURL != "postgres://db.example/other" {
			t.Error(string(c.DatabaseURL))
		}
	})
}

func TestBaseURLFollowsTheAddress(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		":9000":            "http://localhost:9000",
		"0.0.0.0:80":       "http://localhost:80",
		"[::]:80":          "http://localhost:80",
		"[2001:db8::1]:80": "http://[2001:db8::1]:80",
		"crm.internal:80":  "http://crm.internal:80",
	} {
		if got := load(t, vars{"ADDR": addr}).WebBaseURL; got != want {
			t.Errorf("%s is reached at %s, not %s", addr, got, want)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		env   vars
		wants []string
	}{
		{"all at once", vars{
			"DATABASE_URL": "mysql://x/y", "JWT_SECRET": "short", "ADDR": "8080", "SHUTDOWN_TIMEOUT": "20",
			"STATEMENT_TIMEOUT": "-1s", "DATABASE_POOL_SIZE": "0", "TRUST_PROXY": "maybe", "LOG_LEVEL": "loud",
			"LOG_FORMAT": "xml", "SMTP_URL": "mail.example:25", "MAIL_FROM": "nobody", "BLOCKED_EMAIL_DOMAINS": "a@b.example",
			"WEB_BASE_URL": "crm.example", "MIGRATE_DATABASE_URL": "postgres://db.example", "LIMIT_DEPTH": "0",
			"FILES_URL": "./files", "FILE_LIMIT": "26214401",
		}, []string{
			"DATABASE_URL must be", "MIGRATE_DATABASE_URL must be", "DATABASE_POOL_SIZE must be a whole number from 1 to 1000",
			"STATEMENT_TIMEOUT must be", "SHUTDOWN_TIMEOUT must be a duration", "JWT_SECRET must be a text of at least 32",
			"ADDR must be", "WEB_BASE_URL must be", "TRUST_PROXY must be true or false", "SMTP_URL must be",
			"MAIL_FROM must be", "BLOCKED_EMAIL_DOMAINS must be", "FILES_URL must be a folder", "FILE_LIMIT must be a whole number from 1 to 26214400", "LOG_LEVEL must be one of debug, info, warn, error",
			"LOG_FORMAT must be one of text, json", "LIMIT_DEPTH must be a whole number from 1 to 1000",
		}},
		{"a database without a secret", vars{"DATABASE_URL": "postgres://db.example/crm"}, []string{"JWT_SECRET is required"}},
		{"a part of the database", vars{"DBNAME": "crm", "DBUSER": "u", "DBHOST": "h"},
			[]string{"DBPASSWORD and DBPORT is not set"}},
		{"parts that make no address", vars{"DBNAME": "crm", "DBUSER": "u", "DBPASSWORD": "hunter2", "DBHOST": "h",
			"DBPORT": "port", "JWT_SECRET": secret}, []string{"DBNAME DBUSER DBPASSWORD DBHOST DBPORT must together make"}},
		{"an owner without a database", vars{"MIGRATE_DATABASE_URL": "postgres://db.example/crm"},
			[]string{"MIGRATE_DATABASE_URL needs a DATABASE_URL"}},
		{"mail without a sender", vars{"SMTP_URL": "smtp://mail.example"}, []string{"MAIL_FROM is required"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(c.env.get)
			if err == nil {
				t.Fatal("it is taken")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(c.wants) {
				t.Errorf("%d problems, not %d: %v", len(lines), len(c.wants), err)
			}
			for i, want := range c.wants {
				if i < len(lines) && !strings.Contains(lines[i], want) {
					t.Errorf("%q is not about %q", lines[i], want)
				}
			}
		})
	}
}

func TestWhereFilesAre(t *testing.T) {
	t.Parallel()
	for value, taken := range map[string]bool{
		"file:///srv/files": true, "s3://bucket": true, "s3://bucket?region=x&endpoint=http://127.0.0.1:9000&use_path_style=true": true,
		"/srv/files": false, "files": false, "file://files": false, "file://./files": false, "file:///": false, "file:///x?create_dir=1": false,
		"s3://": false, "s3://bucket/folder": false, "s3://key:secret@bucket": false, "gs://bucket": false, "mem://": false, "s3://bucket#x": false, "%zz": false,
	} {
		if _, err := config.Load(vars{"FILES_URL": value}.get); (err == nil) != taken {
			t.Errorf("%s: %v", value, err)
		}
	}
}

func TestProblemsDoNotShowValues(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"DATABASE_URL", "MIGRATE_DATABASE_URL", "SMTP_URL", "JWT_SECRET"} {
		_, err := config.Load(vars{name: "x://u:hunter2@%zz"}.get)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDocsCoverWhatIsRead(t *testing.T) {
	t.Parallel()
	documented := make(map[string]bool)
	for _, d := range config.Docs() {
		for name := range strings.SplitSeq(d.Name, ", ") {
			documented[name] = true
		}
		if d.Meaning == "" {
			t.Errorf("%s has no meaning", d.Name)
		}
	}
	read := make(map[string]bool)
	_, err := config.Load(func(name string) string {
		if !documented[name] {
			t.Errorf("%s is read and not documented", name)
		}
		read[name] = true
		return ""
	})
	if err != nil {
		t.Error(err)
	}
	for name := range documented {
		if read[name] {
			continue
		}
		t.Errorf("%s is documented and not read", name)
	}
}
