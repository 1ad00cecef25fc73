package report

import (
	"cmp"
	"slices"
	"strings"
)

// A Component is one piece of software at one place in a subject. The same
// package in two lock files is two components: scope, path and fix differ.
type Component struct {
	Subject   string            `json:"subject"`
	ID        string            `json:"id"` // unique in the subject and the same in every run
	PURL      string            `json:"purl,omitempty"`
	Type      string            `json:"type,omitempty"` // CycloneDX component type; empty: "library"
	Group     string            `json:"group,omitempty"`
	Name      string            `json:"name"`
	Version   string            `json:"version,omitempty"`
	Ecosystem string            `json:"ecosystem,omitempty"` // OSV's name, with release: "Debian:12"
	Source    string            `json:"source,omitempty"`    // source package that advisories name
	Root      string            `json:"root,omitempty"`      // ID of the application it belongs to
	Direct    bool              `json:"direct,omitempty"`
	Scope     Scope             `json:"scope,omitempty"`
	DependsOn []string          `json:"dependsOn,omitempty"` // IDs
	OwnedBy   string            `json:"ownedBy,omitempty"`   // ID of the OS package that installed it: not matched again
	Found     []Location        `json:"found,omitempty"`     // the declaring line first
	Licenses  []License         `json:"licenses,omitzero"`   // nil: not looked for; empty: none found
	Hashes    map[string]string `json:"hashes,omitempty"`    // CycloneDX names: "SHA-256"
	CPEs      []string          `json:"cpes,omitempty"`
	Supplier  string            `json:"supplier,omitempty"`
	Copyright string            `json:"copyright,omitempty"`
	Links     []Link            `json:"links,omitempty"`
	Props     Props             `json:"props,omitempty"`
}

// A License is an SPDX expression and how it is known.
type License struct {
	Expression string     `json:"expression"`
	How        string     `json:"how,omitempty"` // CycloneDX acknowledgement: "declared", "concluded"
	Confidence Confidence `json:"confidence,omitzero"`
	Found      Location   `json:"found,omitzero"`
}

// A Scope says when a component is used.
type Scope string

// The scopes. Empty means not known.
const (
	ScopeRuntime  Scope = "runtime"
	ScopeDev      Scope = "dev"
	ScopeTest     Scope = "test"
	ScopeOptional Scope = "optional"
)

// ComponentID returns the ID of a component: its purl, or name and version
// where it has none, and behind "#" what tells places apart, the path where
// it is declared and, if it is another, the ID of the root it belongs to.
func ComponentID(purl, root, path string) string {
	id := purl
	if path != "" {
		id += "#" + path
	}
	if at := strings.IndexByte(root, '#'); root != "" && (at < 0 || root[at+1:] != path) {
		id += "#" + root
	}
	return id
}

// absorb adds what d knows and c does not; both have one ID.
func (c *Component) absorb(d *Component) {
	c.Direct = c.Direct || d.Direct
	c.Scope = widest(c.Scope, d.Scope)
	c.DependsOn = append(c.DependsOn, d.DependsOn...)
	slices.Sort(c.DependsOn)
	c.DependsOn = slices.Compact(c.DependsOn)
	for _, l := range d.Found {
		if !slices.ContainsFunc(c.Found, func(k Location) bool { return k.Path == l.Path && k.Region.Start == l.Region.Start }) {
			c.Found = append(c.Found, l)
		}
	}
	c.Source, c.OwnedBy = cmp.Or(c.Source, d.Source), cmp.Or(c.OwnedBy, d.OwnedBy)
	c.Supplier, c.Copyright = cmp.Or(c.Supplier, d.Supplier), cmp.Or(c.Copyright, d.Copyright)
	if c.Licenses == nil {
		c.Licenses = d.Licenses
	}
	if c.Hashes == nil {
		c.Hashes = d.Hashes
	}
	if c.CPEs == nil {
		c.CPEs = d.CPEs
	}
	if c.Links == nil {
		c.Links = d.Links
	}
	if c.Props == nil {
		c.Props = d.Props
	}
}

// widest returns the scope in which more is exposed. Not known is widest: it may be any.
func widest(a, b Scope) Scope {
	for _, s := range []Scope{"", ScopeRuntime, ScopeOptional, ScopeTest, ScopeDev} {
		if a == s || b == s {
			return s
		}
	}
	return a
}
