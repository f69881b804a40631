package store

import "github.com/bottlecrm/bottlecrm-graphql/model"

// Teams are members who work together; every member reads them, admins write (domain: B.12).
var Teams = new(Entity[model.Team])

// TeamMembers are the profiles in a team.
var TeamMembers = Link{Field: "MemberIDs", Table: "teams_users", Left: "team_id", Right: "profile_id", To: Profiles}

func init() {
	*Teams = Entity[model.Team]{
		Noun: "team", Kind: model.OfTeam, Resource: "teams",
		Order:    map[string]string{"CREATED_AT": "created_at", "NAME": "name"},
		Search:   []string{"name"},
		Links:    []Link{TeamMembers},
		MayWrite: adminsOnly,
	}
}
