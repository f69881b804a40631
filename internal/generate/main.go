// Command generate writes package graph and the skeletons of the resolvers from the schema, in the root of the module:
// gqlgen does, and package rewrite then makes what it has written fast. With -stock the latter is left out.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fastgraph/rewrite"
)

func main() {
	stock := flag.Bool("stock", false, "leave what gqlgen has written as it is")
	flag.Parse()
	if err := run(*stock); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(stock bool) error {
	log.SetOutput(io.Discard) // gqlgen tells of each field that needs a resolver
	cfg, err := config.LoadConfigFromDefaultLocations()
	if err != nil {
		return err
	}
	if stock {
		cfg.SkipValidation = true // the resolvers of this module fit either way
		return api.Generate(cfg)
	}
	var fast rewrite.Plugin
	if err := api.Generate(cfg, api.AddPlugin(&fast)); err != nil {
		return err
	}
	if err := fast.Rewrite(); err != nil {
		return err
	}
	return fast.Columns()
}
