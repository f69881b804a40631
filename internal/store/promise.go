package store

import "github.com/bottlecrm/bottlecrm-graphql/model"

// What is promised of cases, in SQL: the same as model.Case.Due and Breached, which a test compares with it.

// promisedAt is when what is promised in the hours of a column is due.
func promisedAt(s *statement, t, hours string) string {
	return "(" + t + ".created_at + make_interval(hours => " + t + "." + hours + ", secs => " + t + ".sla_paused_seconds)" +
		" + coalesce(" + s.instant() + " - " + t + ".sla_paused_at, interval '0'))"
}

// instant is the operation's.
func (s *statement) instant() string { return s.own("now", s.now) + "::timestamptz" }

// isBreached holds for cases of which the column done came after what was promised in the hours, or is due and missing.
func isBreached(s *statement, t, hours, done string) string {
	at, due := "coalesce("+t+"."+done+", "+t+".resolved_at)", promisedAt(s, t, hours)
	return "CASE WHEN " + at + " IS NOT NULL THEN " + at + " > " + due + " WHEN " + t + ".status IN ('" + string(model.CaseRejected) + "', '" +
		string(model.CaseDuplicate) + "') THEN false ELSE " + s.instant() + " > " + due + " END"
}

// IsFirstResponseBreached holds for cases that were answered late, or are not and should be.
func IsFirstResponseBreached(s *statement, t string) string {
	return isBreached(s, t, "sla_first_response_hours", "first_response_at")
}

// IsResolutionBreached holds for cases that were resolved late, or are not and should be.
func IsResolutionBreached(s *statement, t string) string {
	return isBreached(s, t, "sla_resolution_hours", "resolved_at")
}
