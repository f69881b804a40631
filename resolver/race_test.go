package resolver_test

import (
	"slices"
	"sync"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// racing asks n times at the same time and gives the sorted answers.
func racing(n int, ask func(i int) string) []string {
	answers := make([]string, n)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = ask(i) })
	}
	all.Wait()
	slices.Sort(answers)
	return answers
}

// atOnce is racing where all ask the same.
func atOnce(n int, ask func() string) []string {
	return racing(n, func(int) string { return ask() })
}

// race sends all at the same time and gives their sorted refusals.
func race(all ...func() *apitest.Response) []string {
	return racing(len(all), func(i int) string { return all[i]().Refusal() })
}
