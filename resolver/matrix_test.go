package resolver_test

import (
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// Who may do what (domain: part D), one row for each field of Query and Mutation, for each kind of record that node finds,
// and for each field of a record that leads to other records. A field without a row fails the tests, and a row without a
// field. Rows are sorted by name.
//
// A field is tried by everybody in callers, over HTTP, on a record that the creator made (or an admin, where only admins
// make one), that is assigned to the assignee and shared with the team of the teammate. On a board, the assignee is a member
// who neither owns nor arranges it. A class says what each caller gets: done (it is written), shown, absent (null, or not
// in the list, as if it did not exist), answered (without an error, and nothing is written in either organization),
// elsewhere (it is written in the caller's own organization), or the code of the refusal. Whatever is refused must have
// written nothing, and NOT_FOUND, INVALID and absent must be the answers to an id of nothing.
//
// A new entity is a row for each of its fields. One with rules of its own is a class more. One more caller is a name in
// callers, a person in newCast, and a word in each class.
//
//	callers: anonymous, an admin of another organization, a member who has nothing to do with the record, one who only
//	watches it (cases; of all else the same as a stranger), who it is assigned to, a member of its team, who created it,
//	an admin of the organization.
var callers = []string{"anonymous", "foreign", "stranger", "watcher", "assignee", "teammate", "creator", "admin"}

var (
	// What is read.                   foreign  stranger watcher assignee teammate creator admin
	seen      = class("UNAUTHENTICATED absent absent absent shown shown shown shown")                   // records that are assigned and shared, and what is about them
	seenCase  = class("UNAUTHENTICATED absent absent shown shown shown shown shown")                    // also by whom they concern
	public    = class("UNAUTHENTICATED absent shown shown shown shown shown shown")                     // by every member
	onBoard   = class("UNAUTHENTICATED absent absent absent shown absent shown absent")                 // by the members of a board; an admin of the organization is none
	own       = class("UNAUTHENTICATED absent absent absent absent absent shown absent")                // by whom it belongs to
	ownOrRule = class("UNAUTHENTICATED absent absent absent absent absent shown shown")                 // and by admins
	toAdmins  = class("UNAUTHENTICATED absent absent absent absent absent absent shown")                // by admins; to others it does not exist
	forAdmins = class("UNAUTHENTICATED absent FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN shown") // by admins; the question is refused to others
	aboutSelf = class("UNAUTHENTICATED answered answered answered answered answered answered answered") // what the caller is told of themselves

	// What is written without a record to write on.
	create      = class("UNAUTHENTICATED elsewhere done done done done done done")                          // by every member, in their organization
	createRule  = class("UNAUTHENTICATED elsewhere FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN done") // by admins
	ruleOn      = class("UNAUTHENTICATED INVALID FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN done")   // on what every member reads, by admins
	createOn    = class("UNAUTHENTICATED INVALID INVALID INVALID done done done done")                      // on a record, by who may change it
	addToBoard  = class("UNAUTHENTICATED INVALID INVALID INVALID done INVALID done INVALID")                // by the members of a board
	arrange     = class("UNAUTHENTICATED INVALID INVALID INVALID FORBIDDEN INVALID done INVALID")           // by who arranges the board
	apart       = class("UNAUTHENTICATED answered answered answered answered answered answered answered")   // in no organization that is there yet
	enter       = class("UNAUTHENTICATED NOT_FOUND answered answered answered answered answered answered")  // of the caller's own organizations
	toEverybody = class("answered answered answered answered answered answered answered answered")          // whoever asks
	bySecret    = class(strings.Repeat("UNAUTHENTICATED ", len(callers)))                                   // the secret in the input decides, and here it is a wrong one

	// What is written on a record.
	change       = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND NOT_FOUND done done done done")                // by who is handed it, creators and admins
	changeCase   = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND FORBIDDEN done done done done")                // to watch is not to be handed it
	watch        = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND answered done done done done")                 // by who reads it; the watcher does so already
	unwatch      = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND done answered answered answered answered")     // and may cease
	remove       = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND NOT_FOUND FORBIDDEN FORBIDDEN done done")      // by creators and admins; also what authors write
	removeCase   = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND FORBIDDEN FORBIDDEN FORBIDDEN done done")      // the same
	rule         = class("UNAUTHENTICATED NOT_FOUND FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN done") // by admins; every member reads it
	ownOrRuled   = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND done done")      // by whom it belongs to and admins
	onCard       = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND NOT_FOUND done NOT_FOUND done NOT_FOUND")      // by the members of a board
	arrangeBoard = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND NOT_FOUND FORBIDDEN NOT_FOUND done NOT_FOUND") // by who arranges it

	// To what a record leads. Whoever does not see the record is led nowhere.
	open     = class("open")     // to all: it belongs to the record, or every member reads it
	narrowed = class("narrowed") // to what the caller sees of it
)

var matrix = []row{
	{"*.activities", open, nil},
	{"*.assignedTo", open, nil},
	{"*.attachments", open, nil},
	{"*.comments", open, nil},
	{"*.createdBy", open, nil},
	{"*.tags", open, nil},
	{"*.teams", open, nil},
	{"*.updatedBy", open, nil},
	{"Account.cases", narrowed, nil},
	{"Account.contacts", narrowed, nil},
	{"Account.leads", narrowed, nil},
	{"Account.opportunities", narrowed, nil},
	{"Account.tasks", narrowed, nil},
	{"Account.timeline", narrowed, nil},
	{"Activity.actor", open, nil},
	{"Board.columns", open, nil},
	{"Board.members", open, nil},
	{"Board.owner", open, nil},
	{"BoardColumn.board", open, nil},
	{"BoardColumn.tasks", open, nil},
	{"BoardMember.board", open, nil},
	{"BoardMember.profile", open, nil},
	{"BoardTask.account", narrowed, nil},
	{"BoardTask.board", open, nil},
	{"BoardTask.column", open, nil},
	{"BoardTask.contact", narrowed, nil},
	{"BoardTask.opportunity", narrowed, nil},
	{"Case.account", narrowed, nil},
	{"Case.contacts", narrowed, nil},
	{"Case.watchers", open, nil},
	{"Comment.author", open, nil},
	{"Comment.files", open, nil},
	{"Comment.mentions", open, nil},
	{"Contact.account", narrowed, nil},
	{"Contact.cases", narrowed, nil},
	{"Contact.opportunities", narrowed, nil},
	{"Contact.tasks", narrowed, nil},
	{"Document.sharedTo", open, nil},
	{"Lead.contacts", narrowed, nil},
	{"Lead.convertedAccount", narrowed, nil},
	{"Lead.convertedContact", narrowed, nil},
	{"Lead.convertedOpportunity", narrowed, nil},
	{"Lead.tasks", narrowed, nil},
	{"Mutation.archiveTag", rule, nil},
	{"Mutation.closeCase", changeCase, nil},
	{"Mutation.convertLead", change, nil},
	{"Mutation.createAccount", create, nil},
	{"Mutation.createAttachment", createOn, nil},
	{"Mutation.createBoard", create, nil},
	{"Mutation.createBoardColumn", arrange, nil},
	{"Mutation.createBoardMember", arrange, nil},
	{"Mutation.createBoardTask", addToBoard, nil},
	{"Mutation.createCase", create, nil},
	{"Mutation.createComment", createOn, nil},
	{"Mutation.createContact", create, nil},
	{"Mutation.createDocument", create, nil},
	{"Mutation.createLead", create, nil},
	{"Mutation.createOpportunity", create, nil},
	{"Mutation.createOrganization", apart, nil},
	{"Mutation.createPersonalAccessToken", create, nil},
	{"Mutation.createTag", createRule, nil},
	{"Mutation.createTask", create, nil},
	{"Mutation.createTeam", createRule, nil},
	{"Mutation.deleteAccount", remove, nil},
	{"Mutation.deleteAttachment", remove, nil},
	{"Mutation.deleteBoard", arrangeBoard, nil},
	{"Mutation.deleteBoardColumn", arrangeBoard, nil},
	{"Mutation.deleteBoardMember", arrangeBoard, nil},
	{"Mutation.deleteBoardTask", onCard, nil},
	{"Mutation.deleteCase", removeCase, nil},
	{"Mutation.deleteComment", remove, nil},
	{"Mutation.deleteContact", remove, nil},
	{"Mutation.deleteDocument", remove, nil},
	{"Mutation.deleteLead", remove, nil},
	{"Mutation.deleteOpportunity", remove, nil},
	{"Mutation.deleteTag", rule, nil},
	{"Mutation.deleteTask", remove, nil},
	{"Mutation.deleteTeam", rule, nil},
	{"Mutation.importCases", createRule, aSheet("name,status,priority\nIt leaks,New,High\n")},
	{"Mutation.importContacts", createRule, aSheet("first_name,last_name\nAda,Lovelace\n")},
	{"Mutation.importLeads", createRule, aSheet("title,email\nPaper,paper@mail.example\n")},
	{"Mutation.inviteMember", createRule, nil},
	{"Mutation.mergeTags", ruleOn, nil},
	{"Mutation.moveBoardColumn", arrangeBoard, saying("position", 0)},
	{"Mutation.moveBoardTask", onCard, toAnotherColumn},
	{"Mutation.refreshSession", bySecret, nil},
	{"Mutation.removeMember", rule, nil},
	{"Mutation.reopenCase", changeCase, closed},
	{"Mutation.requestSignIn", toEverybody, nil},
	{"Mutation.restoreTag", rule, archived},
	{"Mutation.revokePersonalAccessToken", ownOrRuled, nil},
	{"Mutation.signIn", bySecret, saying("token", "a wrong one")},
	{"Mutation.signOut", toEverybody, nil},
	{"Mutation.switchOrganization", enter, nil},
	{"Mutation.unwatchCase", unwatch, nil},
	{"Mutation.updateAccount", change, nil},
	{"Mutation.updateBoard", arrangeBoard, nil},
	{"Mutation.updateBoardColumn", arrangeBoard, nil},
	{"Mutation.updateBoardMember", arrangeBoard, saying("role", "ADMIN")},
	{"Mutation.updateBoardTask", onCard, nil},
	{"Mutation.updateCase", changeCase, nil},
	{"Mutation.updateComment", remove, nil},
	{"Mutation.updateContact", change, nil},
	{"Mutation.updateDocument", remove, nil},
	{"Mutation.updateLead", change, nil},
	{"Mutation.updateMember", rule, saying("hasSalesAccess", true)},
	{"Mutation.updateMyProfile", create, nil},
	{"Mutation.updateOpportunity", change, nil},
	{"Mutation.updateOrganization", createRule, nil},
	{"Mutation.updateTag", rule, nil},
	{"Mutation.updateTask", change, nil},
	{"Mutation.updateTeam", rule, nil},
	{"Mutation.watchCase", watch, nil},
	{"Node.Account", seen, nil},
	{"Node.Activity", seen, nil},
	{"Node.Attachment", seen, nil},
	{"Node.Board", onBoard, nil},
	{"Node.BoardColumn", onBoard, nil},
	{"Node.BoardMember", onBoard, nil},
	{"Node.BoardTask", onBoard, nil},
	{"Node.Case", seenCase, nil},
	{"Node.Comment", seen, nil},
	{"Node.CommentFile", seen, nil},
	{"Node.Contact", seen, nil},
	{"Node.Document", seen, nil},
	{"Node.Lead", seen, nil},
	{"Node.Opportunity", seen, nil},
	{"Node.Organization", public, nil},
	{"Node.PersonalAccessToken", ownOrRule, nil},
	{"Node.Profile", public, nil},
	{"Node.SecurityAuditLog", toAdmins, nil},
	{"Node.Tag", public, nil},
	{"Node.Task", seen, nil},
	{"Node.Team", public, nil},
	{"Node.User", public, nil},
	{"Opportunity.account", narrowed, nil},
	{"Opportunity.closedBy", open, nil},
	{"Opportunity.contacts", narrowed, nil},
	{"Opportunity.tasks", narrowed, nil},
	{"PersonalAccessToken.owner", open, nil},
	{"Profile.user", open, nil},
	{"Query.account", seen, nil},
	{"Query.accounts", seen, nil},
	{"Query.activities", seen, nil},
	{"Query.activity", seen, nil},
	{"Query.attachment", seen, nil},
	{"Query.board", onBoard, nil},
	{"Query.boardColumn", onBoard, nil},
	{"Query.boardMember", onBoard, nil},
	{"Query.boardTask", onBoard, nil},
	{"Query.boardTasks", onBoard, nil},
	{"Query.boards", onBoard, nil},
	{"Query.case", seenCase, nil},
	{"Query.cases", seenCase, nil},
	{"Query.comment", seen, nil},
	{"Query.comments", seen, onItsRecord},
	{"Query.contact", seen, nil},
	{"Query.contacts", seen, nil},
	{"Query.dashboard", aboutSelf, nil},
	{"Query.document", seen, nil},
	{"Query.documents", seen, nil},
	{"Query.lead", seen, nil},
	{"Query.leads", seen, nil},
	{"Query.opportunities", seen, nil},
	{"Query.opportunity", seen, nil},
	{"Query.personalAccessTokens", own, nil},
	{"Query.personalAccessTokens(all)", forAdmins, saying("all", true)},
	{"Query.possibleDuplicates", seen, itsCandidate},
	{"Query.profile", public, nil},
	{"Query.profiles", public, nil},
	{"Query.reports", aboutSelf, nil},
	{"Query.search", seen, itsName},
	{"Query.securityAuditLogs", forAdmins, nil},
	{"Query.tag", public, nil},
	{"Query.tags", public, nil},
	{"Query.task", seen, nil},
	{"Query.tasks", seen, nil},
	{"Query.team", public, nil},
	{"Query.teams", public, nil},
	{"Query.today", aboutSelf, nil},
	{"Query.viewer", aboutSelf, nil},
	{"SecurityAuditLog.user", open, nil},
	{"Task.account", narrowed, nil},
	{"Task.contacts", narrowed, nil},
	{"Task.lead", narrowed, nil},
	{"Task.opportunity", narrowed, nil},
	{"Team.members", open, nil},
}

// preparation says what a field is given besides what it needs, for a target, and makes what must be there before.
type preparation func(t *testing.T, c *cast, target string) apitest.Input

func saying(field string, value any) preparation {
	return func(*testing.T, *cast, string) apitest.Input { return apitest.Input{field: value} }
}

func aSheet(text string) preparation { return saying("file", apitest.File{Name: "a.csv", Body: text}) }

// closed ends a case, so that it can be reopened.
func closed(t *testing.T, c *cast, target string) apitest.Input {
	t.Helper()
	c.w.Admin.Update(t, "Case", target, apitest.Input{"status": "CLOSED"})
	return nil
}

// toAnotherColumn adds one to the card's board, for the card to go to.
func toAnotherColumn(t *testing.T, c *cast, target string) apitest.Input {
	t.Helper()
	r := c.people["creator"].Do(t, "query($id: ID!) { boardTask(id: $id) { board { id } } }", map[string]any{"id": target})
	board := r.Text(t, "boardTask.board.id")
	return apitest.Input{"columnId": c.people["creator"].Create(t, "BoardColumn", apitest.Input{"boardId": board})}
}

// onItsRecord names the record that a comment is on.
func onItsRecord(_ *testing.T, c *cast, target string) apitest.Input {
	input, _ := c.made[target].Variables["input"].(map[string]any)
	return apitest.Input{"entityType": input["entityType"], "entityId": input["entityId"]}
}

// itsName seeks the record by its name.
func itsName(_ *testing.T, c *cast, target string) apitest.Input {
	input, _ := c.made[target].Variables["input"].(map[string]any)
	return apitest.Input{"query": input["name"], "first": 25}
}

// itsCandidate is about to write another of its name.
func itsCandidate(_ *testing.T, c *cast, target string) apitest.Input {
	input, _ := c.made[target].Variables["input"].(map[string]any)
	return apitest.Input{"account": map[string]any{"name": input["name"]}}
}

// archived archives a tag, so that it can be restored.
func archived(t *testing.T, c *cast, target string) apitest.Input {
	t.Helper()
	c.w.Admin.Update(t, "Tag", target, apitest.Input{"isActive": false})
	return nil
}

// questions tells which kind of record a query is tried for, where its type does not.
var questions = map[string]string{"Query.search": "Account", "Query.possibleDuplicates": "Account"}

// joined is what follows the making of a record, so that everybody stands to it as the matrix has it.
func joined(t *testing.T, c *cast, kind, target string) {
	t.Helper()
	switch kind {
	case "Board":
		c.people["creator"].Create(t, "BoardMember", apitest.Input{"boardId": target, "profileId": c.profile("assignee"), "role": "MEMBER"})
	case "Case": // who is mentioned watches it
		c.people["creator"].Create(t, "Comment", apitest.Input{"entityType": "CASE", "entityId": target, "comment": "@watcher, look"})
	}
}

// found is a record that no mutation makes, or that only comes by the way; empty when there is a mutation.
func found(t *testing.T, c *cast, kind string) string {
	t.Helper()
	switch kind {
	case "Organization":
		return c.orgs[0]
	case "User":
		return c.people["creator"].Do(t, "{ viewer { user { id } } }", nil).Text(t, "viewer.user.id")
	case "Activity":
		r := c.w.Admin.Do(t, "query($id: ID!) { account(id: $id) { activities { nodes { id } } } }", map[string]any{"id": c.make(t, "Account")})
		return r.Text(t, "account.activities.nodes.0.id")
	case "CommentFile":
		comment := c.people["creator"].Create(t, "Comment", apitest.Input{"entityType": "ACCOUNT", "entityId": c.make(t, "Account"),
			"files": []any{apitest.File{Name: "a.txt", Body: "a"}}})
		r := c.people["creator"].Do(t, "query($id: ID!) { comment(id: $id) { files { id } } }", map[string]any{"id": comment})
		return r.Text(t, "comment.files.0.id")
	case "SecurityAuditLog":
		c.people["creator"].Refused(t, "FORBIDDEN", `mutation { createTag(input: {name: "x"}) { tag { id } } }`, nil)
		return c.w.Admin.Do(t, "{ securityAuditLogs { nodes { id } } }", nil).Text(t, "securityAuditLogs.nodes.0.id")
	}
	return ""
}
