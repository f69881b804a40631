package config

import "strings"

// setting is one environment variable: how it is documented and where its value goes. What read returns is the
// end of the sentence "NAME must be …".
type setting struct {
	name     string
	fallback string
	meaning  string
	read     func(value string) error
}

// Doc documents one environment variable.
type Doc struct {
	Name    string
	Default string // empty when there is none
	Meaning string
}

// Docs lists every variable that Load reads, in the order of the README's table.
func Docs() []Doc {
	var docs []Doc
	for _, s := range new(Config).settings() {
		docs = append(docs, Doc{s.name, s.fallback, s.meaning})
	}
	return append(docs, Doc{
		Name:    strings.Join(databaseParts, ", "),
		Meaning: "The database in parts, used when `DATABASE_URL` is not set. Either all of them or none.",
	})
}

// settings is the table, bound to the Config that it fills.
func (c *Config) settings() []setting {
	return append([]setting{
		{"DATABASE_URL", "", "The PostgreSQL database, `postgres://user:password@host:5432/name`, as a role without " +
			"superuser rights. Without it the server runs a PostgreSQL of its own, for development.",
			databaseURL(&c.DatabaseURL)},
		{"MIGRATE_DATABASE_URL", "", "The same database as the role that owns the tables. Default: `DATABASE_URL`.",
			databaseURL(&c.MigrateDatabaseURL)},
		{"DATABASE_POOL_SIZE", "", "How many connections to the database are kept at most; four for each processor, and at least 8, unless given.",
			number(&c.PoolSize, 1000)},
		{"STATEMENT_TIMEOUT", "15s", "How long one SQL statement may run.", duration(&c.StatementTimeout)},
		{"OPERATION_TIMEOUT", "30s", "How long one GraphQL operation may run.", duration(&c.OperationTimeout)},
		{"SHUTDOWN_TIMEOUT", "20s", "How long running operations are waited for when the server is stopped.",
			duration(&c.ShutdownTimeout)},
		{"JWT_SECRET", "", "Signs access tokens; at least 32 random bytes. Required with `DATABASE_URL`; otherwise the " +
			"server makes one and keeps it.", jwtSecret(&c.JWTSecret)},
		{"ADDR", "127.0.0.1:8080", "The address to listen on, `host:port`.", address(&c.Addr)},
		{"WEB_BASE_URL", "", "Where the links in mails lead to. Default: `http://` and `ADDR`.", baseURL(&c.WebBaseURL)},
		{"TRUST_PROXY", "false", "Whether a reverse proxy stands before the server, whose `X-Forwarded-For` names the " +
			"client.", boolean(&c.TrustProxy)},
		{"SMTP_URL", "", "The mail server, `smtp://user:password@host:587` (STARTTLS) or `smtps://` (TLS). Without it no " +
			"mail is sent.", smtpURL(&c.SMTPURL)},
		{"MAIL_FROM", "", "The sender of mails, such as `BottleCRM <crm@acme.example>`. Required with `SMTP_URL`.",
			sender(&c.MailFrom)},
		{"BLOCKED_EMAIL_DOMAINS", "", "Domains, separated by commas, whose addresses may not sign up, besides the " +
			"built-in list of disposable ones.", domains(&c.BlockedEmailDomains)},
		{"FILES_URL", "", "Where uploaded files are kept: a folder that exists, `file:///var/lib/bottlecrm/files`, or a bucket, " +
			"`s3://bucket?region=eu-central-1`, with credentials where the tools of AWS look for them (`endpoint=…` and " +
			"`use_path_style=true` name another service). It belongs to one database. Default: a folder beside the " +
			"server's own PostgreSQL; with `DATABASE_URL` none, and no files are taken.", filesURL(&c.FilesURL)},
		{"FILE_LIMIT", "26214400", "The bytes of a file, at most 25 MiB.", number(&c.FileLimit, 25<<20)},
		{"PPROF_ADDR", "", "Where Go's profiler listens, `host:port`; without it there is none. It tells everything to whoever " +
			"reaches it, so keep it on a loopback address.", address(&c.PprofAddr)},
		{"LOG_LEVEL", "info", "The least level that is logged: `debug`, `info`, `warn` or `error`.", level(&c.LogLevel)},
		{"LOG_FORMAT", "text", "The form of the log: `text` or `json`.", choice(&c.LogFormat, "text", "json")},
	}, c.Limits.settings()...)
}
