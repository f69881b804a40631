package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

func TestAFaultIsFoundThroughItsWrapping(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("update lead: %w", fault.New(fault.Conflict, "%s is in use", "the name").Because(io.EOF))
	all := fault.All(err)
	if len(all) != 1 || all[0].Code != fault.Conflict || all[0].Message != "the name is in use" {
		t.Errorf("%+v", all)
	}
	if !fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) {
		t.Error("its code is not the one that it was made with")
	}
	if !errors.Is(err, io.EOF) {
		t.Error("its cause is lost")
	}
	if all[0].Error() != "the name is in use" {
		t.Errorf("its text tells of the cause: %s", all[0])
	}
}

func TestAFaultOfAFieldIsInvalid(t *testing.T) {
	t.Parallel()
	f := fault.Field("email", "must be %s", "unique")
	if f.Code != fault.Invalid || f.Field != "email" || f.Error() != "email: must be unique" {
		t.Errorf("%+v", f)
	}
}

func TestAListReportsAllFaultsTogether(t *testing.T) {
	t.Parallel()
	var list fault.List
	if list.Err() != nil {
		t.Error("an empty list is an error")
	}
	list.Add("a", "one")
	list.Add("b", "two")
	err := fmt.Errorf("create: %w", list.Err())
	if all := fault.All(err); len(all) != 2 || all[0].Field != "a" || all[1].Field != "b" {
		t.Errorf("%+v", all)
	}
	if !fault.Is(err, fault.Invalid) || list.Error() != "a: one; b: two" {
		t.Error(list.Error())
	}
}

func TestWhatIsNoFaultIsNone(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, io.EOF, fmt.Errorf("read: %w", io.EOF)} {
		if all := fault.All(err); all != nil || fault.Is(err, fault.Internal) {
			t.Errorf("%v counts as %+v", err, all)
		}
	}
}
