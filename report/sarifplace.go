package report

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// sarifURI returns the relative reference for a path (RFC 3986, 4.2). The
// reference of the root of the tree is "./".
func sarifURI(p string) string {
	const hex = "0123456789ABCDEF"
	p = strings.TrimLeft(p, "/")
	if p == "" {
		return "./"
	}
	var b strings.Builder
	if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ":") {
		b.WriteString("./") // or it would be a scheme
	}
	for i := range len(p) {
		if c := p[i]; isAlnum(rune(c)) || strings.IndexByte("/-._~!$&'()*+,;=:@", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// sarifPath is the inverse for what is relative. For the rest it returns an
// absolute path of the file scheme or of none, with abs set, or a URI of
// another scheme. Tools that do not escape what has to be are understood.
func sarifPath(ref string) (p, uri string, abs bool) {
	ref = strings.ReplaceAll(ref, `\`, "/") // no character of a URI: a path of Windows
	if len(ref) > 1 && ref[1] == ':' && (len(ref) == 2 || ref[2] == '/') {
		return "/" + ref, "", true // with a drive
	}
	u, err := url.Parse(ref)
	switch {
	case err != nil:
		p = ref
	case u.Scheme == "file" && u.Opaque == "" && (u.Host == "" || u.Host == "localhost"):
		return path.Clean("/" + u.Path), "", true
	case u.Scheme != "" || u.Host != "":
		return "", ref, false
	default:
		p = u.Path
		if u.RawQuery != "" || u.ForceQuery {
			p += "?" + u.RawQuery
		}
		if u.Fragment != "" {
			p += "#" + u.Fragment
		}
	}
	if strings.HasPrefix(p, "/") {
		return path.Clean(p), "", true
	}
	if p = path.Clean(p); p == "." {
		p = ""
	}
	return p, "", false
}

// isURI reports whether s is an absolute URI that needs no more escaping.
func isURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(u.Scheme) > 1 && u.String() == s && (u.Host != "" || u.Opaque != "" || u.Path != "")
}

// sarifRegions returns the region of r, and the lines around it if they are
// what its snippet holds: a region's own snippet is no more than the region
// (3.30.13), a context region's is (3.29.5). A part that SARIF cannot say is
// left out.
func sarifRegions(r *Region, inner bool) (region, context *sarifRegion) {
	var s sarifRegion
	if r.Start.Line > 0 {
		s.StartLine, s.StartColumn = r.Start.Line, max(r.Start.Column, 0)
		if r.End.Line >= r.Start.Line {
			s.EndLine, s.EndColumn = r.End.Line, max(r.End.Column, 0)
		}
	}
	// Bytes beside a line without columns would contradict it: the line is
	// the region then (3.30.4).
	if exact := s.StartLine == 0 || s.StartColumn > 0 && s.EndColumn > 0; exact && r.Offset >= 0 && r.Length >= 0 && r.Offset+r.Length > 0 {
		offset := r.Offset
		s.ByteOffset, s.ByteLength = &offset, r.Length
	}
	if s.StartLine == 0 && s.ByteOffset == nil {
		return nil, nil
	}
	if r.Snippet != "" {
		text := &sarifContent{Text: &r.Snippet}
		if inner || s.StartColumn == 0 && s.EndColumn == 0 || s.StartLine == 0 || r.wholeLine() {
			s.Snippet = text
		} else {
			context = &sarifRegion{StartLine: s.StartLine, Snippet: text}
			if s.EndLine > s.StartLine {
				context.EndLine = s.EndLine
			}
		}
	}
	return &s, context
}

// regionOf is the inverse of sarifRegions. What is absurd is taken as not said.
func regionOf(s, context *sarifRegion) (r Region, inner bool) {
	if s == nil {
		return r, false
	}
	if s.StartLine > 0 {
		r.Start = Position{s.StartLine, max(s.StartColumn, 0)}
		if s.EndLine > 0 || s.EndColumn > 0 {
			r.End = Position{s.EndLine, max(s.EndColumn, 0)}
			if r.End.Line <= 0 {
				r.End.Line = s.StartLine // 3.30.7
			}
			if r.End.Column > 0 && r.Start.Column == 0 {
				r.Start.Column = 1 // 3.30.6
			}
			if r.End.Line < r.Start.Line {
				r.End = Position{}
			}
		}
	}
	if s.ByteOffset != nil && *s.ByteOffset >= 0 && s.ByteLength >= 0 {
		r.Offset, r.Length = *s.ByteOffset, s.ByteLength
	}
	if text, ok := contextLines(context, r.Start.Line, max(r.Start.Line, r.End.Line)); ok {
		r.Snippet = text
	} else if s.Snippet != nil && s.Snippet.Text != nil {
		r.Snippet = *s.Snippet.Text
		inner = r.Snippet != "" && r.Start.Line > 0 && (r.Start.Column > 0 || r.End.Column > 0) && !r.wholeLine()
	}
	return r, inner
}

// wholeLine reports whether the snippet is no more than the region. A context
// region has to be more (3.29.5).
func (r *Region) wholeLine() bool {
	return r.Start.Column == 1 && r.End == Position{r.Start.Line, utf8.RuneCountInString(r.Snippet) + 1}
}

// contextLines returns the text of lines from a context region that has them.
func contextLines(c *sarifRegion, first, last int) (string, bool) {
	if c == nil || c.Snippet == nil || c.Snippet.Text == nil || first == 0 || c.StartLine <= 0 || c.StartLine > first {
		return "", false
	}
	text := *c.Snippet.Text
	if c.StartLine == first && max(c.EndLine, c.StartLine) == last {
		return text, true
	}
	lines := strings.Split(text, "\n")
	if last-c.StartLine >= len(lines) {
		return "", false
	}
	lines = lines[first-c.StartLine : last-c.StartLine+1]
	return strings.TrimSuffix(strings.Join(lines, "\n"), "\r"), true
}

// location writes l. One that is the whole of what a result says about its
// place gets a file in any case, if only the root of the tree: GitHub refuses
// a document with a result without one.
func (w *sarifRunWriter) location(l *Location, main bool) sarifLocation {
	kept := sarifKeptIn[sarifPlaceKept](l.Props)
	var extra sarifPlaceExtra
	out := sarifLocation{ID: kept.ID, sarifLocationRest: kept.sarifLocationRest}
	out.Physical = w.physical(l, main, &kept, &extra)
	for _, g := range distinct(l.Logical) {
		out.Logical = append(out.Logical, sarifLogical{QualifiedName: g.Name, Kind: g.Kind})
	}
	if len(out.Logical) != len(l.Logical) {
		extra.Logical = l.Logical
	}
	if l.Message != "" {
		out.Message = &sarifMessage{Text: &l.Message}
	}
	extra.Layer, extra.Commit, extra.Role = l.Layer, l.Commit, l.Role
	out.Properties = w.pack(l.Props, &extra)
	return out
}

func (w *sarifRunWriter) physical(l *Location, main bool, kept *sarifPlaceKept, extra *sarifPlaceExtra) *sarifPhysical {
	art := &sarifArtifact{sarifArtifactRest: kept.Artifact}
	switch {
	case l.Path != "":
		art.URI, art.Base = sarifURI(l.Path), w.base
		if p, _, _ := sarifPath(art.URI); p != l.Path {
			extra.Path = &l.Path
		}
		if l.URI != "" {
			extra.URI = &l.URI
		}
	case isURI(l.URI):
		art.URI = l.URI
	default:
		if l.URI != "" {
			extra.URI = &l.URI
		}
		if !main {
			if l.Region != (Region{}) {
				extra.Region = &l.Region
			}
			if kept.Physical.Address == nil {
				return nil
			}
			return &sarifPhysical{sarifPhysicalRest: kept.Physical}
		}
		art.URI, art.Base = sarifURI(""), w.base
	}
	out := &sarifPhysical{Artifact: art, sarifPhysicalRest: kept.Physical}
	out.Region, out.Context = sarifRegions(&l.Region, kept.Snippet)
	if out.Region == nil && kept.Region.CharOffset != nil {
		out.Region = &sarifRegion{}
	}
	if kept.Context != nil && out.Region != nil {
		out.Context = kept.Context
	}
	if r, _ := regionOf(out.Region, out.Context); r != l.Region {
		extra.Region = &l.Region
	}
	if out.Region != nil {
		out.Region.sarifRegionRest = kept.Region
	}
	return out
}

// location reads s; at names it in the document.
func (d *sarifRunReader) location(s *sarifLocation) Location {
	extra, ours, bag := sarifUnpack[sarifPlaceExtra](s.Properties)
	l := Location{Props: bag, Layer: extra.Layer, Commit: extra.Commit, Role: extra.Role}
	kept := sarifPlaceKept{sarifLocationRest: s.sarifLocationRest, ID: s.ID}
	if p := s.Physical; p != nil {
		kept.Physical = p.sarifPhysicalRest
		if p.Artifact != nil {
			l.Path, l.URI = d.resolve(p.Artifact)
			kept.Artifact = p.Artifact.sarifArtifactRest
		}
		l.Region, kept.Snippet = regionOf(p.Region, p.Context)
		if p.Region != nil {
			kept.Region = p.Region.sarifRegionRest
			if _, context := sarifRegions(&l.Region, kept.Snippet); p.Context != nil && !sameRegion(context, p.Context) {
				kept.Context = p.Context
			}
		}
	}
	l.Logical = d.logical(s.Logical)
	if s.Message != nil {
		l.Message, _ = d.message(s.Message, nil)
	}
	if ours {
		if extra.Path != nil {
			l.Path = *extra.Path
		}
		if extra.URI != nil {
			l.URI = *extra.URI
		}
		if extra.Region != nil {
			l.Region = *extra.Region
		}
		if extra.Logical != nil {
			l.Logical = extra.Logical
		}
	}
	l.Props = sarifKeep(l.Props, &kept)
	return l
}

// sameRegion reports whether writing a makes b.
func sameRegion(a, b *sarifRegion) bool { return a != nil && compareJSON(a, b) == 0 }

// logical reads logical locations. One that has parents in the run's list is
// preceded by them.
func (d *sarifRunReader) logical(list []sarifLogical) []Logical {
	var out []Logical
	for i := range list {
		s := list[i]
		if at := indexOf(s.Index, len(d.run.LogicalLocations)); at >= 0 {
			s = d.run.LogicalLocations[at]
			d.refer(len(s.QualifiedName) + len(s.Decorated) + len(s.Name))
		}
		chain := []Logical{s.logical()}
		for range 64 { // as deep as anything is nested, and no cycle goes on for ever
			at := indexOf(s.Parent, len(d.run.LogicalLocations))
			if at < 0 || len(list) > 1 {
				break
			}
			s = d.run.LogicalLocations[at]
			d.refer(len(s.QualifiedName) + len(s.Decorated) + len(s.Name))
			chain = append(chain, s.logical())
		}
		slices.Reverse(chain)
		out = append(out, chain...)
	}
	return out
}

func (s *sarifLogical) logical() Logical {
	for _, name := range []string{s.QualifiedName, s.Decorated, s.Name} {
		if name != "" {
			return Logical{Kind: s.Kind, Name: name}
		}
	}
	return Logical{Kind: s.Kind}
}

// indexOf returns where an index points in a list of n, or -1.
func indexOf(index *int, n int) int {
	if index == nil || *index < 0 || *index >= n {
		return -1
	}
	return *index
}
