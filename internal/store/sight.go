package store

import (
	"strconv"
	"strings"
)

// Who may see what is one Sight for each entity, and lists, counts, details, nested fields, inputs and the timeline all
// use it.

// Sight is which rows the viewer sees. It can be asked from both ends: whether they see a row at hand, and what all they
// see, because who sees five of half a million leads must not wait until each of those was looked at. The zero Sight
// shows every member everything.
type Sight struct {
	Row Cond // holds for a row that the viewer sees

	// For lists that grow: Seen selects the ids of all that a viewer who is no admin sees, with repetitions, and Held
	// holds for the rows of those, which it finds in a table named seen. Both must agree with Row.
	Seen func(s *statement, table string) string
	Held Cond

	// Open holds for rows that every member sees and that are not among those, if there are such: however many they are,
	// they do not make a viewer one who sees much.
	Open Cond
}

// mostSeen is up to how many ids a page is looked for among them, which takes about 10 ms then. Who sees more meets a page
// of it on the way through the list: in one of 400,000 after some 5,000 rows, which takes not much longer.
const mostSeen = 2000

// shared is the rule of records that are assigned and shared (domain: D.2): admins see all, others what they
// created, what is assigned to them, and what is shared with a team they are in at this moment.
func shared(assignees, teams, column string) Sight {
	by := holders{assignees, teams, column}
	return Sight{
		Row: func(s *statement, t string) string {
			if s.viewer.IsAdmin() {
				return ""
			}
			return t + ".created_by_id = " + s.user() + " OR " + by.hold(s, t+".id")
		},
		Seen: func(s *statement, table string) string {
			return "SELECT t.id FROM " + table + " AS t WHERE t.org_id = $1 AND t.created_by_id = " + s.user() +
				" UNION ALL " + by.held(s, "h."+column, "")
		},
		Held: func(_ *statement, t string) string { return t + ".id = ANY(ARRAY(SELECT id FROM seen))" },
	}
}

// through shows a record also to who holds the one that it belongs to. The column has the same name in both tables.
func (v Sight) through(by holders) Sight {
	return Sight{
		Row: func(s *statement, t string) string {
			if s.viewer.IsAdmin() {
				return ""
			}
			return v.Row(s, t) + " OR " + by.hold(s, t+"."+by.column)
		},
		Seen: func(s *statement, table string) string {
			return v.Seen(s, table) + " UNION ALL " +
				by.held(s, "t.id", " JOIN "+table+" AS t ON t.org_id = $1 AND t."+by.column+" = h."+by.column)
		},
		Held: v.Held,
	}
}

// followed shows a record also to whom a table connects with it: they read it, whoever holds it.
func (v Sight) followed(l Link) Sight {
	return Sight{
		Row: func(s *statement, t string) string {
			if s.viewer.IsAdmin() {
				return ""
			}
			return v.Row(s, t) + " OR EXISTS (SELECT FROM " + l.Table + " AS h WHERE h.org_id = $1 AND h." + l.Left + " = " + t + ".id AND h." +
				l.Right + " = " + s.profile() + " OFFSET 0)"
		},
		Seen: func(s *statement, table string) string {
			return v.Seen(s, table) + " UNION ALL SELECT h." + l.Left + " FROM " + l.Table + " AS h WHERE h.org_id = $1 AND h." + l.Right + " = " + s.profile()
		},
		Held: v.Held,
	}
}

// holders are the join tables that say who a record is assigned to and which teams it is shared with, and their column
// for the record.
type holders struct{ assignees, teams, column string }

// hold is met where the viewer holds the record with this id. OFFSET 0 has each row look for itself: without it the
// planner may collect all that the viewer holds first.
func (by holders) hold(s *statement, id string) string {
	return strings.Join(by.both(s, func(table, mine string) string {
		return "EXISTS (SELECT FROM " + table + " AS h WHERE h.org_id = $1 AND h." + by.column + " = " + id + " AND " + mine + " OFFSET 0)"
	}), " OR ")
}

// held selects something of all that the viewer holds.
func (by holders) held(s *statement, what, join string) string {
	return strings.Join(by.both(s, func(table, mine string) string {
		return "SELECT " + what + " FROM " + table + " AS h" + join + " WHERE h.org_id = $1 AND " + mine
	}), " UNION ALL ")
}

func (by holders) both(s *statement, write func(table, mine string) string) []string {
	return []string{write(by.assignees, "h.profile_id = "+s.profile()), write(by.teams, "h.team_id = ANY("+s.teams()+")")}
}

// within shows what belongs to a record to those who see the record.
func within[P any](whole *Entity[P], column string) Sight {
	return Sight{Row: func(s *statement, t string) string {
		if s.viewer.IsAdmin() {
			return ""
		}
		return whole.shown(s, t, column)
	}}
}

// shown holds for rows in a column of which stands the id of a record that the viewer sees.
func (e *Entity[T]) shown(s *statement, t, column string) string {
	of := "o" + t // such a record may be shown in the same way
	return "EXISTS (SELECT FROM " + e.name() + " AS " + of + " WHERE " + of + ".org_id = $1 AND " + of + ".id = " + t + "." + column +
		" AND " + s.where(of, e.Read.Row) + " OFFSET 0)"
}

// toAdmins shows nothing to others.
var toAdmins = Sight{Row: func(s *statement, _ string) string {
	if s.viewer.IsAdmin() {
		return ""
	}
	return "false"
}}

// inSight selects what the viewer sees; it is empty when that is everything, or when the entity's lists stay small.
func (e *Entity[T]) inSight(s *statement) string {
	if e.Read.Seen == nil || s.viewer.IsAdmin() {
		return ""
	}
	return e.Read.Seen(s, e.name())
}

// places are what follows FROM for a page of the list, and what comes before the statement. With much to see it is
// read in the list's order, with little from the ids: the statement has both ways, and one of them yields nothing and is
// not taken. It is not the planner who decides, for it would have to know how much this viewer sees, and plans are kept
// for the next one. (OFFSET 0 keeps the order of the list out of the second way.)
func (e *Entity[T]) places(s *statement, conds ...Cond) (with string, from []string) {
	seen := e.inSight(s)
	if seen == "" {
		return "", []string{e.from(s, conds...)}
	}
	table, where := e.name()+" AS t WHERE "+s.where("t", e.ofTenant), " AND "+s.where("t", conds...)
	from = []string{
		table + " AND NOT (SELECT so FROM few) AND " + s.where("t", e.Read.Row) + where,
		"(SELECT * FROM " + table + " AND (SELECT so FROM few) AND " + s.where("t", e.Read.Held) + where + " OFFSET 0) AS t WHERE true",
	}
	if e.Read.Open != nil && !s.closed {
		from = append(from, table+" AND (SELECT so FROM few) AND "+s.where("t", e.Read.Open)+where)
	}
	return "WITH " + some(seen, mostSeen) + " ", from
}

// some names what the viewer sees, and whether that is so many at most. If it is more, it is not all.
func some(seen string, most int) string {
	return "seen AS MATERIALIZED (" + seen + " LIMIT " + strconv.Itoa(most+1) + ")" +
		", few AS MATERIALIZED (SELECT count(*) <= " + strconv.Itoa(most) + " AS so FROM seen)"
}

// whole is the same for all rows at once, which are as many as the viewer sees.
func (e *Entity[T]) whole(s *statement, conds ...Cond) (with, from string) {
	seen := e.inSight(s)
	if seen == "" {
		return "", e.from(s, conds...)
	}
	from = e.name() + " AS t WHERE " + s.where("t", append([]Cond{e.ofTenant, e.Read.Held}, conds...)...)
	if e.Read.Open != nil && !s.closed {
		from = "(SELECT t.* FROM " + from + " UNION ALL SELECT t.* FROM " + e.name() + " AS t WHERE " +
			s.where("t", append([]Cond{e.ofTenant, e.Read.Open}, conds...)...) + ") AS t"
	}
	return "WITH seen AS MATERIALIZED (" + seen + ") ", from
}
