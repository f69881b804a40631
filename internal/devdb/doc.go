// Package devdb runs a PostgreSQL server of the program's own, so that a fresh machine needs no database before the
// first start. It is for development and for tests; a deployment has a server of its own and never comes here.
//
// Start looks for binaries of PostgreSQL 15 or newer (PATH, then the usual places of the system's packages) and
// downloads them only when there are none. Everything lives below one directory and is kept between runs:
//
//	lock                   held by the running program; contains its process id
//	postgres-17/data       the cluster, one directory for each major version
//	postgres-17/password   the superuser's password, random, readable by the server's account only
//	postgres-17/port       the port of the last run, taken again when it is free, so that URLs stay the same
//	postgres-17/log        what the server said
//	binaries/              only when they had to be downloaded
//
// The server listens on 127.0.0.1 only, over TCP with scram-sha-256. It is a child in a process group of its own:
// Ctrl-C in a terminal reaches the program alone, which drains and then calls Stop. PostgreSQL refuses to run as
// root; a program started by root runs it as postgres or nobody.
//
// Whatever the last run left behind is dealt with at the start: a server that outlived its program is stopped, a
// process id file whose process is gone (or is another program by now) is disarmed, a half-made cluster is made anew.
//
// Failure: a directory in use, missing binaries and unreachable directories are reported in a sentence that says
// what to do; a server that does not come up is reported with the end of its log. Only Unix systems are supported.
//
// EnsureDatabase, Clone and their relatives also work on any other server: package testdb uses them.
package devdb
