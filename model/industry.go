package model

import "io"

// Industry is a line of business.
type Industry string

// IndustryValues are all of them, as stored.
var IndustryValues = enum[Industry](
	"ADVERTISING",
	"AGRICULTURE",
	"APPAREL & ACCESSORIES",
	"AUTOMOTIVE",
	"BANKING",
	"BIOTECHNOLOGY",
	"BUILDING MATERIALS & EQUIPMENT",
	"CHEMICAL",
	"COMPUTER",
	"EDUCATION",
	"ELECTRONICS",
	"ENERGY",
	"ENTERTAINMENT & LEISURE",
	"FINANCE",
	"FOOD & BEVERAGE",
	"GROCERY",
	"HEALTHCARE",
	"INSURANCE",
	"LEGAL",
	"MANUFACTURING",
	"PUBLISHING",
	"REAL ESTATE",
	"SERVICE",
	"SOFTWARE",
	"SPORTS",
	"TECHNOLOGY",
	"TELECOMMUNICATIONS",
	"TELEVISION",
	"TRANSPORTATION",
	"VENTURE CAPITAL",
)

// MarshalGQL writes the schema's name.
func (v Industry) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *Industry) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
