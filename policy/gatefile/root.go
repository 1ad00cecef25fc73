package gatefile

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/internal/glob"
)

// root reads the keys of the file.
func (r *reader) root(n *yaml.Node) {
	f := r.file
	r.fields(n, "the file", map[string]field{
		"exclude":  unlessNull(r.list("exclude", &f.Exclude, checkGlob)),
		"only":     unlessNull(r.list("only", &f.Only, asWritten)),
		"database": unlessNull(r.list("database", &f.Databases, inside)),
		"images":   unlessNull(r.list("images", &f.Images, inside)),
		"gate":     unlessNull(r.gate),
	})
}

// list reads a list of strings, and where they are. check returns the value
// to keep, or what is wrong with it.
func (r *reader) list(key string, to *[]string, check func(string) (value, wrong string)) field {
	return func(n *yaml.Node) {
		*to = []string{}
		for _, item := range r.items(n, key) {
			s, ok := r.str(item, key)
			if !ok {
				continue
			}
			s, wrong := check(s)
			if wrong != "" {
				r.errorf(item, "%s: %s", key, wrong)
				continue
			}
			*to = append(*to, s)
			r.file.places[key] = append(r.file.places[key], r.at(item.Line, item.Column))
		}
	}
}

func asWritten(s string) (string, string) { return s, "" }

// maxGlob bounds what compiling braces may cost, in bytes.
const maxGlob = 4096

func checkGlob(s string) (string, string) {
	if len(s) > maxGlob {
		return "", fmt.Sprintf("pattern %s: longer than %d bytes", quoted(s), maxGlob)
	}
	if _, err := glob.Compile(s); err != nil {
		return "", err.Error()
	}
	return s, ""
}

// inside wants a path that stays in the tree: the tree must not be able to
// name a database or an image outside itself, or a server.
func inside(s string) (string, string) {
	p := strings.TrimSuffix(strings.TrimPrefix(s, "./"), "/")
	switch {
	case path.IsAbs(s) || strings.HasPrefix(s, `\`) || len(s) > 1 && s[1] == ':':
		return "", quoted(s) + " is absolute; a path inside the tree is wanted"
	case strings.Contains(s, "://"):
		return "", quoted(s) + " is a URL; a path inside the tree is wanted"
	case strings.Contains(s, `\`):
		return "", quoted(s) + " has a backslash; slashes are wanted"
	case !fs.ValidPath(p):
		return "", quoted(s) + " may lead out of the tree; a plain path inside it is wanted"
	}
	return p, ""
}

func quoted(s string) string { return quote(&yaml.Node{Kind: yaml.ScalarNode, Value: s}) }
