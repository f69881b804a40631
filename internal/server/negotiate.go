package server

import (
	"mime"
	"strconv"
	"strings"
)

// The media types of answers. They differ in the status of a refused document, which a client of the older one reads
// as a failure of the network unless it is 200.
const (
	typeJSON     = "application/json"
	typeResponse = "application/graphql-response+json"
)

// negotiate chooses the type of the answer by the Accept header; false when the client takes neither.
func negotiate(accept string) (string, bool) {
	switch accept {
	case "", "*/*", typeJSON:
		return typeJSON, true
	case typeResponse:
		return typeResponse, true
	}
	var plain, response match
	for part := range strings.SplitSeq(accept, ",") {
		ranged, params, err := mime.ParseMediaType(part)
		if err != nil || !isUTF8(params["charset"]) {
			continue
		}
		weight := 1.0
		if q, ok := params["q"]; ok {
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		switch ranged {
		case typeJSON:
			plain.take(3, weight)
		case typeResponse:
			response.take(3, weight)
		case "application/*":
			plain.take(2, weight)
			response.take(2, weight)
		case "*/*":
			plain.take(1, weight)
			response.take(1, weight)
		}
	}
	switch {
	case plain.weight <= 0 && response.weight <= 0:
		return typeJSON, false
	case response.weight > plain.weight,
		response.weight == plain.weight && response.specific == 3: // who names the newer type knows it
		return typeResponse, true
	}
	return typeJSON, true
}

// match is how much a type is wanted, by the most specific range that it lies in.
type match struct {
	specific int
	weight   float64
}

func (m *match) take(specific int, weight float64) {
	if specific > m.specific {
		*m = match{specific, weight}
	}
}

func isUTF8(charset string) bool { return charset == "" || strings.EqualFold(charset, "utf-8") }
