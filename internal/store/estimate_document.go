package store

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/pdf"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// EstimateDocument is what is printed of an estimate that the viewer sees.
func EstimateDocument(ctx context.Context, key [16]byte) (pdf.Document, error) {
	e, err := Estimates.Get(ctx, key)
	if err != nil {
		return pdf.Document{}, err
	}
	return PrintedEstimate(ctx, e)
}

// PrintedEstimate is what is printed of an estimate at hand.
func PrintedEstimate(ctx context.Context, e *model.Estimate) (pdf.Document, error) {
	d, err := documentOf(ctx, &e.Bill, &e.Client)
	if err != nil {
		return d, err
	}
	lines, err := linesIn(ctx, EstimateLines, e.ID)
	if err != nil {
		return d, err
	}
	d.Lines = printedLines(lines)
	d.Kind, d.Number, d.Status, d.Title, d.IssueDate = pdf.Estimate, e.EstimateNumber, string(e.Status), e.Title, e.IssueDate
	if e.ExpiryDate != nil {
		d.DueDate = *e.ExpiryDate
	}
	d.Notes, d.Terms, d.WrittenAt = textOf(e.Notes), textOf(e.Terms), e.UpdatedAt
	return d, nil
}
