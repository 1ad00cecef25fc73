package sbom

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/merlonsec/merlon/internal/purl"
	"github.com/merlonsec/merlon/report"
)

// Properties for what CycloneDX has no field for.
const (
	propRoot      = "merlon:root"
	propDirect    = "merlon:direct"
	propEcosystem = "merlon:ecosystem" // where the purl does not tell it
	propSource    = "merlon:source"
	propOwnedBy   = "merlon:ownedBy"
	propScope     = "merlon:scope" // "dev", "test": both are excluded
	propCPE       = "merlon:cpe"   // the second and further ones
	propLayer     = "merlon:layer" // of the first occurrence; ":1" and so on of further ones
)

// component writes a component. Its edges are the caller's.
func component(c *report.Component) cdx.Component {
	out := cdx.Component{
		BOMRef: c.ID, Type: componentType(c.Type), Group: c.Group, Name: c.Name, Version: c.Version, PackageURL: c.PURL,
		Copyright: c.Copyright, Hashes: hashes(c.Hashes), Licenses: licenses(c.Licenses),
	}
	if out.Name == "" {
		out.Name = "unnamed"
	}
	if c.Supplier != "" {
		out.Supplier = &cdx.OrganizationalEntity{Name: c.Supplier}
	}
	if len(c.CPEs) > 0 {
		out.CPE = c.CPEs[0]
	}
	for _, l := range c.Links {
		if _, err := url.Parse(l.URL); err == nil && l.URL != "" {
			out.ExternalReferences = appendTo(out.ExternalReferences, cdx.ExternalReference{Type: referenceType(l.Kind), URL: l.URL})
		}
	}
	switch c.Scope {
	case report.ScopeRuntime:
		out.Scope = cdx.ScopeRequired
	case report.ScopeOptional:
		out.Scope = cdx.ScopeOptional
	case report.ScopeDev, report.ScopeTest:
		out.Scope = cdx.ScopeExcluded
	}
	out.Evidence = occurrences(c.Found)
	out.Properties = appendTo(ownProperties(c), each(properties(c.Props))...)
	return out
}

// ownProperties are those of the constants above, in fixed order.
func ownProperties(c *report.Component) (list *[]cdx.Property) {
	add := func(name, value string) { list = appendTo(list, cdx.Property{Name: name, Value: value}) }
	if p, err := purl.Parse(c.PURL); c.Ecosystem != "" && err != nil || err == nil && p.Ecosystem() != c.Ecosystem {
		add(propEcosystem, c.Ecosystem)
	}
	if c.Root != "" {
		add(propRoot, c.Root)
	}
	if c.Direct {
		add(propDirect, "true")
	}
	if c.Source != "" {
		add(propSource, c.Source)
	}
	if c.OwnedBy != "" {
		add(propOwnedBy, c.OwnedBy)
	}
	if c.Scope == report.ScopeDev || c.Scope == report.ScopeTest {
		add(propScope, string(c.Scope))
	}
	for i, cpe := range c.CPEs {
		if i > 0 {
			add(propCPE, cpe)
		}
	}
	for i, l := range c.Found {
		if l.Layer == nil {
			continue
		}
		name := propLayer
		if i > 0 {
			name = fmt.Sprintf("%s:%d", propLayer, i)
		}
		add(name+":index", strconv.Itoa(l.Layer.Index))
		if l.Layer.DiffID != "" {
			add(name+":diffId", l.Layer.DiffID)
		}
		if l.Layer.CreatedBy != "" {
			add(name+":createdBy", l.Layer.CreatedBy)
		}
		if l.Layer.Base {
			add(name+":base", "true")
		}
		if l.Layer.Deleted {
			add(name+":deleted", "true")
		}
	}
	return list
}

// properties writes what has no field. A list of strings is a property that
// stands several times; other JSON than strings is written as it is.
func properties(p report.Props) (list *[]cdx.Property) {
	for _, name := range slices.Sorted(maps.Keys(p)) {
		var s string
		var many []string
		switch {
		case json.Unmarshal(p[name], &s) == nil:
			list = appendTo(list, cdx.Property{Name: name, Value: s})
		case json.Unmarshal(p[name], &many) == nil:
			for _, s := range many {
				list = appendTo(list, cdx.Property{Name: name, Value: s})
			}
		default:
			list = appendTo(list, cdx.Property{Name: name, Value: string(p[name])})
		}
	}
	return list
}

func componentType(t string) cdx.ComponentType {
	switch t {
	case "application", "container", "cryptographic-asset", "data", "device", "device-driver", "file", "firmware", "framework",
		"machine-learning-model", "operating-system", "platform":
		return cdx.ComponentType(t)
	}
	return cdx.ComponentTypeLibrary
}

func referenceType(kind string) cdx.ExternalReferenceType {
	switch kind {
	case "advisories", "bom", "build-meta", "build-system", "chat", "distribution", "documentation", "issue-tracker", "license",
		"mailing-list", "release-notes", "security-contact", "social", "source-distribution", "support", "vcs", "website":
		return cdx.ExternalReferenceType(kind)
	}
	return cdx.ERTypeOther
}

// hashes writes those that CycloneDX knows and whose value has the length of one.
func hashes(m map[string]string) (list *[]cdx.Hash) {
	for _, alg := range slices.Sorted(maps.Keys(m)) {
		switch alg {
		case "MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512", "BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3":
		default:
			continue
		}
		raw, err := hex.DecodeString(m[alg])
		if err == nil && slices.Contains([]int{16, 20, 32, 48, 64}, len(raw)) {
			list = appendTo(list, cdx.Hash{Algorithm: cdx.HashAlgorithm(alg), Value: m[alg]})
		}
	}
	return list
}

func occurrences(found []report.Location) *cdx.Evidence {
	var list []cdx.EvidenceOccurrence
	for _, l := range found {
		if l.Path == "" {
			continue
		}
		o := cdx.EvidenceOccurrence{Location: l.Path}
		if line := l.Region.Start.Line; line > 0 {
			o.Line = &line
		}
		list = append(list, o)
	}
	if list == nil {
		return nil
	}
	return &cdx.Evidence{Occurrences: &list}
}

// licenses writes one expression, or a list of ids and names: the format does
// not mix them.
func licenses(list []report.License) *cdx.Licenses {
	if len(list) == 1 && !spdxID(list[0].Expression) && spdxExpression(list[0].Expression) {
		c := cdx.LicenseChoice{Expression: list[0].Expression}
		if how := acknowledgement(list[0].How); how != "" {
			c.Acknowledgement = &how
		}
		return &cdx.Licenses{c}
	}
	var out cdx.Licenses
	for _, l := range list {
		if strings.TrimSpace(l.Expression) == "" {
			continue
		}
		c := &cdx.License{Name: l.Expression, Acknowledgement: acknowledgement(l.How)}
		if spdxID(l.Expression) {
			c.ID, c.Name = l.Expression, ""
		}
		out = append(out, cdx.LicenseChoice{License: c})
	}
	if out == nil {
		return nil
	}
	return &out
}

func acknowledgement(how string) cdx.LicenseAcknowledgement {
	if how == "declared" || how == "concluded" {
		return cdx.LicenseAcknowledgement(how)
	}
	return ""
}
