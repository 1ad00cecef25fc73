package sbom

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/merlonsec/merlon/internal/purl"
	"github.com/merlonsec/merlon/report"
)

const (
	maxNested     = 100       // components within components
	maxComponents = 2_000_000 // in a document
)

// FromCycloneDX returns the document in b. IDs are made of purl, place and
// root, never of the document's references; components of one ID become one,
// and references to nothing are dropped.
func FromCycloneDX(b *cdx.BOM) (*Document, error) {
	if b == nil {
		return nil, errors.New("CycloneDX: no document")
	}
	d := &Document{Serial: b.SerialNumber}
	r := &cdxReader{d: d, byRef: map[string]string{}, byID: map[string]*report.Component{}}
	if m := b.Metadata; m != nil {
		if err := r.metadata(m); err != nil {
			return nil, err
		}
	}
	if err := r.components(each(b.Components), nil, 0); err != nil {
		return nil, err
	}
	r.edges(each(b.Dependencies))
	for _, v := range each(b.Vulnerabilities) {
		d.Findings = append(d.Findings, r.findings(&v)...)
	}
	for _, c := range each(b.Compositions) {
		d.Complete = d.Complete || c.Aggregate == cdx.CompositionAggregateComplete
	}
	slices.SortFunc(d.Components, func(a, b *report.Component) int { return strings.Compare(a.ID, b.ID) })
	for _, f := range d.Findings {
		f.Subject = d.Subject.Name
	}
	for _, c := range d.Components {
		c.Subject = d.Subject.Name
		slices.Sort(c.DependsOn)
		c.DependsOn = slices.Compact(c.DependsOn)
	}
	return d, nil
}

type cdxReader struct {
	d       *Document
	rootRef string
	byRef   map[string]string // bom-ref to ID
	byID    map[string]*report.Component
}

func (r *cdxReader) metadata(m *cdx.Metadata) error {
	d := r.d
	if m.Timestamp != "" {
		t, err := time.Parse(time.RFC3339, m.Timestamp)
		if err != nil {
			return fmt.Errorf("CycloneDX: metadata.timestamp: %w", err)
		}
		d.Created = t.UTC()
	}
	for _, a := range each(m.Authors) {
		d.Authors = append(d.Authors, cmp.Or(a.Name, a.Email))
	}
	if m.Tools != nil {
		for _, t := range each(m.Tools.Components) {
			d.Tools = append(d.Tools, strings.TrimSpace(t.Name+" "+t.Version))
		}
		for _, t := range each(m.Tools.Tools) {
			d.Tools = append(d.Tools, strings.TrimSpace(t.Name+" "+t.Version))
		}
	}
	d.Props = props(each(m.Properties))
	if m.Component == nil {
		return nil
	}
	r.main(m.Component)
	return r.components(each(m.Component.Components), nil, 1)
}

// main reads the component that the document is about. One that this package
// wrote for a subject which is no component is not read back as one.
func (r *cdxReader) main(m *cdx.Component) {
	d := r.d
	p := report.Props{}
	for _, q := range each(m.Properties) {
		p[q.Name], _ = json.Marshal(q.Value)
	}
	d.Subject = report.Subject{
		Name: cmp.Or(prop(p, propSubjectName), fullName(m)), Kind: prop(p, propSubjectKind), Version: m.Version, Digest: prop(p, propSubjectDigest),
	}
	r.rootRef = m.BOMRef
	c := read(m)
	for _, own := range []string{propSubjectName, propSubjectKind, propSubjectDigest} {
		delete(c.Props, own)
	}
	if len(c.Props) == 0 {
		c.Props = nil
	}
	if d.Subject.Kind != "" && m.PackageURL == "" || d.Subject.Kind == "image" {
		if d.Subject.Kind == "unknown" {
			d.Subject.Kind = ""
		}
		return
	}
	d.Main = r.put(m.BOMRef, c).ID
}

// fullName joins group and name.
func fullName(c *cdx.Component) string {
	if c.Group == "" {
		return c.Name
	}
	return c.Group + "/" + c.Name
}

// components reads a list, and what is nested in it as dependencies of what
// it is nested in.
func (r *cdxReader) components(list []cdx.Component, parent *report.Component, depth int) error {
	if depth > maxNested {
		return fmt.Errorf("CycloneDX: more than %d components within one another", maxNested)
	}
	for i := range list {
		if len(r.byID) >= maxComponents {
			return fmt.Errorf("CycloneDX: more than %d components", maxComponents)
		}
		c := r.put(list[i].BOMRef, read(&list[i]))
		if parent != nil && parent != c {
			parent.DependsOn = append(parent.DependsOn, c.ID)
		}
		if err := r.components(each(list[i].Components), c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// put adds a component, or what it knows to the one of its ID.
func (r *cdxReader) put(ref string, c *report.Component) *report.Component {
	at := ""
	if len(c.Found) > 0 {
		at = c.Found[0].Path
	}
	c.ID = report.ComponentID(cmp.Or(c.PURL, strings.Trim(c.Group+"/"+c.Name+"@"+c.Version, "/@")), c.Root, at)
	if have := r.byID[c.ID]; have != nil {
		have.Direct = have.Direct || c.Direct
		have.Found = append(have.Found, c.Found...)
		c = have
	} else {
		r.byID[c.ID] = c
		r.d.Components = append(r.d.Components, c)
	}
	if ref != "" {
		r.byRef[ref] = c.ID
	}
	return c
}

// edges reads the graph. Where the document is about one of its components,
// all belong to that, and what it names itself is direct.
func (r *cdxReader) edges(list []cdx.Dependency) {
	main := r.d.Main
	for _, dep := range list {
		from := r.byID[r.byRef[dep.Ref]]
		if from == nil {
			continue
		}
		for _, ref := range each(dep.Dependencies) {
			to := r.byID[r.byRef[ref]]
			if to == nil || to == from {
				continue
			}
			from.DependsOn = append(from.DependsOn, to.ID)
			to.Direct = to.Direct || from.ID == main
		}
	}
	if main != "" {
		for _, c := range r.d.Components {
			if c.ID != main && c.Root == "" {
				c.Root = main
			}
		}
	}
}

// read reads one component.
func read(in *cdx.Component) *report.Component {
	c := &report.Component{
		Type: string(in.Type), Group: in.Group, Name: in.Name, Version: in.Version, PURL: in.PackageURL, Copyright: in.Copyright,
	}
	if c.Type == "library" {
		c.Type = ""
	}
	if p, err := purl.Parse(in.PackageURL); err == nil {
		c.PURL, c.Ecosystem = p.String(), p.Ecosystem()
		if full := p.FullName(); p.Type != "maven" && (in.Group != "" || strings.HasSuffix(full, "/"+in.Name)) {
			c.Group, c.Name = "", full
		}
	}
	if in.Supplier != nil {
		c.Supplier = in.Supplier.Name
	}
	if in.CPE != "" {
		c.CPEs = []string{in.CPE}
	}
	for _, h := range each(in.Hashes) {
		if c.Hashes == nil {
			c.Hashes = map[string]string{}
		}
		c.Hashes[string(h.Algorithm)] = strings.ToLower(h.Value)
	}
	for _, ref := range each(in.ExternalReferences) {
		c.Links = append(c.Links, report.Link{Kind: string(ref.Type), URL: ref.URL})
	}
	c.Licenses = readLicenses(in.Licenses)
	c.Scope = map[cdx.Scope]report.Scope{cdx.ScopeRequired: report.ScopeRuntime, cdx.ScopeOptional: report.ScopeOptional, cdx.ScopeExcluded: report.ScopeDev}[in.Scope]
	if in.Evidence != nil {
		for _, o := range each(in.Evidence.Occurrences) {
			l := report.Location{Path: o.Location}
			if o.Line != nil {
				l.Region.Start.Line = *o.Line
			}
			c.Found = append(c.Found, l)
		}
	}
	var rest []cdx.Property
	for _, p := range each(in.Properties) {
		if !ownProperty(c, p.Name, p.Value) {
			rest = append(rest, p)
		}
	}
	c.Props = props(rest)
	return c
}

// ownProperty reads a property that stands for a field.
func ownProperty(c *report.Component, name, value string) bool {
	switch name {
	case propEcosystem:
		c.Ecosystem = value
	case propRoot:
		c.Root = value
	case propDirect:
		c.Direct = value == "true"
	case propSource:
		c.Source = value
	case propOwnedBy:
		c.OwnedBy = value
	case propScope:
		c.Scope = report.Scope(value)
	case propCPE:
		c.CPEs = append(c.CPEs, value)
	default:
		rest, ok := strings.CutPrefix(name, propLayer+":")
		return ok && layerProperty(c, rest, value)
	}
	return true
}

func layerProperty(c *report.Component, name, value string) bool {
	i := 0
	if n, rest, ok := strings.Cut(name, ":"); ok {
		var err error
		if i, err = strconv.Atoi(n); err != nil {
			return false
		}
		name = rest
	}
	if i < 0 || i >= len(c.Found) {
		return false
	}
	l := &c.Found[i]
	if l.Layer == nil {
		l.Layer = &report.Layer{}
	}
	switch name {
	case "index":
		l.Layer.Index, _ = strconv.Atoi(value)
	case "diffId":
		l.Layer.DiffID = value
	case "createdBy":
		l.Layer.CreatedBy = value
	case "base":
		l.Layer.Base = value == "true"
	case "deleted":
		l.Layer.Deleted = value == "true"
	default:
		return false
	}
	return true
}

func readLicenses(list *cdx.Licenses) (out []report.License) {
	if list == nil {
		return nil
	}
	for _, l := range *list {
		switch {
		case l.Expression != "":
			how := ""
			if l.Acknowledgement != nil {
				how = string(*l.Acknowledgement)
			}
			out = append(out, report.License{Expression: l.Expression, How: how})
		case l.License != nil:
			out = append(out, report.License{Expression: cmp.Or(l.License.ID, l.License.Name), How: string(l.License.Acknowledgement)})
		}
	}
	return out
}

// props reads properties; a name that stands several times is a list.
func props(list []cdx.Property) report.Props {
	if len(list) == 0 {
		return nil
	}
	values := map[string][]string{}
	for _, p := range list {
		values[p.Name] = append(values[p.Name], p.Value)
	}
	out := report.Props{}
	for name, v := range values {
		if len(v) == 1 {
			out[name], _ = json.Marshal(v[0])
		} else {
			out[name], _ = json.Marshal(v)
		}
	}
	return out
}
