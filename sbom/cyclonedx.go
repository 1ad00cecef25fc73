package sbom

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/merlonsec/merlon/report"
)

// CycloneDX returns d as a BOM of the given version, 1.4 to 1.7; zero means
// 1.6. The component that it is about is its root, from which every other one
// can be reached. Older versions lose what they cannot say.
func (d *Document) CycloneDX(v cdx.SpecVersion) (*cdx.BOM, error) {
	if v == 0 {
		v = cdx.SpecVersion1_6
	}
	if v < cdx.SpecVersion1_4 || v > cdx.SpecVersion1_7 {
		return nil, fmt.Errorf("CycloneDX %s is not written: 1.4 to 1.7 are", v)
	}
	w := &cdxWriter{d: d, refs: map[string]bool{}, versions: map[string]string{}}
	b, err := w.bom()
	if err != nil || v == b.SpecVersion {
		return b, err
	}
	if v < cdx.SpecVersion1_6 { // cyclonedx-go converts all but this
		for i := range *b.Components {
			for j := range each((*b.Components)[i].Licenses) {
				(*(*b.Components)[i].Licenses)[j].Acknowledgement = nil
			}
		}
	}
	var buf bytes.Buffer
	if err := cdx.NewBOMEncoder(&buf, cdx.BOMFileFormatJSON).EncodeVersion(b, v); err != nil {
		return nil, fmt.Errorf("CycloneDX %s: %w", v, err)
	}
	out := new(cdx.BOM)
	if err := cdx.NewBOMDecoder(&buf, cdx.BOMFileFormatJSON).Decode(out); err != nil {
		return nil, fmt.Errorf("CycloneDX %s: %w", v, err)
	}
	return out, nil
}

// cdxWriter makes a BOM of version 1.6.
type cdxWriter struct {
	d    *Document
	refs map[string]bool // bom-refs in use

	versions map[string]string // of components, by ID
}

func (w *cdxWriter) bom() (*cdx.BOM, error) {
	d := w.d
	nodes := w.graph()
	root := nodes[0]
	b := &cdx.BOM{
		JSONSchema: "http://cyclonedx.org/schema/bom-1.6.schema.json", BOMFormat: cdx.BOMFormat, SpecVersion: cdx.SpecVersion1_6,
		Version: 1, SerialNumber: d.Serial, Metadata: &cdx.Metadata{Tools: tools(d.Tools), Component: w.main(root)},
	}
	for _, a := range d.Authors {
		b.Metadata.Authors = appendTo(b.Metadata.Authors, cdx.OrganizationalContact{Name: a})
	}
	b.Metadata.Properties = properties(d.Props)
	components := make([]cdx.Component, 0, len(nodes)-1)
	dependencies := make([]cdx.Dependency, 0, len(nodes))
	for i, c := range nodes {
		if i > 0 {
			components = append(components, component(c))
		}
		dep := cdx.Dependency{Ref: c.ID}
		if len(c.DependsOn) > 0 {
			dep.Dependencies = &c.DependsOn
		}
		dependencies = append(dependencies, dep)
	}
	b.Components, b.Dependencies = &components, &dependencies
	aggregate := cdx.CompositionAggregateIncomplete
	if d.Complete {
		aggregate = cdx.CompositionAggregateComplete
	}
	whole := []cdx.BOMReference{cdx.BOMReference(root.ID)}
	b.Compositions = &[]cdx.Composition{{Aggregate: aggregate, Assemblies: &whole, Dependencies: &whole}}
	for _, f := range d.Findings {
		if w.refs[f.Component] {
			b.Vulnerabilities = appendTo(b.Vulnerabilities, w.vulnerability(f))
		}
	}
	if b.SerialNumber == "" {
		serial, err := serialOf(b)
		if err != nil {
			return nil, err
		}
		b.SerialNumber = serial
	}
	if !d.Created.IsZero() {
		b.Metadata.Timestamp = d.Created.UTC().Format(time.RFC3339)
	}
	return b, nil
}

// graph returns copies of the components in order of ID, behind the one that
// the document is about, with edges so that it reaches all of them.
func (w *cdxWriter) graph() []*report.Component {
	d := w.d
	var root *report.Component
	var list []*report.Component
	for _, c := range d.Components {
		if w.refs[c.ID] || c.ID == "" {
			continue // a report has no two of one ID
		}
		w.refs[c.ID], w.versions[c.ID] = true, c.Version
		c := copyComponent(c)
		if c.ID == d.Main {
			root = c
			continue
		}
		list = append(list, c)
	}
	if root == nil {
		root = &report.Component{ID: cmp.Or(d.Subject.Name, "subject"), Name: cmp.Or(d.Subject.Name, "unnamed"), Version: d.Subject.Version, Type: "application"}
		for w.refs[root.ID] {
			root.ID = "subject:" + root.ID
		}
		w.refs[root.ID] = true
	}
	slices.SortFunc(list, func(a, b *report.Component) int { return strings.Compare(a.ID, b.ID) })
	hang(root, list)
	connect(root, list)
	for _, c := range list {
		if c.Root == d.Main {
			c.Root = "" // that all belong to what the document is about need not be said
		}
	}
	return append([]*report.Component{root}, list...)
}

// hang puts roots of their own below root, and what nothing leads to below
// the root that it belongs to.
func hang(root *report.Component, list []*report.Component) {
	byID := make(map[string]*report.Component, len(list))
	for _, c := range list {
		byID[c.ID] = c
		if c.Root == "" {
			root.DependsOn = append(root.DependsOn, c.ID)
		}
	}
	seen := map[string]bool{root.ID: true}
	for todo := []*report.Component{root}; len(todo) > 0; {
		c := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, id := range c.DependsOn {
			if next := byID[id]; next != nil && !seen[id] {
				seen[id] = true
				todo = append(todo, next)
			}
		}
	}
	for _, c := range list {
		if r := byID[c.Root]; r != nil && !seen[c.ID] && r != c {
			r.DependsOn = append(r.DependsOn, c.ID)
		}
	}
}

func copyComponent(c *report.Component) *report.Component {
	d := *c
	d.DependsOn = slices.Clone(c.DependsOn)
	return &d
}

// serialOf derives a serial number from all but the time: a name-based UUID
// (RFC 9562, section 5.5) in the name space for URLs.
func serialOf(b *cdx.BOM) (string, error) {
	data, err := json.Marshal(b)
	if err != nil {
		return "", fmt.Errorf("CycloneDX: %w", err)
	}
	space := []byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}
	h := sha1.New()
	h.Write(space)
	h.Write(data)
	u := h.Sum(nil)[:16]
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:]), nil
}

// appendTo appends to the optional lists of cyclonedx-go.
func appendTo[T any](list *[]T, v ...T) *[]T {
	if list == nil {
		if len(v) == 0 {
			return nil
		}
		return &v
	}
	*list = append(*list, v...)
	return list
}

// each is the list, empty if there is none.
func each[S ~[]T, T any](list *S) S {
	if list == nil {
		return nil
	}
	return *list
}
