package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func accountFilter(f *graph.AccountFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Accounts.Text("name", f.Name.Value()),
		store.Accounts.Text("email", f.Email.Value()),
		store.Accounts.Text("phone", f.Phone.Value()),
		store.Accounts.Text("city", f.City.Value()),
		store.In("industry", f.Industries.Value()),
		store.Is("is_active", f.IsActive.Value()),
		store.Accounts.Custom(f.CustomFields.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Linked(store.Accounts.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Accounts.Link("TeamIDs"), f.TeamIds.Value()),
		store.Linked(store.Accounts.Link("TagIDs"), f.TagIds.Value()),
	}
}
