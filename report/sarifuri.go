package report

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
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

// A sarifBasePath is what a uriBaseId puts in front of a path.
type sarifBasePath struct {
	prefix string
	abs    bool
}

// findRoot returns the absolute path of the tree that was scanned, if the
// document says: of %SRCROOT%, else of the only base that has one, else the
// directory that the tool ran in.
func (d *sarifRunReader) findRoot() string {
	ids := d.run.OriginalURIBaseIDs
	var roots []string
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if prefix, abs := d.basePath(id); abs {
			if id == sarifTree {
				return prefix
			}
			if ids[id].Base == "" {
				roots = append(roots, prefix)
			}
		}
	}
	if len(roots) == 1 {
		return roots[0]
	}
	for _, inv := range d.run.Invocations {
		if inv.Directory != nil && inv.Directory.Base == "" {
			if p, _, abs := sarifPath(inv.Directory.URI); abs {
				return withSlash(p)
			}
		}
	}
	return ""
}

// basePath returns what a uriBaseId puts in front of a path, and whether that
// is an absolute path. A base without a location is the root of the tree.
func (d *sarifRunReader) basePath(id string) (prefix string, abs bool) {
	b, ok := d.bases[id]
	if !ok {
		b.prefix, b.abs = d.findBase(id)
		d.bases[id] = b
	}
	d.refer(len(b.prefix))
	return b.prefix, b.abs
}

func (d *sarifRunReader) findBase(id string) (prefix string, abs bool) {
	for range 16 { // ids may refer to one another in a circle
		a, ok := d.run.OriginalURIBaseIDs[id]
		if !ok || a.URI == "" && a.Base == "" {
			return prefix, false
		}
		p, uri, isAbs := sarifPath(a.URI)
		switch {
		case uri != "":
			return prefix, false
		case isAbs:
			return withSlash(p) + prefix, true
		case p != "":
			prefix = withSlash(p) + prefix
		}
		if id = a.Base; id == "" {
			break
		}
	}
	return prefix, false
}

func withSlash(p string) string { return strings.TrimSuffix(p, "/") + "/" }

// resolve returns the path of an artifact in the tree, or its URI if it lies elsewhere.
func (d *sarifRunReader) resolve(a *sarifArtifact) (p, uri string) {
	if at := indexOf(a.Index, len(d.run.Artifacts)); at >= 0 && a.URI == "" && d.run.Artifacts[at].Location != nil {
		a = d.run.Artifacts[at].Location
		d.refer(len(a.URI))
	}
	if a.URI == "" {
		return "", ""
	}
	p, uri, abs := sarifPath(a.URI)
	if uri != "" {
		return "", uri
	}
	if !abs && a.Base != "" {
		var prefix string
		if prefix, abs = d.basePath(a.Base); prefix != "" {
			p, _, _ = sarifPath(sarifURI(prefix + p)) // cleans it
			if abs {
				p = "/" + p
			}
		}
	}
	if !abs {
		return p, ""
	}
	if d.root != "" {
		if rest, ok := strings.CutPrefix(withSlash(p), d.root); ok {
			return strings.TrimSuffix(rest, "/"), ""
		}
	}
	return "", "file:///" + strings.TrimPrefix(sarifURI(p), "./")
}
