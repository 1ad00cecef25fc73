package policy

import "testing"

// The tables of Kleene's strong logic (Introduction to Metamathematics, 1952, § 64).
func TestTruthTables(t *testing.T) {
	for _, c := range []struct{ a, b, and, or Truth }{
		{True, True, True, True},
		{True, Unknown, Unknown, True},
		{True, False, False, True},
		{Unknown, True, Unknown, True},
		{Unknown, Unknown, Unknown, Unknown},
		{Unknown, False, False, Unknown},
		{False, True, False, True},
		{False, Unknown, False, Unknown},
		{False, False, False, False},
	} {
		if got := c.a.and(c.b); got != c.and {
			t.Errorf("%v and %v: got %v, want %v", c.a, c.b, got, c.and)
		}
		if got := c.a.or(c.b); got != c.or {
			t.Errorf("%v or %v: got %v, want %v", c.a, c.b, got, c.or)
		}
		is := func(v Truth) Predicate { return Func(v.String(), func(*Input) Truth { return v }) }
		if got := And(is(c.a), is(c.b)).eval(nil); got != c.and {
			t.Errorf("And(%v, %v): got %v, want %v", c.a, c.b, got, c.and)
		}
		if got := Or(is(c.a), is(c.b)).eval(nil); got != c.or {
			t.Errorf("Or(%v, %v): got %v, want %v", c.a, c.b, got, c.or)
		}
	}
	for a, want := range map[Truth]Truth{True: False, False: True, Unknown: Unknown, 77: Unknown} {
		is := Func("x", func(*Input) Truth { return a })
		if got := Not(is).eval(nil); got != want {
			t.Errorf("not %v: got %v, want %v", a, got, want)
		}
	}
	if got := Truth(77).String(); got != "unknown" {
		t.Errorf("a truth that is none: got %q", got)
	}
}
