package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Products are what is sold (domain: C.4). All members read them, admins write them.
var Products = new(Entity[model.Product])

func init() {
	*Products = Entity[model.Product]{
		Noun: "product", Resource: "products",
		Order: map[string]string{"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "NAME": "name", "PRICE": "price"},

		Search:       []string{"name", "sku", "category"},
		MayWrite:     adminsOnly,
		Fresh:        func(p *model.Product) { p.IsActive = true },
		Check:        checkProduct,
		BeforeDelete: keepSoldProduct,
	}
}

func checkProduct(_ context.Context, c *Change[model.Product]) error {
	if c.Row.Currency == "" {
		c.Row.Currency = c.viewer.Currency
	}
	return nil
}

// keepSoldProduct refuses to delete what lines name: such a product is no longer offered instead.
func keepSoldProduct(ctx context.Context, p *model.Product) error {
	var sold int
	err := tenant.Select(ctx, &sold, `SELECT (SELECT count(*) FROM invoice_line_item WHERE org_id = $1 AND product_id = $2)
		+ (SELECT count(*) FROM estimate_line_item WHERE org_id = $1 AND product_id = $2)
		+ (SELECT count(*) FROM recurring_invoice_line_item WHERE org_id = $1 AND product_id = $2)
		+ (SELECT count(*) FROM opportunity_line_item WHERE org_id = $1 AND product_id = $2)`, [16]byte(p.OrgID), [16]byte(p.ID))
	if err != nil {
		return fmt.Errorf("look for what names the product: %w", err)
	}
	if sold > 0 {
		return fault.New(fault.Conflict, "the product stands on %d lines; have it no longer offered instead (isActive: false)", sold)
	}
	return nil
}
