package pdf

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

const (
	// letterCountries print on Letter, all others on A4 (CLDR, paper size).
	letterCountries = "BZ CA CL CO CR GT MX NI PA PH PR SV US VE"

	// townFirst are the countries that write the postcode behind town and state.
	townFirst = "AE AU CA GB IE IN NZ SG US ZA"
)

// paper is the format that is usual where the seller is.
func paper(country string) string {
	if among(letterCountries, country) {
		return "Letter"
	}
	return "A4"
}

// address is the postal address, in the order of the country's letters.
func (p Party) address() []string {
	town := join(", ", join(" ", p.Postcode, p.City), p.State)
	if p.Country == "" || among(townFirst, p.Country) {
		town = join(", ", p.City, join(" ", p.State, p.Postcode))
	}
	street := paragraphs(p.AddressLine)
	if len(street) > 5 { // more than an envelope has room for
		street = []string{clean(p.AddressLine)}
	}
	lines := slices.Concat(street, []string{clean(town), countryName(p.Country)})
	return slices.DeleteFunc(lines, func(s string) bool { return s == "" })
}

// contact is how else to reach the party, and its number with the tax office.
func (p Party) contact() []string {
	lines := []string{clean(p.Email), clean(p.Phone), clean(p.Website)}
	if id := clean(p.TaxID); id != "" {
		lines = append(lines, "Tax ID "+id)
	}
	return slices.DeleteFunc(lines, func(s string) bool { return s == "" })
}

func among(list, code string) bool { return slices.Contains(strings.Fields(list), code) }

func join(between string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), between)
}

// countryName is the country in English, or its code where there is no such country any more.
func countryName(code string) string {
	region, err := language.ParseRegion(code)
	if err == nil {
		if name := display.English.Regions().Name(region); name != "" {
			return clean(name)
		}
	}
	return clean(code)
}
