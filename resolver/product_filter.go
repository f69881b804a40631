package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func productFilter(f *graph.ProductFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Products.Text("name", f.Name.Value()),
		store.Products.Text("sku", f.Sku.Value()),
		store.In("category", f.Categories.Value()),
		store.Amounts("price", f.Price.Value()),
		store.Is("is_active", f.IsActive.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
	}
}
