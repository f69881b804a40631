package scalar

import (
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

const (
	currencies = "USD EUR GBP INR CAD AUD JPY CNY CHF SGD AED BRL MXN"

	// countries is ISO 3166-1 alpha-2, and AN, which old records of the Netherlands Antilles carry.
	countries = "AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
		"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
		"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
		"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
		"NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
		"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
		"UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)

var (
	currencySet = setOf(currencies)
	countrySet  = setOf(countries)
)

func setOf(codes string) map[string]bool {
	set := make(map[string]bool)
	for code := range strings.FieldsSeq(codes) {
		set[code] = true
	}
	return set
}

// MarshalCurrencyCode writes a currency.
func MarshalCurrencyCode(s string) graphql.Marshaler { return MarshalString(s) }

// UnmarshalCurrencyCode reads one of the currencies that the product keeps books in.
func UnmarshalCurrencyCode(v any) (string, error) {
	s, ok := v.(string)
	if !ok || !currencySet[s] {
		return "", refuse("a currency, one of " + currencies)
	}
	return s, nil
}

// MarshalCountryCode writes a country.
func MarshalCountryCode(s string) graphql.Marshaler { return MarshalString(s) }

// UnmarshalCountryCode reads a country.
func UnmarshalCountryCode(v any) (string, error) {
	s, ok := v.(string)
	if !ok || !countrySet[s] {
		return "", refuse("a country's ISO 3166-1 alpha-2 code, such as DE")
	}
	return s, nil
}
