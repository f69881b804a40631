package auth_test

import (
	"sync"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

func TestLastUsed(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	const lastUsed = "SELECT last_used_at FROM personal_access_token WHERE profile_id = (" + theirs + ")"
	used := func(email string) *time.Time { return one[*time.Time](t, env, lastUsed, email) }

	t.Run("a use is noted at most once a minute", func(t *testing.T) {
		t.Parallel()
		client := env.Acme.Member
		if used(client.Email) != nil {
			t.Fatal("noted before any use")
		}
		client.Do(t, leads, nil)
		first := used(client.Email)
		if first == nil || time.Since(*first) > time.Minute {
			t.Fatalf("the first use is noted as %v", first)
		}
		client.Do(t, leads, nil)
		if again := used(client.Email); !again.Equal(*first) {
			t.Errorf("noted at %s and again at %s", first, again)
		}
		admin(t, env, "UPDATE personal_access_token SET last_used_at = now() - interval '61 seconds' WHERE profile_id = ("+theirs+")", client.Email)
		client.Do(t, leads, nil)
		if later := used(client.Email); time.Since(*later) > 30*time.Second {
			t.Errorf("a minute later still %s", later)
		}
	})
	t.Run("a token is used for the first time only once, whoever hurries", func(t *testing.T) {
		t.Parallel()
		client := env.Join(t, "Globex", "swarm@globex.example", model.RoleUser)
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() { client.Do(t, leads, nil) })
		}
		all.Wait()
		const firsts = `SELECT count(*) FROM security_audit_log l JOIN users u ON u.id = l.user_id WHERE l.event_type = 'API_KEY_USED' AND u.email = $1`
		if n := one[int](t, env, firsts, client.Email); n != 1 {
			t.Errorf("%d first uses are in the ledger", n)
		}
	})
	t.Run("a refused use is not noted", func(t *testing.T) {
		t.Parallel()
		client := env.Join(t, "Globex", "gone@globex.example", model.RoleUser)
		admin(t, env, "UPDATE profile SET is_active = false WHERE id = ("+theirs+")", client.Email)
		client.Refused(t, "UNAUTHENTICATED", leads, nil)
		if got := used(client.Email); got != nil {
			t.Errorf("noted as %s", got)
		}
	})
}
