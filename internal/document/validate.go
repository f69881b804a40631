package document

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

type rule = core.Rule

// common are the rules of the specification that never suggest names. The merging of fields is missing: see conflicts.
var common = []rule{
	rules.FragmentsOnCompositeTypesRule,
	rules.KnownDirectivesRule,
	rules.KnownFragmentNamesRule,
	rules.KnownRootTypeRule,
	rules.LoneAnonymousOperationRule,
	rules.MaxIntrospectionDepth,
	rules.NoFragmentCyclesRule,
	rules.NoUndefinedVariablesRule,
	rules.NoUnusedFragmentsRule,
	rules.NoUnusedVariablesRule,
	rules.PossibleFragmentSpreadsRule,
	rules.ProvidedRequiredArgumentsRule,
	rules.SingleFieldSubscriptionsRule,
	rules.UniqueArgumentNamesRule,
	rules.UniqueDirectivesPerLocationRule,
	rules.UniqueFragmentNamesRule,
	rules.UniqueInputFieldNamesRule,
	rules.UniqueOperationNamesRule,
	rules.UniqueVariableNamesRule,
	rules.VariablesAreInputTypesRule,
	rules.VariablesInAllowedPositionRule,
}

var (
	terse = append([]rule{
		rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.ScalarLeafsRuleWithoutSuggestions,
		rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
	}, common...)
	verbose = append([]rule{
		rules.FieldsOnCorrectTypeRule,
		rules.KnownArgumentNamesRule,
		rules.KnownTypeNamesRule,
		rules.ScalarLeafsRule,
		rules.ValuesOfCorrectTypeRule,
	}, common...)
)

// enough ends a walk that has found as many errors as are shown.
type enough struct{}

// validate applies the rules, and gives at most that many errors and whether there were more. The walk binds the
// document's fields and values to their definitions.
func validate(schema *ast.Schema, tree *ast.QueryDocument, list []rule, most int) (errs gqlerror.List, more bool) {
	events := new(core.Events)
	for _, r := range list {
		r.RuleFunc(events, func(options ...core.ErrorOption) {
			if len(errs) == most {
				more = true
				panic(enough{}) // the walk has no other way to end early
			}
			e := &gqlerror.Error{Rule: r.Name}
			for _, o := range options {
				o(e)
			}
			errs = append(errs, e)
		})
	}
	defer func() {
		if p := recover(); p != nil && p != any(enough{}) {
			panic(p)
		}
	}()
	core.Walk(schema, tree, events)
	return errs, more
}
