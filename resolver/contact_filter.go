package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func contactFilter(f *graph.ContactFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Contacts.Text("first_name", f.FirstName.Value()),
		store.Contacts.Text("last_name", f.LastName.Value()),
		store.Contacts.Text("email", f.Email.Value()),
		store.Contacts.Text("phone", f.Phone.Value()),
		store.Contacts.Text("city", f.City.Value()),
		store.In("account_id", f.AccountIds.Value()),
		store.Is("is_active", f.IsActive.Value()),
		store.Contacts.Custom(f.CustomFields.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Linked(store.Contacts.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Contacts.Link("TeamIDs"), f.TeamIds.Value()),
		store.Linked(store.Contacts.Link("TagIDs"), f.TagIds.Value()),
	}
}
