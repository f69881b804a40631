package server

import (
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

func TestNegotiate(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"":                                  typeJSON,
		"*/*":                               typeJSON,
		"application/*":                     typeJSON,
		"application/json":                  typeJSON,
		"application/json; charset=utf-8":   typeJSON,
		"application/graphql-response+json": typeResponse,
		"Application/GraphQL-Response+JSON; charset=UTF-8":                             typeResponse,
		"application/graphql-response+json, application/json":                          typeResponse,
		"application/json, application/graphql-response+json":                          typeResponse,
		"application/graphql-response+json, */*":                                       typeResponse,
		"application/json, */*":                                                        typeJSON,
		"application/graphql-response+json;q=0.5, application/json":                    typeJSON,
		"application/graphql-response+json, application/json;q=0.9":                    typeResponse,
		"application/json;q=0.9, */*":                                                  typeResponse,
		"application/json;q=0, */*":                                                    typeResponse,
		"application/graphql-response+json;q=0, */*;q=0.1":                             typeJSON,
		"application/json, multipart/mixed":                                            typeJSON,
		"application/json, text/event-stream":                                          typeJSON,
		"text/html,application/xhtml+xml,*/*;q=0.8":                                    typeJSON,
		"application/graphql-response+json; charset=utf-8, application/json; q=broken": typeResponse,
		"text/html":                        "",
		"multipart/mixed":                  "",
		"*/*;q=0":                          "",
		"application/json; charset=utf-16": "",
		"application/json;q=0, text/*":     "",
		";;;":                              "",
	} {
		media, ok := negotiate(accept)
		if ok != (want != "") || ok && media != want {
			t.Errorf("%q: %s, %v", accept, media, ok)
		}
	}
}

// TestScalarsAreChecked makes sure that no scalar of the schema is taken as it comes.
func TestScalarsAreChecked(t *testing.T) {
	t.Parallel()
	for name, def := range Schema().Types {
		if def.Kind == ast.Scalar && name != "Float" && scalars[name] == nil {
			t.Errorf("variables of type %s are not checked", name)
		}
	}
	for name := range scalars {
		if Schema().Types[name] == nil {
			t.Errorf("there is no scalar %s", name)
		}
	}
}
