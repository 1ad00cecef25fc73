package sbom

import (
	"cmp"
	"path"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/merlonsec/merlon/internal/purl"
	"github.com/merlonsec/merlon/report"
)

// Properties of the component a document is about.
const (
	propSubjectName   = "merlon:subject:name"
	propSubjectKind   = "merlon:subject:kind"
	propSubjectDigest = "merlon:subject:digest"
)

// main is the metadata's component.
func (w *cdxWriter) main(root *report.Component) *cdx.Component {
	s := w.d.Subject
	c := component(root)
	add := func(name, value string) {
		if value != "" {
			c.Properties = appendTo(c.Properties, cdx.Property{Name: name, Value: value})
		}
	}
	if root.ID != w.d.Main {
		if s.Kind == "image" {
			c.Type = cdx.ComponentTypeContainer
			c.PackageURL = imagePURL(s)
		}
		c.Hashes = hashes(digest(s.Digest))
		add(propSubjectKind, cmp.Or(s.Kind, "unknown"))
	} else {
		add(propSubjectKind, s.Kind)
	}
	if s.Name != root.Name {
		add(propSubjectName, s.Name)
	}
	add(propSubjectDigest, s.Digest)
	return &c
}

// digest takes "sha256:…" apart.
func digest(s string) map[string]string {
	if sum, ok := strings.CutPrefix(s, "sha256:"); ok {
		return map[string]string{"SHA-256": sum}
	}
	return nil
}

// imagePURL is the purl of an image whose digest is known.
func imagePURL(s report.Subject) string {
	if s.Digest == "" {
		return ""
	}
	repo := s.Name
	if i := strings.LastIndexByte(repo, ':'); i > strings.LastIndexByte(repo, '/') {
		repo = repo[:i]
	}
	repo, _, _ = strings.Cut(repo, "@")
	q := map[string]string{}
	if strings.Contains(repo, "/") {
		q["repository_url"] = repo
	}
	return purlString(purl.PURL{Type: "oci", Name: path.Base(repo), Version: s.Digest, Qualifiers: q})
}

func tools(names []string) *cdx.ToolsChoice {
	if len(names) == 0 {
		return nil
	}
	list := make([]cdx.Component, len(names))
	for i, n := range names {
		list[i] = cdx.Component{Type: cdx.ComponentTypeApplication, Name: n}
		if j := strings.LastIndexByte(n, ' '); j > 0 {
			list[i].Name, list[i].Version = n[:j], n[j+1:]
		}
	}
	return &cdx.ToolsChoice{Components: &list}
}
