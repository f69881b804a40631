package resolver_test

import (
	"fmt"
	"maps"
	"slices"
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
	seen      = class("UNAUTHENTICATED absent absent absent shown shown shown shown")                        // records that are assigned and shared, and what is about them
	seenCase  = class("UNAUTHENTICATED absent absent shown shown shown shown shown")                         // also by whom they concern
	suggested = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND shown shown shown shown shown")                   // for a case, by who reads it
	public    = class("UNAUTHENTICATED absent shown shown shown shown shown shown")                          // by every member
	onBoard   = class("UNAUTHENTICATED absent absent absent shown absent shown absent")                      // by the members of a board; an admin of the organization is none
	own       = class("UNAUTHENTICATED absent absent absent absent absent shown absent")                     // by whom it belongs to
	ownOrRule = class("UNAUTHENTICATED absent absent absent absent absent shown shown")                      // and by admins
	toAdmins  = class("UNAUTHENTICATED absent absent absent absent absent absent shown")                     // by admins; to others it does not exist
	forAdmins = class("UNAUTHENTICATED absent FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN shown")      // by admins; the question is refused to others
	runsRule  = class("UNAUTHENTICATED answered FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN done")     // by admins, over all that is due in their organization
	reported  = class("UNAUTHENTICATED answered FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN answered") // all reports, of which one is for admins
	aboutSelf = class("UNAUTHENTICATED answered answered answered answered answered answered answered")      // what the caller is told of themselves

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
	unwatch      = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND done done answered answered answered")         // and may cease, as may the assignee, who watches too
	remove       = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND NOT_FOUND FORBIDDEN FORBIDDEN done done")      // by creators and admins; also what authors write
	removeCase   = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND FORBIDDEN FORBIDDEN FORBIDDEN done done")      // the same
	authored     = class("UNAUTHENTICATED NOT_FOUND FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN done done")      // by creators and admins; every member reads it
	rule         = class("UNAUTHENTICATED NOT_FOUND FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN done") // by admins; every member reads it
	ownOrRuled   = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND done done")      // by whom it belongs to and admins
	onCard       = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND NOT_FOUND done NOT_FOUND done NOT_FOUND")      // by the members of a board
	arrangeBoard = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND NOT_FOUND FORBIDDEN NOT_FOUND done NOT_FOUND") // by who arranges it

	onOwn     = class("UNAUTHENTICATED NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND done NOT_FOUND") // by whom it belongs to
	answerAll = class("UNAUTHENTICATED answered done done done done done done")                           // on what is the caller's, which everybody else has some of

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
	{"*.pipeline", open, nil},
	{"*.stage", open, nil},
	{"*.stages", open, nil},
	{"*.tags", open, nil},
	{"*.teams", open, nil},
	{"*.updatedBy", open, nil},
	{"Account.cases", narrowed, nil},
	{"Account.contacts", narrowed, nil},
	{"Account.estimates", narrowed, nil},
	{"Account.invoices", narrowed, nil},
	{"Account.leads", narrowed, nil},
	{"Account.opportunities", narrowed, nil},
	{"Account.tasks", narrowed, nil},
	{"Account.timeline", narrowed, nil},
	{"AccountEmail.account", open, nil},
	{"AccountEmail.recipients", narrowed, nil},
	{"Activity.actor", open, nil},
	{"ApiSettings.leadAssignedTo", open, nil},
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
	{"Case.children", narrowed, nil},
	{"Case.contacts", narrowed, nil},
	{"Case.duplicates", narrowed, nil},
	{"Case.mergedBy", open, nil},
	{"Case.mergedInto", narrowed, nil},
	{"Case.parent", narrowed, nil},
	{"Case.solutions", open, nil},
	{"Case.tasks", narrowed, nil},
	{"Case.watchers", open, nil},
	{"Comment.author", open, nil},
	{"Comment.files", open, nil},
	{"Comment.mentions", open, nil},
	{"Contact.account", narrowed, nil},
	{"Contact.cases", narrowed, nil},
	{"Contact.invoices", narrowed, nil},
	{"Contact.opportunities", narrowed, nil},
	{"Contact.tasks", narrowed, nil},
	{"Document.sharedTo", open, nil},
	{"Estimate.account", narrowed, nil},
	{"Estimate.contact", narrowed, nil},
	{"Estimate.convertedToInvoice", narrowed, nil},
	{"Estimate.lineItems", open, nil},
	{"Estimate.opportunity", narrowed, nil},
	{"Estimate.portalLinks", open, nil},
	{"EstimateLineItem.product", open, nil},
	{"Invoice.account", narrowed, nil},
	{"Invoice.contact", narrowed, nil},
	{"Invoice.history", open, nil},
	{"Invoice.lineItems", open, nil},
	{"Invoice.opportunity", narrowed, nil},
	{"Invoice.payments", open, nil},
	{"Invoice.portalLinks", open, nil},
	{"Invoice.recurringInvoice", narrowed, nil},
	{"Invoice.template", open, nil},
	{"InvoiceHistory.changedBy", open, nil},
	{"InvoiceLineItem.product", open, nil},
	{"Lead.contacts", narrowed, nil},
	{"Lead.convertedAccount", narrowed, nil},
	{"Lead.convertedContact", narrowed, nil},
	{"Lead.convertedOpportunity", narrowed, nil},
	{"Lead.tasks", narrowed, nil},
	{"Mutation.acceptEstimate", change, after("send", "Estimate")},
	{"Mutation.approveSolution", rule, stepped("review")},
	{"Mutation.archiveTag", rule, nil},
	{"Mutation.cancelInvoice", change, nil},
	{"Mutation.closeCase", changeCase, nil},
	{"Mutation.convertEstimateToInvoice", change, nil},
	{"Mutation.convertLead", change, nil},
	{"Mutation.convertOpportunityToInvoice", change, making("won")},
	{"Mutation.createAccount", create, nil},
	{"Mutation.createApiSettings", createRule, nil},
	{"Mutation.createAttachment", createOn, nil},
	{"Mutation.createBoard", create, nil},
	{"Mutation.createBoardColumn", arrange, nil},
	{"Mutation.createBoardMember", arrange, nil},
	{"Mutation.createBoardTask", addToBoard, nil},
	{"Mutation.createCase", create, nil},
	{"Mutation.createCasePipeline", createRule, nil},
	{"Mutation.createCaseStage", ruleOn, nil},
	{"Mutation.createComment", createOn, nil},
	{"Mutation.createContact", create, nil},
	{"Mutation.createCustomFieldDefinition", createRule, nil},
	{"Mutation.createDocument", create, nil},
	{"Mutation.createEstimate", createOn, nil},
	{"Mutation.createInvoice", createOn, nil},
	{"Mutation.createInvoiceTemplate", createRule, nil},
	{"Mutation.createLead", create, nil},
	{"Mutation.createLeadPipeline", createRule, nil},
	{"Mutation.createLeadStage", ruleOn, nil},
	{"Mutation.createOpportunity", create, nil},
	{"Mutation.createOpportunityLineItem", createOn, nil},
	{"Mutation.createOrganization", apart, nil},
	{"Mutation.createPayment", createOn, owing},
	{"Mutation.createPersonalAccessToken", create, nil},
	{"Mutation.createPortalLink", createOn, making("a link")},
	{"Mutation.createProduct", createRule, nil},
	{"Mutation.createRecurringInvoice", createOn, nil},
	{"Mutation.createSolution", create, nil},
	{"Mutation.createTag", createRule, nil},
	{"Mutation.createTask", create, nil},
	{"Mutation.createTaskPipeline", createRule, nil},
	{"Mutation.createTaskStage", ruleOn, nil},
	{"Mutation.createTeam", createRule, nil},
	{"Mutation.declineEstimate", change, after("send", "Estimate")},
	{"Mutation.deleteAccount", remove, nil},
	{"Mutation.deleteApiSettings", rule, nil},
	{"Mutation.deleteAttachment", remove, nil},
	{"Mutation.deleteBoard", arrangeBoard, nil},
	{"Mutation.deleteBoardColumn", arrangeBoard, nil},
	{"Mutation.deleteBoardMember", arrangeBoard, nil},
	{"Mutation.deleteBoardTask", onCard, nil},
	{"Mutation.deleteCase", removeCase, nil},
	{"Mutation.deleteCasePipeline", rule, nil},
	{"Mutation.deleteCaseStage", rule, nil},
	{"Mutation.deleteCases", removeCase, nil},
	{"Mutation.deleteComment", remove, nil},
	{"Mutation.deleteContact", remove, nil},
	{"Mutation.deleteDocument", remove, nil},
	{"Mutation.deleteEstimate", remove, nil},
	{"Mutation.deleteInvoiceTemplate", rule, nil},
	{"Mutation.deleteLead", remove, nil},
	{"Mutation.deleteLeadPipeline", rule, nil},
	{"Mutation.deleteLeadStage", rule, nil},
	{"Mutation.deleteNotification", onOwn, nil},
	{"Mutation.deleteOpportunity", remove, nil},
	{"Mutation.deleteOpportunityLineItem", change, nil},
	{"Mutation.deletePayment", change, nil},
	{"Mutation.deleteProduct", rule, nil},
	{"Mutation.deleteRecurringInvoice", remove, nil},
	{"Mutation.deleteSolution", authored, nil},
	{"Mutation.deleteTag", rule, nil},
	{"Mutation.deleteTask", remove, nil},
	{"Mutation.deleteTaskPipeline", rule, nil},
	{"Mutation.deleteTaskStage", rule, nil},
	{"Mutation.deleteTeam", rule, nil},
	{"Mutation.duplicateInvoice", change, nil},
	{"Mutation.generateInvoice", change, nil},
	{"Mutation.importCases", createRule, aSheet("name,status,priority\nIt leaks,New,High\n")},
	{"Mutation.importContacts", createRule, aSheet("first_name,last_name\nAda,Lovelace\n")},
	{"Mutation.importLeads", createRule, aSheet("title,email\nPaper,paper@mail.example\n")},
	{"Mutation.inviteMember", createRule, nil},
	{"Mutation.linkSolution", changeCase, nil},
	{"Mutation.markAllNotificationsRead", answerAll, everybodyIsTold},
	{"Mutation.markInvoicePaid", change, nil},
	{"Mutation.markInvoiceViewed", change, after("send", "Invoice")},
	{"Mutation.markNotificationRead", onOwn, nil},
	{"Mutation.mergeCase", removeCase, nil},
	{"Mutation.mergeTags", ruleOn, nil},
	{"Mutation.moveBoardColumn", arrangeBoard, saying("position", 0)},
	{"Mutation.moveBoardTask", onCard, toAnotherColumn},
	{"Mutation.moveCase", changeCase, saying("status", "ASSIGNED")},
	{"Mutation.moveLead", change, saying("status", "IN_PROCESS")},
	{"Mutation.moveOpportunity", change, saying("stage", "QUALIFICATION")},
	{"Mutation.moveTask", change, saying("status", "IN_PROGRESS")},
	{"Mutation.pauseRecurringInvoice", change, nil},
	{"Mutation.publishSolution", rule, stepped("review", "approve")},
	{"Mutation.refreshSession", bySecret, nil},
	{"Mutation.removeMember", rule, nil},
	{"Mutation.reopenCase", changeCase, closed},
	{"Mutation.reorderCasePipeline", rule, inReverse},
	{"Mutation.reorderLeadPipeline", rule, inReverse},
	{"Mutation.reorderTaskPipeline", rule, inReverse},
	{"Mutation.requestSignIn", toEverybody, nil},
	{"Mutation.restoreTag", rule, archived},
	{"Mutation.resumeRecurringInvoice", change, after("pause", "RecurringInvoice")},
	{"Mutation.reviewSolution", authored, nil},
	{"Mutation.reviseSolution", authored, stepped("review")},
	{"Mutation.revokePersonalAccessToken", ownOrRuled, nil},
	{"Mutation.revokePortalLink", change, nil},
	{"Mutation.rotateApiSettings", rule, nil},
	{"Mutation.sendAccountEmail", createOn, toWhomOneCanWrite},
	{"Mutation.sendDueReminders", runsRule, aReminder},
	{"Mutation.sendEstimate", change, addressed("Estimate")},
	{"Mutation.sendInvoice", change, addressed("Invoice")},
	{"Mutation.signIn", bySecret, saying("token", "a wrong one")},
	{"Mutation.signOut", toEverybody, nil},
	{"Mutation.switchOrganization", enter, nil},
	{"Mutation.unlinkSolution", changeCase, making("a linked solution")},
	{"Mutation.unmergeCase", removeCase, merged},
	{"Mutation.unpublishSolution", rule, stepped("review", "approve", "publish")},
	{"Mutation.unwatchCase", unwatch, nil},
	{"Mutation.updateAccount", change, nil},
	{"Mutation.updateApiSettings", rule, nil},
	{"Mutation.updateBoard", arrangeBoard, nil},
	{"Mutation.updateBoardColumn", arrangeBoard, nil},
	{"Mutation.updateBoardMember", arrangeBoard, saying("role", "ADMIN")},
	{"Mutation.updateBoardTask", onCard, nil},
	{"Mutation.updateCase", changeCase, nil},
	{"Mutation.updateCasePipeline", rule, nil},
	{"Mutation.updateCaseStage", rule, nil},
	{"Mutation.updateCases", changeCase, saying("priority", "HIGH")},
	{"Mutation.updateComment", remove, nil},
	{"Mutation.updateContact", change, nil},
	{"Mutation.updateCustomFieldDefinition", rule, nil},
	{"Mutation.updateDocument", remove, nil},
	{"Mutation.updateEstimate", change, nil},
	{"Mutation.updateInvoice", change, nil},
	{"Mutation.updateInvoiceTemplate", rule, nil},
	{"Mutation.updateLead", change, nil},
	{"Mutation.updateLeadPipeline", rule, nil},
	{"Mutation.updateLeadStage", rule, nil},
	{"Mutation.updateMember", rule, saying("hasSalesAccess", true)},
	{"Mutation.updateMyProfile", create, nil},
	{"Mutation.updateOpportunity", change, nil},
	{"Mutation.updateOpportunityLineItem", change, nil},
	{"Mutation.updateOrganization", createRule, nil},
	{"Mutation.updateProduct", rule, nil},
	{"Mutation.updateRecurringInvoice", change, nil},
	{"Mutation.updateSolution", authored, nil},
	{"Mutation.updateTag", rule, nil},
	{"Mutation.updateTask", change, nil},
	{"Mutation.updateTaskPipeline", rule, nil},
	{"Mutation.updateTaskStage", rule, nil},
	{"Mutation.updateTeam", rule, nil},
	{"Mutation.watchCase", watch, nil},
	{"Node.Account", seen, nil},
	{"Node.AccountEmail", seen, nil},
	{"Node.Activity", seen, nil},
	{"Node.ApiSettings", toAdmins, nil},
	{"Node.Attachment", seen, nil},
	{"Node.Board", onBoard, nil},
	{"Node.BoardColumn", onBoard, nil},
	{"Node.BoardMember", onBoard, nil},
	{"Node.BoardTask", onBoard, nil},
	{"Node.Case", seenCase, nil},
	{"Node.CasePipeline", public, nil},
	{"Node.CaseStage", public, nil},
	{"Node.Comment", seen, nil},
	{"Node.CommentFile", seen, nil},
	{"Node.Contact", seen, nil},
	{"Node.CustomFieldDefinition", public, nil},
	{"Node.Document", seen, nil},
	{"Node.Estimate", seen, nil},
	{"Node.EstimateLineItem", seen, nil},
	{"Node.Invoice", seen, nil},
	{"Node.InvoiceHistory", seen, nil},
	{"Node.InvoiceLineItem", seen, nil},
	{"Node.InvoiceTemplate", public, nil},
	{"Node.Lead", seen, nil},
	{"Node.LeadPipeline", public, nil},
	{"Node.LeadStage", public, nil},
	{"Node.Notification", own, nil},
	{"Node.Opportunity", seen, nil},
	{"Node.OpportunityLineItem", seen, nil},
	{"Node.Organization", public, nil},
	{"Node.Payment", seen, nil},
	{"Node.PersonalAccessToken", ownOrRule, nil},
	{"Node.PortalLink", seen, nil},
	{"Node.Product", public, nil},
	{"Node.Profile", public, nil},
	{"Node.RecurringInvoice", seen, nil},
	{"Node.RecurringInvoiceLineItem", seen, nil},
	{"Node.SecurityAuditLog", toAdmins, nil},
	{"Node.Solution", public, nil},
	{"Node.Tag", public, nil},
	{"Node.Task", seen, nil},
	{"Node.TaskPipeline", public, nil},
	{"Node.TaskStage", public, nil},
	{"Node.Team", public, nil},
	{"Node.User", public, nil},
	{"Notification.actor", open, nil},
	{"Opportunity.account", narrowed, nil},
	{"Opportunity.closedBy", open, nil},
	{"Opportunity.contacts", narrowed, nil},
	{"Opportunity.estimates", narrowed, nil},
	{"Opportunity.invoices", narrowed, nil},
	{"Opportunity.lineItems", open, nil},
	{"Opportunity.tasks", narrowed, nil},
	{"OpportunityLineItem.opportunity", open, nil},
	{"OpportunityLineItem.product", open, nil},
	{"Payment.invoice", open, nil},
	{"PersonalAccessToken.owner", open, nil},
	{"PortalLink.estimate", open, nil},
	{"PortalLink.invoice", open, nil},
	{"Profile.user", open, nil},
	{"Query.account", seen, nil},
	{"Query.accountEmail", seen, nil},
	{"Query.accountEmails", seen, nil},
	{"Query.accounts", seen, nil},
	{"Query.activities", seen, nil},
	{"Query.activity", seen, nil},
	{"Query.apiSettings", toAdmins, nil},
	{"Query.apiSettingsList", toAdmins, nil},
	{"Query.attachment", seen, nil},
	{"Query.board", onBoard, nil},
	{"Query.boardColumn", onBoard, nil},
	{"Query.boardMember", onBoard, nil},
	{"Query.boardTask", onBoard, nil},
	{"Query.boardTasks", onBoard, nil},
	{"Query.boards", onBoard, nil},
	{"Query.case", seenCase, nil},
	{"Query.caseKanban", seenCase, nil},
	{"Query.casePipeline", public, nil},
	{"Query.casePipelines", public, nil},
	{"Query.caseStage", public, nil},
	{"Query.cases", seenCase, nil},
	{"Query.comment", seen, nil},
	{"Query.comments", seen, onItsRecord},
	{"Query.contact", seen, nil},
	{"Query.contacts", seen, nil},
	{"Query.customFieldDefinition", public, nil},
	{"Query.customFieldDefinitions", public, nil},
	{"Query.dashboard", aboutSelf, nil},
	{"Query.document", seen, nil},
	{"Query.documents", seen, nil},
	{"Query.estimate", seen, nil},
	{"Query.estimates", seen, nil},
	{"Query.invoice", seen, nil},
	{"Query.invoiceTemplate", public, nil},
	{"Query.invoiceTemplates", public, nil},
	{"Query.invoices", seen, nil},
	{"Query.lead", seen, nil},
	{"Query.leadKanban", seen, nil},
	{"Query.leadPipeline", public, nil},
	{"Query.leadPipelines", public, nil},
	{"Query.leadStage", public, nil},
	{"Query.leads", seen, nil},
	{"Query.notification", own, nil},
	{"Query.notifications", own, nil},
	{"Query.opportunities", seen, nil},
	{"Query.opportunity", seen, nil},
	{"Query.opportunityKanban", seen, nil},
	{"Query.opportunityLineItem", seen, nil},
	{"Query.payment", seen, nil},
	{"Query.personalAccessTokens", own, nil},
	{"Query.personalAccessTokens(all)", forAdmins, saying("all", true)},
	{"Query.portalLink", seen, nil},
	{"Query.possibleDuplicates", seen, itsCandidate},
	{"Query.product", public, nil},
	{"Query.products", public, nil},
	{"Query.profile", public, nil},
	{"Query.profiles", public, nil},
	{"Query.recurringInvoice", seen, nil},
	{"Query.recurringInvoices", seen, nil},
	{"Query.reports", reported, nil},
	{"Query.search", seen, itsName},
	{"Query.securityAuditLogs", forAdmins, nil},
	{"Query.solution", public, nil},
	{"Query.solutionSuggestions", suggested, making("a case for it")},
	{"Query.solutions", public, nil},
	{"Query.tag", public, nil},
	{"Query.tags", public, nil},
	{"Query.task", seen, nil},
	{"Query.taskKanban", seen, nil},
	{"Query.taskPipeline", public, nil},
	{"Query.taskPipelines", public, nil},
	{"Query.taskStage", public, nil},
	{"Query.tasks", seen, nil},
	{"Query.team", public, nil},
	{"Query.teams", public, nil},
	{"Query.today", aboutSelf, nil},
	{"Query.viewer", aboutSelf, nil},
	{"RecurringInvoice.account", narrowed, nil},
	{"RecurringInvoice.contact", narrowed, nil},
	{"RecurringInvoice.invoices", narrowed, nil},
	{"RecurringInvoice.lineItems", open, nil},
	{"RecurringInvoice.opportunity", narrowed, nil},
	{"RecurringInvoiceLineItem.product", open, nil},
	{"SecurityAuditLog.user", open, nil},
	{"Solution.cases", narrowed, nil},
	{"Task.account", narrowed, nil},
	{"Task.case", narrowed, nil},
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

// stepped takes an article some steps further.
func stepped(verbs ...string) preparation {
	return func(t *testing.T, c *cast, target string) apitest.Input {
		t.Helper()
		for _, verb := range verbs {
			if r := c.w.Admin.Try(t, verb, "Solution", apitest.Input{"id": target}); r.Code() != "" {
				t.Fatal(r.Body)
			}
		}
		return nil
	}
}

// merged makes a case a duplicate of another.
func merged(t *testing.T, c *cast, target string) apitest.Input {
	t.Helper()
	if r := c.w.Admin.Try(t, "merge", "Case", apitest.Input{"id": target, "intoId": c.people["creator"].Create(t, "Case", nil)}); r.Code() != "" {
		t.Fatal(r.Body)
	}
	return nil
}

// someLines are those of a bill that somebody owes.
var someLines = []any{apitest.Input{"name": "Work", "unitPrice": "100"}}

// owing gives an invoice lines, so that there is something to pay.
func owing(t *testing.T, c *cast, target string) apitest.Input {
	t.Helper()
	c.w.Admin.Update(t, "Invoice", target, apitest.Input{"lineItems": someLines})
	return nil
}

// aReminder is due of an invoice of which only a part was paid.
func aReminder(t *testing.T, c *cast, _ string) apitest.Input {
	t.Helper()
	late := over(t, c.w.Admin, "10", apitest.Input{"issueDate": "2026-01-01", "dueDate": "2026-01-02"})
	if r := pay(t, c.w.Admin, late, "1"); r.Code() != "" {
		t.Fatal(r.Body)
	}
	return nil
}

// addressed says where a bill is to be sent.
func addressed(kind string) preparation {
	return func(t *testing.T, c *cast, target string) apitest.Input {
		t.Helper()
		c.w.Admin.Update(t, kind, target, apitest.Input{"clientEmail": "ann@client.example"})
		return nil
	}
}

// after has something done with a record before.
func after(verb, kind string) preparation {
	return func(t *testing.T, c *cast, target string) apitest.Input {
		t.Helper()
		addressed(kind)(t, c, target)
		if r := c.w.Admin.Try(t, verb, kind, apitest.Input{"id": target}); r.Code() != "" {
			t.Fatal(r.Body)
		}
		return nil
	}
}

// makers are preparations that make records, which is done by the matrix: so they stand beside it.
var makers = map[string]preparation{}

func init() {
	makers["won"], makers["a link"] = won, toEstimate
	makers["a linked solution"], makers["a case for it"] = linkedSolution, caseFor
}

func making(what string) preparation {
	return func(t *testing.T, c *cast, target string) apitest.Input {
		t.Helper()
		return makers[what](t, c, target)
	}
}

// won makes a deal one that an invoice can be made of.
func won(t *testing.T, c *cast, target string) apitest.Input {
	t.Helper()
	c.w.Admin.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": target})
	c.w.Admin.Update(t, "Opportunity", target, apitest.Input{"stage": "CLOSED_WON", "closedOn": "2026-03-01", "accountId": c.make(t, "Account"),
		"contactIds": []any{c.make(t, "Contact")}})
	return nil
}

// linkedSolution links a new article to a new case.
func linkedSolution(t *testing.T, c *cast, _ string) apitest.Input {
	t.Helper()
	input := apitest.Input{"caseId": c.make(t, "Case"), "solutionId": c.make(t, "Solution")}
	if r := c.w.Admin.Try(t, "link", "Solution", input); r.Code() != "" {
		t.Fatal(r.Body)
	}
	return input
}

// caseFor publishes an article and names a case that it may help with.
func caseFor(t *testing.T, c *cast, target string) apitest.Input {
	t.Helper()
	stepped("review", "approve", "publish")(t, c, target)
	return apitest.Input{"caseId": c.make(t, "Case")}
}

// toEstimate names a record that a link can lead to.
func toEstimate(t *testing.T, c *cast, _ string) apitest.Input {
	t.Helper()
	return apitest.Input{"estimateId": c.make(t, "Estimate")}
}

// toAnotherColumn adds one to the card's board, for the card to go to.
func toAnotherColumn(t *testing.T, c *cast, target string) apitest.Input {
	t.Helper()
	r := c.people["creator"].Do(t, "query($id: ID!) { boardTask(id: $id) { board { id } } }", map[string]any{"id": target})
	board := r.Text(t, "boardTask.board.id")
	return apitest.Input{"columnId": c.people["creator"].Create(t, "BoardColumn", apitest.Input{"boardId": board})}
}

// inReverse names the stages of a pipeline from last to first.
func inReverse(t *testing.T, c *cast, target string) apitest.Input {
	t.Helper()
	var ids []string
	for _, kind := range []string{"LeadPipeline", "CasePipeline", "TaskPipeline"} {
		ids = append(ids, stagesOf(t, c.w, kind, target)...)
	}
	slices.Reverse(ids)
	return apitest.Input{"stageIds": ids}
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
var questions = map[string]string{"Query.search": "Account", "Query.possibleDuplicates": "Account",
	"Query.leadKanban": "Lead", "Query.opportunityKanban": "Opportunity", "Query.caseKanban": "Case", "Query.taskKanban": "Task"}

// everybodyIsTold has all members be told of something.
func everybodyIsTold(t *testing.T, c *cast, _ string) apitest.Input {
	t.Helper()
	var others []any
	for _, who := range []string{"stranger", "watcher", "assignee", "teammate", "admin"} {
		others = append(others, c.profile(who))
	}
	c.people["creator"].Create(t, "Task", apitest.Input{"assignedToIds": others})
	c.w.Admin.Create(t, "Task", apitest.Input{"assignedToIds": []any{c.profile("creator")}})
	return apitest.Input{"until": nil}
}

// toWhomOneCanWrite is a contact with an address.
func toWhomOneCanWrite(t *testing.T, c *cast, _ string) apitest.Input {
	t.Helper()
	c.changes++
	return apitest.Input{"contactIds": []any{c.people["creator"].Create(t, "Contact", apitest.Input{"email": fmt.Sprintf("to%d@mail.example", c.changes),
		"assignedToIds": []any{c.profile("assignee")}, "teamIds": []any{c.team}})}}
}

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
	case "InvoiceLineItem", "EstimateLineItem", "RecurringInvoiceLineItem":
		bill := strings.TrimSuffix(kind, "LineItem")
		key := c.make(t, bill)
		c.people["creator"].Update(t, bill, key, apitest.Input{"lineItems": someLines})
		r := c.people["creator"].Do(t, "query($id: ID!) { node(id: $id) { ... on "+bill+" { lineItems { id } } } }", map[string]any{"id": key})
		return r.Text(t, "node.lineItems.0.id")
	case "InvoiceHistory":
		r := c.people["creator"].Do(t, "query($id: ID!) { invoice(id: $id) { history { nodes { id } } } }", map[string]any{"id": c.make(t, "Invoice")})
		return r.Text(t, "invoice.history.nodes.0.id")
	case "Payment":
		key := c.make(t, "Invoice")
		owing(t, c, key)
		return c.people["creator"].Try(t, "create", "Payment", apitest.Input{"invoiceId": key, "amount": "1", "paymentMethod": "CASH"}).Text(t, "createPayment.payment.id")
	case "PortalLink":
		return c.people["creator"].Create(t, "PortalLink", toEstimate(t, c, ""))
	case "AccountEmail":
		input := toWhomOneCanWrite(t, c, "")
		maps.Copy(input, apitest.Input{"accountId": c.make(t, "Account"), "subject": "x", "body": "x"})
		return c.people["creator"].Try(t, "send", "AccountEmail", input).Text(t, "sendAccountEmail.accountEmail.id")
	case "Notification":
		c.w.Admin.Create(t, "Task", apitest.Input{"assignedToIds": []any{c.profile("creator")}})
		return c.people["creator"].Do(t, "{ notifications(first: 1) { nodes { id } } }", nil).Text(t, "notifications.nodes.0.id")
	case "SecurityAuditLog":
		c.people["creator"].Refused(t, "FORBIDDEN", `mutation { createTag(input: {name: "x"}) { tag { id } } }`, nil)
		return c.w.Admin.Do(t, "{ securityAuditLogs { nodes { id } } }", nil).Text(t, "securityAuditLogs.nodes.0.id")
	}
	return ""
}
