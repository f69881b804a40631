package seed

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// ownFields are the demo organizations' own.
var ownFields = []model.CustomFieldDefinition{
	{Target: "Account", FieldKey: "tier", FieldType: model.CustomDropdown, Label: "Tier", IsFilterable: true,
		Options: []model.CustomFieldOption{{Value: "gold", Label: "Gold"}, {Value: "silver", Label: "Silver"}, {Value: "bronze", Label: "Bronze"}}},
	{Target: "Account", FieldKey: "customer_since", FieldType: model.CustomDate, Label: "Customer since"},
	{Target: "Lead", FieldKey: "seats", FieldType: model.CustomNumber, Label: "Seats", IsFilterable: true},
	{Target: "Lead", FieldKey: "newsletter", FieldType: model.CustomCheckbox, Label: "Wants the newsletter", IsFilterable: true},
	{Target: "Case", FieldKey: "serial_number", FieldType: model.CustomText, Label: "Serial number", IsFilterable: true},
	{Target: "Estimate", FieldKey: "cost_center", FieldType: model.CustomText, Label: "Cost center", IsFilterable: true},
	{Target: "Invoice", FieldKey: "cost_center", FieldType: model.CustomText, Label: "Cost center", IsFilterable: true},
	{Target: "Recurring invoice", FieldKey: "cost_center", FieldType: model.CustomText, Label: "Cost center", IsFilterable: true},
}

// costCenter is what the i-th bill has of its own.
func costCenter(i int) model.Customized {
	return model.Customized{CustomFields: model.CustomFields{"cost_center": fmt.Sprintf("CC-%d", 100+10*(i%4))}}
}

// customFields adds them, and gives some records values.
func (w *writer) customFields(ctx context.Context) error {
	w.become(w.founder.crew[0].user)
	for i, d := range ownFields {
		d.DisplayOrder, d.IsActive = i, true
		if _, err := store.CustomFieldDefinitions.Insert(ctx, &d, nil); err != nil {
			return fmt.Errorf("store a custom field: %w", err)
		}
	}
	tiers := ownFields[0].Options
	for i, p := range w.accounts {
		err := customize(ctx, store.Accounts, p.id, map[string]any{"tier": tiers[i%len(tiers)].Value, "customer_since": p.at.Format("2006-01-02")})
		if err != nil {
			return err
		}
	}
	for i, p := range w.leads {
		if i%3 == 0 {
			continue
		}
		if err := customize(ctx, store.Leads, p.id, map[string]any{"seats": float64(5 * (i%9 + 1)), "newsletter": i%2 == 0}); err != nil {
			return err
		}
	}
	return nil
}

func customize[T any](ctx context.Context, e *store.Entity[T], key id.ID, values map[string]any) error {
	_, err := e.Modify(ctx, key, nil, func(r *T) (patch.Set, error) {
		return patch.Set{"CustomFields": true}, any(r).(interface{ Custom() *model.CustomFields }).Custom().Patch(values)
	})
	if err != nil {
		return fmt.Errorf("give a %s custom fields: %w", e.Noun, err)
	}
	return nil
}
