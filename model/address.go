package model

import "github.com/uptrace/bun"

// PostalAddress is where a member gets post. Records of customers have their addresses in columns of their own.
type PostalAddress struct {
	bun.BaseModel `bun:"table:address,alias:t"`
	Base
	AddressFields
}

// AddressFields are what an address says. The columns have an empty text where nothing is known.
type AddressFields struct {
	AddressLine *string `bun:"address_line" max:"255"`
	Street      *string `bun:"street" max:"55"`
	City        *string `bun:"city" max:"255"`
	State       *string `bun:"state" max:"255"`
	Postcode    *string `bun:"postcode" max:"64"`
	Country     *string `bun:"country"`
}
