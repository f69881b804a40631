package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// BoardMembers are who sees a board (domain: B.18). One of them is its owner, who stays so until handing it over.
var BoardMembers = new(Entity[model.BoardMember])

func init() {
	*BoardMembers = Entity[model.BoardMember]{
		Noun: "member", Resource: "boards", Parent: "board_id",
		Order:        map[string]string{"CREATED_AT": "created_at"},
		Read:         ofMembers("board_id"),
		Refs:         []Ref{{"BoardID", Boards}, {"ProfileID", Profiles}},
		Check:        checkBoardMember,
		After:        handOver,
		BeforeDelete: takeOffCards,
	}
}

// UpdateBoardMember changes what a member may do.
func UpdateBoardMember(ctx context.Context, key [16]byte, version *int, input any) (*model.BoardMember, error) {
	if err := holdWhole(ctx, Boards, BoardMembers, key); err != nil {
		return nil, err
	}
	return BoardMembers.Update(ctx, key, version, input)
}

// DeleteBoardMember takes a member off a board.
func DeleteBoardMember(ctx context.Context, key [16]byte) error {
	if err := holdWhole(ctx, Boards, BoardMembers, key); err != nil {
		return err
	}
	return BoardMembers.Delete(ctx, key)
}

func checkBoardMember(ctx context.Context, c *Change[model.BoardMember]) error {
	m := c.Row
	if err := mayArrange(ctx, c.viewer, m.BoardID); err != nil {
		return err
	}
	switch isOwner := m.Role == model.BoardOwner; {
	case c.Created() && isOwner:
		return fault.Field("role", "a board has one owner; add a member and hand it over to them")
	case c.Created() || c.Before.Role == m.Role:
		return nil
	case c.Before.Role == model.BoardOwner:
		return ownerStays()
	case isOwner:
		return mayHandOver(ctx, c)
	}
	return nil
}

func ownerStays() error {
	return fault.New(fault.Conflict, "the owner of a board stays so until handing it over to another member")
}

func mayHandOver(ctx context.Context, c *Change[model.BoardMember]) error {
	role, err := boardRole(ctx, c.viewer, c.Row.BoardID)
	if err != nil {
		return err
	}
	if role != model.BoardOwner {
		return fault.New(fault.Forbidden, "only its owner may hand a board over")
	}
	active, err := Profiles.pick(ctx, [][16]byte{c.Row.ProfileID})
	if err == nil && !active[c.Row.ProfileID] {
		err = fault.Field("role", "a suspended member cannot become the owner")
	}
	return err
}

// handOver makes the board the new owner's, and the one before an admin of it.
func handOver(ctx context.Context, c *Change[model.BoardMember]) error {
	m := c.Row
	if c.Created() || m.Role != model.BoardOwner || c.Before.Role == m.Role {
		return nil
	}
	const changed = ", updated_at = $4, updated_by_id = $5, version = version + 1 WHERE org_id = $1 AND "
	for _, text := range []string{
		"UPDATE board_member SET role = 'admin'" + changed + "board_id = $2 AND role = 'owner' AND profile_id <> $3",
		"UPDATE board SET owner_id = $3" + changed + "id = $2",
	} {
		if _, err := tenant.Exec(ctx, text, [16]byte(m.OrgID), [16]byte(m.BoardID), [16]byte(m.ProfileID), tenant.Now(ctx), [16]byte(c.viewer.UserID)); err != nil {
			return fmt.Errorf("hand the board over: %w", err)
		}
	}
	return nil
}

// takeOffCards ends what a member who goes was assigned to: cards are assigned to members of their board.
func takeOffCards(ctx context.Context, m *model.BoardMember) error {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return err
	}
	if err := mayArrange(ctx, v, m.BoardID); err != nil {
		return err
	}
	if m.Role == model.BoardOwner {
		return ownerStays()
	}
	_, err = tenant.Exec(ctx, `DELETE FROM board_task_assigned_to AS a USING board_task AS t WHERE a.org_id = $1 AND t.org_id = $1
		AND t.board_id = $2 AND a.board_task_id = t.id AND a.profile_id = $3`, [16]byte(m.OrgID), [16]byte(m.BoardID), [16]byte(m.ProfileID))
	if err != nil {
		return fmt.Errorf("take the member off the cards: %w", err)
	}
	return nil
}
