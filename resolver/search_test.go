package resolver_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/seed"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

const searchText = `query($query: String!, $types: [SearchType!], $first: Int) { search(query: $query, types: $types, first: $first) { type title isExact node { id } } }`

// find gives what a search shows, as "LEAD Title", with an ! where it is exact.
func find(t *testing.T, c *apitest.Client, query string, types ...string) []string {
	t.Helper()
	variables := map[string]any{"query": query, "first": 25}
	if types != nil {
		variables["types"] = types
	}
	r := c.Do(t, searchText, variables)
	found := []string{}
	for i := 0; r.Get(t, fmt.Sprintf("search.%d", i)) != nil; i++ {
		at := fmt.Sprintf("search.%d.", i)
		hit := r.Text(t, at+"type") + " " + r.Text(t, at+"title")
		if r.Get(t, at+"isExact") == true {
			hit += "!"
		}
		found = append(found, hit)
	}
	return found
}

// listed gives the ids that a list finds by free text.
func listed(t *testing.T, c *apitest.Client, list, text string) []string {
	t.Helper()
	r := c.Do(t, "query($text: String) { found: "+list+"(search: $text, first: 100) { totalCount nodes { id } } }", map[string]any{"text": text})
	var ids []string
	for i := 0; r.Text(t, fmt.Sprintf("found.nodes.%d.id", i)) != ""; i++ {
		ids = append(ids, r.Text(t, fmt.Sprintf("found.nodes.%d.id", i)))
	}
	if n := r.Get(t, "found.totalCount"); n != float64(len(ids)) {
		t.Errorf("%s by %q: totalCount is %v of %d", list, text, n, len(ids))
	}
	return ids
}

// searched are the kinds that a search looks through, with their lists, in the order in which their hits come.
var searched = []string{"Account", "Contact", "Lead", "Opportunity", "Case", "Task"}

func TestSearchFinds(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	ids := map[string]string{
		"Account": admin.Create(t, "Account", apitest.Input{"name": "Acme™ Łódź GmbH", "website": "https://www.lodz.example/shop", "email": "office@lodz.example",
			"phone": "030 9876543", "city": "Kraków"}),
		"Contact": admin.Create(t, "Contact", apitest.Input{"firstName": "小明", "lastName": "王", "organization": "Ærø Ferries", "title": "Head of R&D",
			"email": "ming@aero.example"}),
		"Lead": admin.Create(t, "Lead", apitest.Input{"title": "Order portal", "firstName": "Zoë", "lastName": "Müller-Lüdenscheidt", "companyName": "O'Brien & Sons",
			"email": "zoe.mueller@brien.example", "phone": "+1 (212) 555-0165", "city": "São Paulo"}),
		"Opportunity": admin.Create(t, "Opportunity", apitest.Input{"name": "Q4 renewal 2026-11-26, 50%_off\\"}),
		"Case":        admin.Create(t, "Case", apitest.Input{"name": "Printer jams (tray 2-B)"}),
		"Task":        admin.Create(t, "Task", apitest.Input{"title": "Call back: J. R. Smith"}),
		"Solution":    admin.Create(t, "Solution", apitest.Input{"title": "How to reset a password", "description": "Open the menu, choose \"Forgotten?\"."}),
	}
	for query, want := range map[string]string{
		"müller": "Lead", "MULLER lud": "Lead", "ludenscheidt": "Lead", "mu\u0308ller-lu\u0308": "Lead", "mullerludenscheidt": "Lead", "lüdenscheidt, zoë!": "Lead",
		"obrien sons": "Lead", "o'b": "Lead", "brien": "Lead", "O’BRIEN": "Lead",
		"zoe.mueller@": "Lead", "mueller@brien.example": "Lead", "ZOE.MUELLER@BRIEN.EXAMPLE": "Lead", "brien.exa": "Lead",
		"212 555": "Lead", "5550165": "Lead", "+12125550165": "Lead", "(212)": "Lead", "1-212-555": "Lead", "sao paulo portal": "Lead", "portal z": "Lead",
		"acmetm": "Account", "Acme™": "Account", "lodz": "Account", "www.lodz.example": "Account", "lodz.example/shop": "Account", "office@": "Account",
		"9876543": "Account", "0309876543": "Account", "krakow gmbh": "Account",
		"明": "Contact", "小明 aero": "Contact", "æro": "Contact", "r&d head": "Contact", "head d": "Contact", "ming@": "Contact",
		"2026-11": "Opportunity", "11-26 q4": "Opportunity", "renewal q": "Opportunity", "50%": "Opportunity", "50%_off\\": "Opportunity",
		"j. smith": "Task", "smith j r": "Task", "CALL-BACK": "", "tray printer": "Case", "2b": "Case", "reset menu": "Solution", "forgot": "Solution",
		"uller": "", "zoe smith": "", "smith x": "", "obrien krakow": "", "%%": "none", "__": "none", "555 0166": "", "zoe.example": "", "小明 明王": "",
	} {
		if want == "none" { // no word
			admin.Refused(t, "INVALID", searchText, map[string]any{"query": query})
			continue
		}
		hits := []string{}
		r := admin.Do(t, searchText, map[string]any{"query": query})
		for i := 0; r.Get(t, fmt.Sprintf("search.%d", i)) != nil; i++ {
			hits = append(hits, r.Text(t, fmt.Sprintf("search.%d.node.id", i)))
		}
		for _, kind := range searched {
			isWanted := kind == want
			if slices.Contains(hits, ids[kind]) != isWanted {
				t.Errorf("%q finds %v; the %s is %s", query, hits, kind, ids[kind])
			}
			if got := listed(t, admin, lists[kind], query); slices.Contains(got, ids[kind]) != isWanted || len(got) > 1 {
				t.Errorf("%s by %q: %v", lists[kind], query, got)
			}
		}
	}
	t.Run("lists find words of one letter too", func(t *testing.T) {
		for query, kinds := range map[string][]string{"z": {"Lead"}, "j r": {"Task"}, "o": {"Account", "Lead", "Opportunity", "Contact"}, "x": nil} {
			for _, kind := range searched {
				if got := listed(t, admin, lists[kind], query); (len(got) == 1) != slices.Contains(kinds, kind) {
					t.Errorf("%s by %q: %v", lists[kind], query, got)
				}
			}
		}
	})
	t.Run("a text without a letter or a digit is no search in lists", func(t *testing.T) {
		for _, query := range []string{"", " ", "?", "% _ -", "\u202e\u200b"} {
			if got := listed(t, admin, "leads", query); len(got) != 1 {
				t.Errorf("%q: %v", query, got)
			}
		}
	})
	t.Run("a search needs a word of two letters", func(t *testing.T) {
		for _, query := range []string{"", " ", "x", "j r", "?!", "a-", strings.Repeat("-", 100) + "lodz"} {
			if got := admin.Send(t, searchText, map[string]any{"query": query}).Refusal(); got != "INVALID query" {
				t.Errorf("%q: %s", query, got)
			}
		}
	})
	t.Run("long and broken texts do no harm", func(t *testing.T) {
		words := strings.Repeat("portal zoe ", 5000)
		if got := find(t, admin, words); !slices.Equal(got, []string{"LEAD Order portal!"}) {
			t.Errorf("many words: %v", got)
		}
		if got := listed(t, admin, "leads", words); len(got) != 1 {
			t.Errorf("many words: %v", got)
		}
		if got := listed(t, admin, "leads", "Z.O.M.L.B.S.P.+1.2.5.0.E."+strings.Repeat("ö.z.", 1000)); len(got) != 0 {
			t.Errorf("many letters in one piece: %v", got)
		}
		if got := listed(t, admin, "leads", "z o m l b s p 1 2 5 0 e"); len(got) != 1 {
			t.Errorf("many letters: %v", got)
		}
		for _, query := range []string{strings.Repeat("x", 100_000), strings.Repeat("é", 1000), "\ufffd\ufffdzz", strings.Repeat("ab cd ", 20)} {
			if got := find(t, admin, query); len(got) > 0 {
				t.Errorf("%.20q: %v", query, got)
			}
		}
		for _, text := range []string{`{ search(query: "lo\u0000dz") { title } }`, `{ accounts(search: "lo\u0000dz") { totalCount } }`,
			`{ accounts(filter: {name: {equals: "\u0000"}}) { totalCount } }`} {
			admin.Refused(t, "INVALID", text, nil)
		}
	})
}

func TestSearchRanks(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, r := range []struct {
		kind  string
		input apitest.Input
	}{
		{"Lead", apitest.Input{"title": "city", "city": "Orion"}},
		{"Lead", apitest.Input{"title": "prefix of a company", "companyName": "Orionix"}},
		{"Lead", apitest.Input{"title": "older last name", "lastName": "Orion"}},
		{"Lead", apitest.Input{"title": "prefix of a last name", "lastName": "Orionson"}},
		{"Lead", apitest.Input{"title": "company", "companyName": "The Orion Labs"}},
		{"Lead", apitest.Input{"title": "both", "lastName": "Orionsky", "city": "Orion"}},
		{"Lead", apitest.Input{"title": "newer last name", "lastName": "Ørion"}},
		{"Lead", apitest.Input{"title": "Orion"}},
		{"Task", apitest.Input{"title": "Ask Orion"}},
		{"Task", apitest.Input{"title": "Orionise"}},
		{"Account", apitest.Input{"name": "Orionid"}},
		{"Contact", apitest.Input{"firstName": "Orion", "lastName": "Doe"}},
		{"Contact", apitest.Input{"firstName": "Al", "lastName": "Orion"}},
		{"Opportunity", apitest.Input{"name": "Other"}},
	} {
		admin.Create(t, r.kind, r.input)
	}
	for _, row := range []struct {
		query string
		types []string
		want  []string
	}{
		{"orion", []string{"LEAD"}, []string{"LEAD newer last name!", "LEAD older last name!", "LEAD company!", "LEAD Orion!", "LEAD both!", "LEAD city!",
			"LEAD prefix of a last name", "LEAD prefix of a company"}},
		{"orion", []string{"TASK", "ACCOUNT", "CONTACT"}, []string{"CONTACT Al Orion!", "CONTACT Orion Doe!", "TASK Ask Orion!", "ACCOUNT Orionid", "TASK Orionise"}},
		{"labs orion", nil, []string{"LEAD company!"}},
		{"lab orio", nil, []string{"LEAD company"}},
		{"orionso orion", nil, []string{"LEAD prefix of a last name"}},
		{"an orion", nil, []string{}},
	} {
		if got := find(t, admin, row.query, row.types...); !slices.Equal(got, row.want) {
			t.Errorf("%q in %v:\ngot  %q\nwant %q", row.query, row.types, got, row.want)
		}
	}
	t.Run("a hit is a record", func(t *testing.T) {
		r := admin.Do(t, `{ search(query: "the labs") { type title subtitle isExact node { __typename id ... on Lead { companyName createdBy { email } } } } }`, nil)
		id := r.Text(t, "search.0.node.id")
		want := `{"search":[{"type":"LEAD","title":"company","subtitle":"The Orion Labs","isExact":true,"node":{"__typename":"Lead","id":"` + id +
			`","companyName":"The Orion Labs","createdBy":{"email":"admin@acme.example"}}}]}`
		if string(r.Data) != want {
			t.Errorf("got  %s\nwant %s", r.Data, want)
		}
	})
}

func TestSearchLimits(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for range 30 {
		admin.Create(t, "Lead", apitest.Input{"title": "Many", "lastName": "Manyfold"})
		admin.Create(t, "Task", apitest.Input{"title": "Many"})
	}
	admin.Create(t, "Opportunity", apitest.Input{"name": "Many"})
	for _, row := range []struct {
		args string
		want map[string]int
	}{
		{"", map[string]int{"LEAD": 6, "TASK": 6, "OPPORTUNITY": 1}},
		{", first: 25", map[string]int{"LEAD": 25, "TASK": 25, "OPPORTUNITY": 1}},
		{", first: 1, types: [TASK, LEAD]", map[string]int{"LEAD": 1, "TASK": 1}},
		{", types: [LEAD, LEAD]", map[string]int{"LEAD": 6}},
		{", types: [ACCOUNT, CONTACT]", map[string]int{}},
		{", types: null", map[string]int{"LEAD": 6, "TASK": 6, "OPPORTUNITY": 1}},
		{", types: []", map[string]int{}},
	} {
		r := admin.Do(t, `{ search(query: "many"`+row.args+`) { type node { id } } }`, nil)
		got, seen := map[string]int{}, map[string]bool{}
		for i := 0; r.Get(t, fmt.Sprintf("search.%d", i)) != nil; i++ {
			got[r.Text(t, fmt.Sprintf("search.%d.type", i))]++
			seen[r.Text(t, fmt.Sprintf("search.%d.node.id", i))] = true
		}
		total := 0
		for _, n := range got {
			total += n
		}
		if fmt.Sprint(got) != fmt.Sprint(row.want) || len(seen) != total {
			t.Errorf("search(%s): %v, %d different, want %v", row.args, got, len(seen), row.want)
		}
	}
	for _, first := range []string{"0", "26", "-1"} {
		if got := admin.Send(t, `{ search(query: "many", first: `+first+`) { title } }`, nil).Refusal(); got != "INVALID first" {
			t.Errorf("first: %s: %s", first, got)
		}
	}
	t.Run("more beginnings than are compared", func(t *testing.T) {
		env := apitest.New(t, apitest.Everything)
		titles := make([]apitest.Input, 210)
		for i := range titles {
			titles[i] = apitest.Input{"title": fmt.Sprintf("Swarm%03d", i)}
		}
		createLeads(t, env.Acme.Admin, titles)
		whole := env.Acme.Admin.Create(t, "Lead", apitest.Input{"title": "older", "city": "Swarm"})
		if got := find(t, env.Acme.Admin, "swarm"); len(got) != 25 || got[0] != "LEAD older!" {
			t.Errorf("the whole word %s is not the first of %v", whole, got)
		}
		if got := find(t, env.Acme.Admin, "swarm 205"); len(got) > 0 {
			t.Errorf("no record has the other word: %v", got)
		}
		if got := find(t, env.Acme.Admin, "swarm20"); len(got) != 10 {
			t.Errorf("another letter tells them apart: %v", got)
		}
	})
}

func TestSearchShowsWhatTheViewerMaySee(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member, second := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	profile := member.ProfileID.String()
	team := admin.Create(t, "Team", apitest.Input{"name": "North", "memberIds": []any{profile}})
	name := map[string]string{"Account": "name", "Contact": "lastName", "Lead": "title", "Opportunity": "name", "Case": "name", "Task": "title"}
	var mine []string
	for _, kind := range searched {
		for _, r := range []struct {
			how string
			by  *apitest.Client
			as  apitest.Input
		}{
			{"created", member, apitest.Input{}},
			{"assigned", admin, apitest.Input{"assignedToIds": []any{profile}}},
			{"shared", admin, apitest.Input{"teamIds": []any{team}}},
			{"hidden", admin, apitest.Input{"assignedToIds": []any{second.ProfileID.String()}}},
		} {
			r.as[name[kind]] = "Visible " + r.how
			id := r.by.Create(t, kind, r.as)
			if r.how != "hidden" {
				mine = append(mine, id)
			}
		}
	}
	account := admin.Create(t, "Account", apitest.Input{"name": "Frame", "assignedToIds": []any{profile}})
	mine = append(mine, admin.Create(t, "Contact", apitest.Input{"lastName": "Visible through the account", "accountId": account}))

	see := func(c *apitest.Client, query string) (inSearch, inLists []string) {
		r := c.Do(t, searchText, map[string]any{"query": query, "first": 25})
		for i := 0; r.Get(t, fmt.Sprintf("search.%d", i)) != nil; i++ {
			inSearch = append(inSearch, r.Text(t, fmt.Sprintf("search.%d.node.id", i)))
		}
		for _, kind := range searched {
			inLists = append(inLists, listed(t, c, lists[kind], query)...)
		}
		slices.Sort(inSearch)
		slices.Sort(inLists)
		return inSearch, inLists
	}
	slices.Sort(mine)
	for _, query := range []string{"visible", "visib"} {
		if inSearch, inLists := see(member, query); !slices.Equal(inSearch, mine) || !slices.Equal(inLists, mine) {
			t.Errorf("%q: a search finds %d, lists %d of %d", query, len(inSearch), len(inLists), len(mine))
		}
		if inSearch, inLists := see(admin, query); len(inSearch) != 25 || len(inLists) != 25 {
			t.Errorf("%q: an admin finds %d, in lists %d", query, len(inSearch), len(inLists))
		}
	}
	for query, n := range map[string]int{"hidden": 0, "visible hidden": 0, "hidd": 0, "shared": 6, "visible assigned": 6} {
		if inSearch, inLists := see(member, query); len(inSearch) != n || len(inLists) != n {
			t.Errorf("%q: a search finds %v, lists %v", query, inSearch, inLists)
		}
	}
	t.Run("as it is now", func(t *testing.T) {
		admin.Update(t, "Team", team, apitest.Input{"memberIds": []any{}})
		if inSearch, inLists := see(member, "shared"); len(inSearch)+len(inLists) > 0 {
			t.Errorf("who has left the team finds %v, %v", inSearch, inLists)
		}
	})
	t.Run("a token finds what it may read", func(t *testing.T) {
		for scopes, types := range map[string][]string{
			"leads:read":                   {"LEAD"},
			"leads:write tasks:read":       {"TASK"},
			"contacts:read accounts:read":  {"ACCOUNT", "CONTACT"},
			"cases:read":                   {"CASE"},
			"tags:read teams:read":         {},
			"opportunities:write":          {},
			"opportunities:read tags:read": {"OPPORTUNITY"},
			"*":                            {"ACCOUNT", "CONTACT", "LEAD", "OPPORTUNITY", "CASE", "TASK"},
		} {
			var got []string
			for _, hit := range find(t, env.Limited(t, env.Acme, admin, strings.Fields(scopes)...), "visible") {
				kind, _, _ := strings.Cut(hit, " ")
				got = append(got, kind)
			}
			if got = slices.Compact(got); !slices.Equal(got, types) {
				t.Errorf("with %s: %v, want %v", scopes, got, types)
			}
		}
		env.Anonymous().Refused(t, "UNAUTHENTICATED", searchText, map[string]any{"query": "visible"})
	})
	t.Run("another organization finds nothing", func(t *testing.T) {
		for _, c := range []*apitest.Client{env.Globex.Admin, env.Globex.Second} {
			if inSearch, inLists := see(c, "visible"); len(inSearch)+len(inLists) > 0 {
				t.Errorf("%s finds %v, %v", c.Email, inSearch, inLists)
			}
		}
	})
	t.Run("its answers do not change with ours", func(t *testing.T) {
		for _, kind := range searched {
			env.Globex.Admin.Create(t, kind, apitest.Input{name[kind]: "Own of " + kind})
		}
		ask := func() (all string) {
			for _, query := range []string{"own", "ow", "visible", "account", "own lead"} {
				all += env.Globex.Admin.Do(t, searchText, map[string]any{"query": query}).Body
				for _, kind := range searched {
					all += fmt.Sprint(listed(t, env.Globex.Admin, lists[kind], query))
				}
			}
			return all
		}
		before := ask()
		for _, kind := range searched {
			for _, text := range []string{"Own", "Owner of " + kind, "Account"} {
				admin.Create(t, kind, apitest.Input{name[kind]: text})
			}
		}
		if after := ask(); after != before {
			t.Errorf("before %s\nafter  %s", before, after)
		}
	})
}

// TestSearchGoesFarEnough searches for words that are in more records than are looked at one by one, and wants what the
// list counts.
func TestSearchGoesFarEnough(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	if _, err := seed.Load(t.Context(), seed.LoadOptions{DB: env.Backend.DB, AdminURL: env.Database.AdminURL, Org: "Large", Leads: 12_000}); err != nil {
		t.Fatal(err)
	}
	org := env.Above(t, "SELECT id::text FROM organization WHERE name = 'Large'")[0]
	admin := env.Join(t, "Large", "boss@large.example", model.RoleAdmin)
	few, many := env.Join(t, "Large", "few@large.example", model.RoleUser), env.Join(t, "Large", "many@large.example", model.RoleUser)
	oldest := env.Above(t, "SELECT id::text FROM lead WHERE org_id = $1 ORDER BY id LIMIT 30", org)
	for i, key := range oldest { // the last that a search looks at
		admin.Update(t, "Lead", key, apitest.Input{"city": "Zebulon", "companyName": fmt.Sprintf("Quagga %d", i)})
	}
	assign := "INSERT INTO lead_assigned_to (org_id, lead_id, profile_id) SELECT org_id, id, $2 FROM lead WHERE org_id = $1 ORDER BY id LIMIT $3 ON CONFLICT DO NOTHING"
	env.Above(t, assign, org, few.ProfileID.String(), 5)
	env.Above(t, assign, org, many.ProfileID.String(), 11_000)
	env.Above(t, "ANALYZE")
	for who, c := range map[string]*apitest.Client{"an admin": admin, "who sees 5": few, "who sees 11,000": many} {
		for _, query := range []string{"example", "exampl", "example zebulon", "exampl zebu quagga", "example quagga 7", "example for", "zebulon", "example nothing", "zebulon xy"} {
			r := c.Do(t, `query($text: String!) { search(query: $text, types: [LEAD], first: 25) { node { id } } leads(search: $text, first: 100) { totalCount nodes { id } } }`,
				map[string]any{"text": query})
			total := int(r.Get(t, "leads.totalCount").(float64))
			var listed, got []string
			for i := 0; r.Text(t, fmt.Sprintf("leads.nodes.%d.id", i)) != ""; i++ {
				listed = append(listed, r.Text(t, fmt.Sprintf("leads.nodes.%d.id", i)))
			}
			for i := 0; r.Text(t, fmt.Sprintf("search.%d.node.id", i)) != ""; i++ {
				got = append(got, r.Text(t, fmt.Sprintf("search.%d.node.id", i)))
			}
			if len(got) != min(total, 25) {
				t.Errorf("%s finds %d by %q, the list has %d", who, len(got), query, total)
			}
			for _, key := range got {
				if total <= 100 && !slices.Contains(listed, key) {
					t.Errorf("%s finds %s by %q, which the list has not", who, key, query)
				}
			}
		}
	}
}

func TestSearchTakesOneFlight(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	wire, through := testdb.Tap(t, db.AppURL)
	tapped := *db
	tapped.AppURL = through
	env := apitest.On(t, &tapped, "DATABASE_POOL_SIZE=1")
	w := env.World(t, env.Acme)
	w.Fill(t, 2)
	wire.Operation(t)
	for _, c := range []*apitest.Client{w.Admin, w.Member} {
		for _, row := range []struct {
			text  string
			trips []int // how many statements are in each; the first also confirms who asks
		}{
			{`{ search(query: "of acme") { title node { id } } }`, []int{10}},
			{`{ search(query: "a1 b2 c3 d4", first: 25) { title node { ... on Lead { name } ... on Task { title } } } }`, []int{10}},
			{`{ search(query: "acme", types: [LEAD, TASK]) { title } }`, []int{3}},
			{`{ search(query: "acme", types: []) { title } }`, []int{1}},
			{`{ leads { nodes { id } } }`, []int{2}},
			{`{ leads(search: "of acme") { nodes { id } } }`, []int{2}},
			{`{ leads(search: "a b c d e f g") { nodes { id } totalCount } }`, []int{2, 1}},
			{`{ leads(filter: {city: {startsWith: "of"}, email: {equals: "of"}}) { nodes { id } } }`, []int{2}},
		} {
			c.Do(t, row.text, nil) // prepares the statements
			wire.Operation(t)
			sent := env.SQL.During(func() { c.Do(t, row.text, nil) })
			var got []int
			trips := wire.Operation(t)
			for _, trip := range trips {
				n := 0
				for statement := range strings.SplitSeq(trip, "; ") {
					if slices.Contains(sent, statement) {
						n++
					}
				}
				if n > 0 {
					got = append(got, n)
				}
			}
			if !slices.Equal(got, row.trips) {
				t.Errorf("%s\nsends %v statements, want %v:\n%s", row.text, got, row.trips, strings.Join(trips, "\n"))
			}
		}
	}
}

// createLeads makes many leads with few operations.
func createLeads(t *testing.T, c *apitest.Client, inputs []apitest.Input) {
	t.Helper()
	for batch := range slices.Chunk(inputs, 70) {
		declared, fields, variables := "", "", map[string]any{}
		for i, input := range batch {
			declared += fmt.Sprintf("$i%d: CreateLeadInput! ", i)
			fields += fmt.Sprintf("l%d: createLead(input: $i%[1]d) { lead { id } } ", i)
			variables[fmt.Sprintf("i%d", i)] = input
		}
		c.Do(t, "mutation("+declared+") { "+fields+"}", variables)
	}
}

// TestTextFiltersCompare holds every kind of text filter against a comparison in Go, on texts that are hard on an index of
// words.
func TestTextFiltersCompare(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	admin := env.Acme.Admin
	random := rand.New(rand.NewPCG(3, 7)) //nolint:gosec // the same rows each time
	pieces := []string{"12", "34567", "1234567", "+49 (30)", "123-4567", "abc", "ABC", "Müller", "MÜLLER", "mu\u0308ller", "Straße", "STRASSE", "ẞ", "O'Brien", "O’Brien",
		"a-b", "--", "%", "_", "\\", "50%", "a_b", "c:\\d", "...", "ﬁn", "Łódź", "x", "é", "e", "王小明", "１２３４５６７", "½", "x´y", "Acme™", "Ω", "ς", "Σ", "\"", "'", "$1", "&"}
	text := func() string {
		var b strings.Builder
		for n := 1 + random.IntN(4); n > 0; n-- {
			b.WriteString(pieces[random.IntN(len(pieces))])
			b.WriteString([]string{" ", " ", "  ", "", "-", "."}[random.IntN(6)])
		}
		return b.String()
	}
	const rows = 80
	inputs := make([]apitest.Input, rows)
	for i := range inputs {
		inputs[i] = apitest.Input{"title": fmt.Sprintf("row%d", i), "companyName": text(), "city": text(), "lastName": text(),
			"phone": []string{"12 34567", "12 34567 89", "+1 (212) 555-0165", "1234567", "(-)- 12 -", "030-1234567"}[random.IntN(6)]}
	}
	createLeads(t, admin, inputs)

	columns := []string{"companyName", "city", "lastName", "phone"}
	stored := map[string]map[string]string{}
	r := admin.Do(t, `{ leads(first: 100) { nodes { title companyName city lastName phone } } }`, nil)
	for i := range rows {
		at := fmt.Sprintf("leads.nodes.%d.", i)
		stored[r.Text(t, at+"title")] = map[string]string{}
		for _, column := range columns {
			stored[r.Text(t, at+"title")][column] = r.Text(t, at+column) // null is none of the texts below
		}
	}
	if len(stored) != rows {
		t.Fatalf("%d rows", len(stored))
	}
	holds := map[string]func(text, term string) bool{
		"equals":     func(text, term string) bool { return text == term },
		"startsWith": strings.HasPrefix,
		"contains":   strings.Contains,
	}
	type question struct{ column, operator, term string }
	var questions []question
	for _, row := range stored {
		for column, text := range row {
			whole := []rune(text)
			from := random.IntN(len(whole) + 1)
			to := from + random.IntN(len(whole)-from+1)
			for operator, term := range map[string]string{"equals": text, "startsWith": string(whole[:to]), "contains": string(whole[from:to])} {
				spelt := []string{term, strings.ToUpper(term), strings.ToLower(term), " " + term + " "}[random.IntN(4)]
				questions = append(questions, question{column, operator, spelt})
			}
		}
	}
	for range 200 {
		questions = append(questions, question{columns[random.IntN(4)], []string{"equals", "startsWith", "contains"}[random.IntN(3)], text()})
	}
	matches := 0
	for batch := range slices.Chunk(questions, 50) {
		declared, fields, variables := "", "", map[string]any{}
		for i, q := range batch {
			declared += fmt.Sprintf("$f%d: LeadFilter ", i)
			fields += fmt.Sprintf("q%d: leads(first: 100, filter: $f%[1]d) { nodes { title } } ", i)
			variables[fmt.Sprintf("f%d", i)] = map[string]any{q.column: map[string]any{q.operator: q.term}}
		}
		var found map[string]struct{ Nodes []struct{ Title string } }
		if err := json.Unmarshal(admin.Do(t, "query("+declared+") { "+fields+"}", variables).Data, &found); err != nil {
			t.Fatal(err)
		}
		for i, q := range batch {
			var want, got []string
			for title, row := range stored {
				if row[q.column] != "" && holds[q.operator](strings.ToLower(row[q.column]), strings.ToLower(strings.TrimSpace(q.term))) {
					want = append(want, title)
				}
			}
			for _, n := range found[fmt.Sprintf("q%d", i)].Nodes {
				got = append(got, n.Title)
			}
			slices.Sort(want)
			slices.Sort(got)
			matches += len(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s %s %q:\ngot  %v\nwant %v", q.column, q.operator, q.term, got, want)
			}
		}
	}
	if matches < len(questions) {
		t.Errorf("%d questions have %d matches, which proves little", len(questions), matches)
	}
}
