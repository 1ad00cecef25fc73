package sca

import (
	"cmp"
	"strings"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sbom"
)

// A question is a component under one of the names that advisories may have for it.
type question struct {
	component *report.Component
	subject
}

// questions returns the names that advisories of the component's ecosystem
// use: source packages in those of dpkg and apk, both in those of RPM.
func questions(c *report.Component) (out []question) {
	ask := func(name, version string) {
		if name != "" {
			out = append(out, question{c, subject{Package{c.Ecosystem, name}, version}})
		}
	}
	base, _ := splitEcosystem(c.Ecosystem)
	switch familyOf(base) {
	case languages:
		name := c.Name
		if c.Group != "" && !strings.HasPrefix(name, c.Group) {
			name = c.Group + map[bool]string{true: ":", false: "/"}[base == "Maven"] + name
		}
		ask(name, c.Version)
	case dpkgFamily:
		ask(cmp.Or(c.Source, c.Name), sbom.SourceVersion(c))
	case apkFamily:
		ask(cmp.Or(c.Source, c.Name), c.Version)
		if c.Source != c.Name && c.Source != "" && base != "Alpine" {
			ask(c.Name, c.Version)
		}
	default:
		ask(c.Name, c.Version)
		if c.Source != c.Name {
			ask(c.Source, sbom.SourceVersion(c))
		}
	}
	return out
}

// matchable reports whether advisories could be about c. What an OS package
// installed is that package's business, whose distribution may have patched
// it; what has neither version nor source elsewhere is the project itself.
func matchable(c *report.Component) bool {
	return c != nil && c.OwnedBy == "" && c.Ecosystem != "" && (c.Version != "" || c.Type != "application")
}
