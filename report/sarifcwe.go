package report

import (
	"cmp"
	"strconv"
	"strings"
)

func sarifCWEComponent() sarifComponent {
	return sarifComponent{Name: sarifCWE, sarifComponentRest: sarifComponentRest{
		Organization:    sarifRaw(`"MITRE"`),
		InformationURI:  sarifRaw(`"https://cwe.mitre.org/"`),
		IsComprehensive: sarifRaw("false"),
	}}
}

func (w *sarifRunWriter) cwe(n int) sarifReference {
	index := w.cwes[n]
	return sarifReference{ID: w.taxonomies[w.cweAt].Taxa[index].ID, Index: &index, Component: &sarifComponentReference{Name: w.taxonomies[w.cweAt].Name, Index: &w.cweAt}}
}

// cwe returns the number of the weakness that ref names, or false if it names none.
func (d *sarifRunReader) cwe(ref *sarifReference) (int, bool) {
	name, id := "", ref.ID
	if ref.Component != nil {
		name = ref.Component.Name
	}
	if t := d.taxonomy(ref.Component); t != nil {
		name = t.Name
		if i := indexOf(ref.Index, len(t.Taxa)); i >= 0 {
			id = cmp.Or(id, t.Taxa[i].ID)
		}
	}
	if !strings.EqualFold(name, sarifCWE) && (len(id) < 4 || !strings.EqualFold(id[:4], "CWE-")) {
		return 0, false
	}
	return parseCWE(id)
}

// parseCWE reads the number of a weakness: "79", "CWE-79", "CWE-79: …".
func parseCWE(id string) (int, bool) {
	if len(id) > 4 && strings.EqualFold(id[:4], "CWE-") {
		id = id[4:]
	}
	end := 0
	for end < len(id) && id[end] >= '0' && id[end] <= '9' {
		end++
	}
	if end < len(id) && id[end] != ':' && id[end] != ' ' {
		return 0, false
	}
	n, err := strconv.Atoi(id[:end])
	return n, err == nil && n > 0
}

// taxonomy returns the taxonomy that ref names, or nil.
func (d *sarifRunReader) taxonomy(ref *sarifComponentReference) *sarifComponent {
	t, _ := lookUp(ref, len(d.run.Taxonomies), func(i int) *sarifComponent { return &d.run.Taxonomies[i] }, d.taxonomies)
	return t
}

// portable is a reference into a taxonomy by names alone.
func (d *sarifRunReader) portable(ref *sarifReference) sarifReference {
	out := sarifReference{ID: ref.ID, GUID: ref.GUID}
	t := d.taxonomy(ref.Component)
	if t != nil {
		out.Component = &sarifComponentReference{Name: t.Name, GUID: t.GUID}
		if i := indexOf(ref.Index, len(t.Taxa)); i >= 0 {
			out.ID = cmp.Or(out.ID, t.Taxa[i].ID)
		}
	} else if ref.Component != nil {
		out.Component = &sarifComponentReference{Name: ref.Component.Name, GUID: ref.Component.GUID}
	} else if ref.Index != nil {
		if r := d.find(ref); r != nil { // a relationship between rules
			out.ID = r.rule.ID
		}
	}
	if out.ID == "" && out.GUID == "" {
		out.ID = "unknown"
	}
	return out
}
