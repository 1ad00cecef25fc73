package sca

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/merlonsec/merlon/internal/errlist"
)

// maxEvents bounds what is sorted for each package of a record. Real ones have less than a hundred.
const maxEvents = 10_000

// ParseAdvisory reads one OSV record. If parts of it are broken (a range
// without a beginning, a date that is none) it returns the record without
// them, and an error that names each; if it is no record at all, nil and an error.
func ParseAdvisory(data []byte) (*Advisory, error) {
	var problems errlist.List
	a := new(Advisory)
	if err := json.Unmarshal(data, a); err != nil {
		if _, ok := errors.AsType[*json.SyntaxError](err); ok {
			return nil, fmt.Errorf("not JSON: %w", err)
		}
		a = new(Advisory)
		if err := salvage(data, a, &problems); err != nil {
			return nil, err
		}
	}
	if a.ID == "" {
		return nil, errors.New("no OSV record: it has no id")
	}
	for i := range a.Affected {
		a.Affected[i].check(fmt.Sprintf("affected[%d]", i), &problems)
	}
	if err := problems.Err(); err != nil {
		return a, fmt.Errorf("record %s: %w", a.ID, err)
	}
	return a, nil
}

// check drops what cannot be matched, with a reason.
func (a *Affected) check(where string, problems *errlist.List) {
	p := &a.Package
	if (p.Ecosystem == "") != (p.Name == "") {
		problems.Addf("%s: package needs both ecosystem and name", where)
	}
	events := 0
	kept := a.Ranges[:0]
	for i := range a.Ranges {
		r := &a.Ranges[i]
		if err := r.check(); err != nil {
			problems.Addf("%s.ranges[%d]: %w", where, i, err)
			continue
		}
		if events += len(r.Events); events > maxEvents {
			problems.Addf("%s: more than %d events", where, maxEvents)
			break
		}
		kept = append(kept, *r)
	}
	a.Ranges = kept
}

func (r *Range) check() error {
	switch r.Type {
	case RangeGit:
		return nil
	case RangeSemVer, RangeEcosystem:
	default:
		return fmt.Errorf("unknown type %q", r.Type)
	}
	begins := false
	for i, e := range r.Events {
		if e == (Event{}) {
			return fmt.Errorf("events[%d] says nothing", i)
		}
		begins = begins || e.Introduced != ""
	}
	if !begins {
		return errors.New("no event says where it begins")
	}
	return nil
}

// salvage reads field by field what does not fit as a whole.
func salvage(data []byte, a *Advisory, problems *errlist.List) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return errors.New("no OSV record: not an object")
	}
	if err := json.Unmarshal(fields["id"], &a.ID); err != nil {
		return errors.New("no OSV record: its id is no string")
	}
	delete(fields, "id")
	if list, ok := fields["affected"]; ok {
		a.Affected = salvageAffected(list, problems)
		delete(fields, "affected")
	}
	into(fields, "", a, problems)
	return nil
}

// into sets the fields of v, a pointer to a struct, one by one.
func into(fields map[string]json.RawMessage, where string, v any, problems *errlist.List) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		var one bytes.Buffer
		key, _ := json.Marshal(name)
		fmt.Fprintf(&one, "{%s:%s}", key, fields[name])
		if err := json.Unmarshal(one.Bytes(), v); err != nil {
			problems.Addf("%s%s: %w", where, name, shorten(err))
		}
	}
}

// shorten leaves out of an error what only Go programmers understand.
func shorten(err error) error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s where something else belongs", e.Value)
	}
	return err
}

func salvageAffected(data json.RawMessage, problems *errlist.List) []Affected {
	list := elements(data, "affected", problems)
	out := make([]Affected, len(list))
	for i, raw := range list {
		where := fmt.Sprintf("affected[%d]", i)
		if json.Unmarshal(raw, &out[i]) == nil {
			continue
		}
		out[i] = Affected{}
		var fields map[string]json.RawMessage
		if json.Unmarshal(raw, &fields) != nil {
			problems.Addf("%s: not an object", where)
			continue
		}
		if ranges, ok := fields["ranges"]; ok {
			out[i].Ranges = salvageRanges(ranges, where+".ranges", problems)
			delete(fields, "ranges")
		}
		into(fields, where+".", &out[i], problems)
	}
	return out
}

func salvageRanges(data json.RawMessage, where string, problems *errlist.List) []Range {
	var out []Range
	for i, raw := range elements(data, where, problems) {
		var r Range
		if err := json.Unmarshal(raw, &r); err != nil {
			problems.Addf("%s[%d]: %w", where, i, shorten(err))
			continue
		}
		out = append(out, r)
	}
	return out
}

func elements(data json.RawMessage, where string, problems *errlist.List) (list []json.RawMessage) {
	if json.Unmarshal(data, &list) != nil {
		problems.Addf("%s: not a list", where)
	}
	return list
}
