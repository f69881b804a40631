package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Profiles are memberships (domain: A.4). Every member reads who the others are; admins invite, change and remove
// them; nobody changes their own role; the last active admin stays one.
var Profiles = new(Entity[model.Profile])

func init() {
	*Profiles = Entity[model.Profile]{
		Noun: "member", Resource: "profiles",
		With:     "(SELECT p.*, u.name AS user_name, u.email AS user_email FROM profile AS p LEFT JOIN users AS u ON u.id = p.user_id WHERE p.org_id = $1)",
		Beside:   []string{"user_name", "user_email"},
		Order:    map[string]string{"CREATED_AT": "created_at"},
		Pickable: isActive, // suspended ones get nothing new
	}
}

// MembersNamed holds where the member's name or address contains every word.
func MembersNamed(search *string) Cond {
	if search == nil {
		return nil
	}
	words := strings.Fields(fold(*search))
	return func(s *statement, t string) string {
		parts := []string{"u.id = " + t + ".user_id"}
		for _, w := range words {
			parts = append(parts, "strpos(lower(concat_ws(' ', u.name, u.email)), "+s.arg(w)+") > 0")
		}
		return "EXISTS (SELECT 1 FROM users AS u WHERE " + strings.Join(parts, " AND ") + ")"
	}
}

// Invite adds a person to the organization. A known user is reused: their name and address are theirs.
func Invite(ctx context.Context, email string, name *string, role model.Role) (*model.Profile, error) {
	v, err := manager(ctx)
	if err != nil {
		return nil, err
	}
	user, err := EnsureUser(ctx, email, name)
	if err != nil {
		return nil, err
	}
	now := tenant.Now(ctx)
	p := &model.Profile{ID: id.New[id.Profile](), OrgID: v.OrgID, UserID: user, Role: role, IsActive: true, CreatedAt: now, UpdatedAt: now}
	touched, err := tenant.Exec(ctx, `INSERT INTO profile (org_id, id, user_id, role, created_at, updated_at, created_by_id, updated_by_id)
		VALUES ($1, $2, $3, $4, $5, $5, $6, $6) ON CONFLICT (org_id, user_id) DO NOTHING`,
		[16]byte(v.OrgID), [16]byte(p.ID), [16]byte(user), string(role), now, [16]byte(v.UserID))
	if err != nil {
		return nil, fmt.Errorf("add the member: %w", err)
	}
	if touched == 0 {
		return nil, conflictOn("email", "this person is a member already")
	}
	return p, nil
}

// EnsureUser finds the user with an address, or makes one.
func EnsureUser(ctx context.Context, email string, name *string) (id.User, error) {
	email = strings.ToLower(email)
	given, _, _ := strings.Cut(email, "@")
	if name != nil && *name != "" {
		given = *name
	}
	if _, err := tenant.Exec(ctx, "INSERT INTO users (id, email, name) VALUES ($1, $2, $3) ON CONFLICT (email) DO NOTHING",
		[16]byte(id.New[id.User]()), email, cut(given, 255)); err != nil {
		return id.User{}, fmt.Errorf("add the user: %w", err)
	}
	var found id.User
	if err := tenant.Select(ctx, &found, "SELECT id FROM users WHERE email = $1", email); err != nil {
		return id.User{}, fmt.Errorf("find the user: %w", err)
	}
	return found, nil
}

// UpdateMember changes a member by an admin's input. It tells whether the membership was suspended by it.
func UpdateMember(ctx context.Context, key [16]byte, input any) (p *model.Profile, suspended bool, err error) {
	v, err := manager(ctx)
	if err != nil {
		return nil, false, err
	}
	admins, err := lockAdmins(ctx, v)
	if err != nil {
		return nil, false, err
	}
	if p, err = Profiles.lock(ctx, key, nil); err != nil {
		return nil, false, err
	}
	before := *p
	if _, err = patch.Apply(p, input); err != nil {
		return nil, false, err
	}
	if p.ID == v.ProfileID && p.Role != before.Role {
		return nil, false, fault.New(fault.Forbidden, "nobody changes their own role")
	}
	if !p.IsActive && len(admins) == 1 && admins[0] == p.ID {
		return nil, false, fault.New(fault.Conflict, "the organization's last active admin must stay one")
	}
	_, err = tenant.Exec(ctx, `UPDATE profile SET role = $3, is_active = $4, has_sales_access = $5, has_marketing_access = $6,
		updated_at = $7, updated_by_id = $8, version = version + 1 WHERE org_id = $1 AND id = $2`,
		[16]byte(v.OrgID), key, string(p.Role), p.IsActive, p.HasSalesAccess, p.HasMarketingAccess, tenant.Now(ctx), [16]byte(v.UserID))
	if err != nil {
		return nil, false, fmt.Errorf("update the member: %w", err)
	}
	return p, before.IsActive && !p.IsActive, nil
}

// RemoveMember ends a membership. What the member wrote stays, with their name.
func RemoveMember(ctx context.Context, key [16]byte) (*model.Profile, error) {
	v, err := manager(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := lockAdmins(ctx, v); err != nil { // the viewer is one of them and stays one
		return nil, err
	}
	p, err := Profiles.lock(ctx, key, nil)
	if err != nil {
		return nil, err
	}
	if p.ID == v.ProfileID {
		return nil, fault.New(fault.Forbidden, "nobody removes themselves")
	}
	if _, err := tenant.Exec(ctx, "DELETE FROM profile WHERE org_id = $1 AND id = $2", [16]byte(v.OrgID), key); err != nil {
		return nil, Refused("member", err)
	}
	return p, nil
}

// UpdateMyProfile changes the viewer's own name, numbers and address.
func UpdateMyProfile(ctx context.Context, input any) (*model.Profile, error) {
	s, err := begin(ctx, Profiles.Resource, "write")
	if err != nil {
		return nil, err
	}
	v := s.viewer
	p, err := Profiles.lock(ctx, v.ProfileID, nil)
	if err != nil {
		return nil, err
	}
	set, err := patch.Apply(p, input)
	if err != nil {
		return nil, err
	}
	var faults fault.List
	checkTags(p, set, false, &faults)
	if set["Name"] && (p.Name == nil || utf8.RuneCountInString(*p.Name) > 255) {
		faults.Add("name", "must have 1 to 255 characters")
	}
	checkAddress(p, &faults)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if set["Address"] {
		if err := writeAddress(ctx, v, p); err != nil {
			return nil, err
		}
	}
	if set["Name"] {
		if _, err := tenant.Exec(ctx, "UPDATE users SET name = $2, updated_at = $3 WHERE id = $1",
			[16]byte(v.UserID), *p.Name, tenant.Now(ctx)); err != nil {
			return nil, fmt.Errorf("update the user: %w", err)
		}
	}
	_, err = tenant.Exec(ctx, `UPDATE profile SET phone = $3, alternate_phone = $4, date_of_joining = $5, updated_at = $6,
		updated_by_id = $7, address_id = $8, version = version + 1 WHERE org_id = $1 AND id = $2`,
		[16]byte(v.OrgID), [16]byte(v.ProfileID), bindable(p.Phone), bindable(p.AlternatePhone), bindable(p.DateOfJoining),
		tenant.Now(ctx), [16]byte(v.UserID), bindable(p.AddressID))
	if err != nil {
		return nil, Refused("member", err)
	}
	return p, nil
}

// manager is a viewer who may manage members: an admin, and no program's token (domain: A.8).
func manager(ctx context.Context) (*tenant.Viewer, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	if err := adminsOnly(v); err != nil {
		return nil, err
	}
	return v, notByToken(v)
}

// notByToken keeps personal access tokens away from credentials, whatever their scopes.
func notByToken(v *tenant.Viewer) error {
	if v.ViaToken {
		return fault.New(fault.Forbidden, "a personal access token may not manage members or credentials; sign in instead")
	}
	return nil
}

// lockAdmins holds all active admins until the end of the transaction, always in the same order, so that two of them
// cannot demote each other at once: the second is no admin any more.
func lockAdmins(ctx context.Context, v *tenant.Viewer) ([]id.Profile, error) {
	var admins []id.Profile
	err := tenant.Select(ctx, &admins, "SELECT id FROM profile WHERE org_id = $1 AND role = 'ADMIN' AND is_active ORDER BY id FOR UPDATE",
		[16]byte(v.OrgID))
	if err != nil {
		return nil, fmt.Errorf("lock the admins: %w", err)
	}
	if !slices.Contains(admins, v.ProfileID) {
		return nil, fault.New(fault.Forbidden, "you are no admin of the organization any more")
	}
	return admins, nil
}
