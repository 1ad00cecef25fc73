package sbom

import (
	_ "embed"
	"strings"
	"sync"
)

// spdxText holds the ids of the SPDX license list 3.28.0, and behind an empty
// line those of its exceptions: what CycloneDX's spdx.schema.json allows.
//
//go:embed spdxids.txt
var spdxText string

var spdxIDs = sync.OnceValue(func() (ids struct{ license, exception map[string]bool }) {
	set := func(text string) map[string]bool {
		m := map[string]bool{}
		for id := range strings.FieldsSeq(text) {
			m[id] = true
		}
		return m
	}
	licenses, exceptions, _ := strings.Cut(spdxText, "\n\n")
	ids.license, ids.exception = set(licenses), set(exceptions)
	return ids
})

// spdxID reports whether s is the id of a licence on the list.
func spdxID(s string) bool { return spdxIDs().license[s] }

// spdxExpression reports whether s is an expression of known ids (SPDX 2.3,
// annex D): simple ones joined by AND, OR and WITH, with parentheses.
func spdxExpression(s string) bool {
	p := &spdxParser{tokens: strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(s))}
	return len(s) < 4096 && p.or(0) && len(p.tokens) == 0
}

// spdxParser consumes tokens; each method reports whether it could.
type spdxParser struct{ tokens []string }

func (p *spdxParser) next() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *spdxParser) accept(token string) bool {
	if p.next() != token {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

// or is the loosest operator; and, which binds closer, is one of its operands.
func (p *spdxParser) or(depth int) bool {
	for {
		if !p.and(depth) {
			return false
		}
		if !p.accept("OR") {
			return true
		}
	}
}

func (p *spdxParser) and(depth int) bool {
	for {
		if !p.simple(depth) {
			return false
		}
		if !p.accept("AND") {
			return true
		}
	}
}

func (p *spdxParser) simple(depth int) bool {
	if p.accept("(") {
		return depth < 100 && p.or(depth+1) && p.accept(")")
	}
	id := p.next()
	if id == "" || !spdxID(strings.TrimSuffix(id, "+")) && !spdxID(id) && !licenseRef(id) {
		return false
	}
	p.tokens = p.tokens[1:]
	if !p.accept("WITH") {
		return true
	}
	ex := p.next()
	if !spdxIDs().exception[ex] {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

// licenseRef reports whether s refers to a licence that is not on the list.
func licenseRef(s string) bool {
	if doc, rest, ok := strings.Cut(s, ":"); ok && strings.HasPrefix(doc, "DocumentRef-") {
		s = rest
	}
	name, ok := strings.CutPrefix(s, "LicenseRef-")
	return ok && name != "" && strings.TrimFunc(name, func(r rune) bool { return r < 0x80 && (alnum(byte(r)) || r == '.' || r == '-') }) == ""
}
