// Command generate writes package graph and the skeletons of the resolvers from the schema, in the root of the module:
// gqlgen does, and package rewrite then makes what it has written fast.
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fastgraph/rewrite"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run() error {
	log.SetOutput(io.Discard) // gqlgen tells of each field that needs a resolver
	cfg, err := config.LoadConfigFromDefaultLocations()
	if err != nil {
		return err
	}
	var fast rewrite.Plugin
	if err := api.Generate(cfg, api.AddPlugin(&fast)); err != nil {
		return err
	}
	return fast.Rewrite()
}
