package seed
import ("testing";"os";"os/exec";"github.com/bottlecrm/bottlecrm-graphql/internal/testdb")
func TestZZ(t *testing.T) {
	if os.Getenv("ZZ")=="" {t.Skip()}
		s := testdb.New(t)
		o := LoadOptions{Orgs:2,Members:5,Leads:20000, DB:connect(t,s.AppURL), AdminURL:s.AdminURL}
		_,err := Load(t.Context(),o); t.Log(err)
	c := exec.Command("/usr/lib/postgresql/15/bin/psql", s.AdminURL, "-f", "/tmp/zz.sql")
	c.Stdout, c.Stderr = os.Stdout, os.Stdout
	c.Run()
}
