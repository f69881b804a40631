package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func invoiceTemplateFilter(f *graph.InvoiceTemplateFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Is("is_default", f.IsDefault.Value()),
	}
}
