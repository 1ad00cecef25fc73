package policy

// Truth is true, false or unknown, with the connectives of Kleene's strong
// three-valued logic: "unknown and false" is false, "unknown or true" is true,
// and else unknown stays unknown. The zero value is unknown.
type Truth int8

// The truths.
const (
	Unknown Truth = iota
	False
	True
)

// String returns "unknown", "false" or "true". What is none of them is unknown.
func (t Truth) String() string {
	switch t {
	case False:
		return "false"
	case True:
		return "true"
	}
	return "unknown"
}

func truth(b bool) Truth {
	if b {
		return True
	}
	return False
}

func (t Truth) not() Truth {
	switch t {
	case False:
		return True
	case True:
		return False
	}
	return Unknown
}

func (t Truth) and(u Truth) Truth {
	switch {
	case t == False || u == False:
		return False
	case t == True && u == True:
		return True
	}
	return Unknown
}

func (t Truth) or(u Truth) Truth { return t.not().and(u.not()).not() }
