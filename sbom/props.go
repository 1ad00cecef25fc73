package sbom

import (
	"cmp"
	"encoding/json"

	"github.com/merlonsec/merlon/report"
)

// The properties that catalogers set, as names in [report.Props] and in CycloneDX.
const (
	propSourceVersion = "merlon:sourceVersion" // of the source package, where it is not the binary's
	propGoReplaces    = "merlon:go:replaces"   // module@version that a replace directive put this one in place of
	propGoReplacedBy  = "merlon:go:replacedBy" // directory that is built instead
	propGoFrom        = "merlon:go:from"       // "go.sum": not listed in go.mod, so perhaps not built
	propGoVersion     = "merlon:go:version"    // of the go directive
	propGoSum         = "merlon:go:h1"         // module hash, as in go.sum
	propGoSetting     = "merlon:go:setting:"   // and the name of a build setting
	propNPMAlias      = "merlon:npm:alias"     // name it is installed under
	propNPMPeer       = "merlon:npm:peer"      // "true": there only because another package expects it
	propNPMBundled    = "merlon:npm:bundled"   // "true": comes inside the package that depends on it
)

// SourceVersion returns the version of the source package of c ([report.Component]
// Source), which is what advisories of Debian and its kin count in: c's own,
// unless a rebuild gave the binary package another one.
func SourceVersion(c *report.Component) string {
	return cmp.Or(prop(c.Props, propSourceVersion), c.Version)
}

// prop returns a property that is a string, else "".
func prop(p report.Props, name string) (s string) {
	if raw, ok := p[name]; ok && json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// setProp sets a property unless value is empty.
func setProp(c *report.Component, name, value string) {
	if value == "" {
		return
	}
	if c.Props == nil {
		c.Props = report.Props{}
	}
	c.Props[name], _ = json.Marshal(value)
}
