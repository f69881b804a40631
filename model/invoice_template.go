package model

import "github.com/uptrace/bun"

// InvoiceTemplate is how invoices look on paper.
type InvoiceTemplate struct {
	bun.BaseModel `bun:"table:invoice_template,alias:t"`
	Base
	Name           string  `bun:"name" max:"100" required:"true"`
	IsDefault      bool    `bun:"is_default" null:"absent"` // of new invoices; one at most
	PrimaryColor   string  `bun:"primary_color" null:"absent"`
	SecondaryColor string  `bun:"secondary_color" null:"absent"`
	DefaultNotes   *string `bun:"default_notes" max:"20000"` // of new invoices that have none
	DefaultTerms   *string `bun:"default_terms" max:"20000"`
	FooterText     *string `bun:"footer_text" max:"1000"`
}

// The GraphQL types around a template.
type (
	InvoiceTemplateConnection = Connection[InvoiceTemplate]
	InvoiceTemplateEdge       = Edge[InvoiceTemplate]
)
