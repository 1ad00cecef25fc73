package gatefile

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A field reads the value of one key.
type field func(value *yaml.Node)

// fields reads a mapping strictly: unknown and repeated keys are mistakes.
// what names the mapping in messages.
func (r *reader) fields(n *yaml.Node, what string, known map[string]field) bool {
	if n.Kind != yaml.MappingNode {
		r.wrong(n, what, "a mapping")
		return false
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read, ok := known[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" || !ok:
			r.errorf(key, "unknown key %s in %s; known are %s", quote(key), what, keys(known))
		case seen[key.Value] > 0:
			r.errorf(key, "key %q is in line %d already", key.Value, seen[key.Value])
		default:
			seen[key.Value] = key.Line
			read(value)
		}
	}
	return true
}

func keys(known map[string]field) string {
	var names []string
	for k := range known {
		names = append(names, k)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func quote(n *yaml.Node) string {
	const most = 40
	s := n.Value
	if n.Kind != yaml.ScalarNode {
		s = kindOf(n)
	}
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return `"` + s + `"`
}

// items returns the elements of a list.
func (r *reader) items(n *yaml.Node, what string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		r.wrong(n, what, "a list")
		return nil
	}
	return n.Content
}

// oneOrMore returns the elements of a list, which must have some, or n itself.
func (r *reader) oneOrMore(n *yaml.Node, what string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		return []*yaml.Node{n}
	}
	if len(n.Content) == 0 {
		r.errorf(n, "%s: the list is empty", what)
	}
	return n.Content
}

// str returns a string that is not empty.
func (r *reader) str(n *yaml.Node, what string) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null":
		r.wrong(n, what, "a string")
	case n.ShortTag() != "!!str":
		r.wrong(n, what, "a string, in quotes,")
	case strings.TrimSpace(n.Value) == "":
		r.errorf(n, "%s: the string is empty", what)
	default:
		return n.Value, true
	}
	return "", false
}

// text reads a string into to.
func (r *reader) text(to *string, what string) field {
	return func(n *yaml.Node) { *to, _ = r.str(n, what) }
}

// boolean returns true or false.
func (r *reader) boolean(n *yaml.Node, what string) (value, ok bool) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		r.wrong(n, what, "true or false")
		return false, false
	}
	return strings.EqualFold(n.Value, "true"), true
}

// choice returns one of the given words.
func choice[T ~string](r *reader, n *yaml.Node, what string, of ...T) (T, bool) {
	s, ok := r.str(n, what)
	if ok && !slices.Contains(of, T(s)) {
		words := make([]string, len(of))
		for i, w := range of {
			words[i] = string(w)
		}
		r.errorf(n, "%s: unknown %q; known are %s", what, s, strings.Join(words, ", "))
		return "", false
	}
	return T(s), ok
}

// wrong adds a mistake of type.
func (r *reader) wrong(n *yaml.Node, what, want string) {
	if n.Kind == yaml.AliasNode {
		r.errorf(n, "%s: aliases are not allowed; write it out", what)
		return
	}
	r.errorf(n, "%s: %s is wanted, got %s", what, want, kindOf(n))
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	case "!!timestamp":
		return "a date"
	case "!!str":
		return "a string"
	}
	return "a value of type " + n.ShortTag()
}

// isNull reports whether a key was given without a value.
func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// unlessNull reads values; a key of the file without one counts as not given.
func unlessNull(read field) field {
	return func(n *yaml.Node) {
		if !isNull(n) {
			read(n)
		}
	}
}
