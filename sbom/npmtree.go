package sbom

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/hex"
	"path"
	"strings"

	"github.com/merlonsec/merlon/internal/purl"
	"github.com/merlonsec/merlon/report"
)

// npmTree turns entries into components.
type npmTree struct {
	file  string
	root  *report.Component
	list  []*report.Component
	byID  map[string]*report.Component
	at    map[string]int // path to entry
	comp  map[string]*report.Component
	entry []npmEntry
}

// tree returns the components of a lock file, the project first. fallback is
// the project's name where the file has none. It ends early with ctx.
func (l *npmLockFile) tree(ctx context.Context, file, fallback string) []*report.Component {
	t := &npmTree{file: file, byID: map[string]*report.Component{}, at: map[string]int{}, comp: map[string]*report.Component{}, entry: l.packages}
	for i := range t.entry {
		t.at[t.entry[i].path] = i // of equal keys the last counts, as in JavaScript
	}
	var project npmEntry
	if i, ok := t.at[""]; ok {
		project = t.entry[i]
	}
	t.root = &report.Component{
		Type: "application", Name: cmp.Or(project.name, l.name, fallback), Version: cmp.Or(project.version, l.release),
		Found: at(file, max(project.line, 1)), Licenses: declared(project.licenses),
	}
	t.root.PURL = npmPURL(t.root.Name, t.root.Version, nil)
	t.root.ID = report.ComponentID(cmp.Or(t.root.PURL, t.root.Name), "", file)
	t.byID[t.root.ID], t.comp[""] = t.root, t.root
	for i := range t.entry {
		if e := &t.entry[i]; e.path != "" && t.at[e.path] == i && !e.link {
			t.add(e)
		}
	}
	for i := range t.entry {
		if e := &t.entry[i]; e.link && t.at[e.path] == i {
			t.addLink(e)
		}
	}
	for i := range t.entry {
		if e := &t.entry[i]; t.at[e.path] == i && !e.link && ctx.Err() == nil {
			t.connect(e)
		}
	}
	connect(t.root, t.list)
	if _, ok := t.at[""]; !ok { // no package.json: what nothing else asked for, the project did
		for _, id := range t.root.DependsOn {
			t.byID[id].Direct = true
		}
	}
	return append([]*report.Component{t.root}, t.list...)
}

// add makes the component of an installed package, or of a member of the
// project's workspace.
func (t *npmTree) add(e *npmEntry) {
	installed := npmName(e.path)
	c := &report.Component{
		Name: cmp.Or(e.name, installed, path.Base(e.path)), Version: e.version, Root: t.root.ID,
		Scope: e.scope(), Licenses: declared(e.licenses), Hashes: integrity(e.integrity), Found: at(t.file, e.line),
	}
	var q map[string]string
	if installed == "" { // the code of the project, or of a directory beside it
		c.Type = "application"
	} else {
		c.Ecosystem = "npm"
		q = source(c, e.resolved)
		if e.name != "" && e.name != installed {
			setProp(c, propNPMAlias, installed)
		}
		if e.peer {
			setProp(c, propNPMPeer, "true")
		}
		if e.bundled {
			setProp(c, propNPMBundled, "true")
		}
	}
	c.PURL = npmPURL(c.Name, c.Version, q)
	t.put(e.path, c)
}

// put adds a component, or adds to the one that has its ID.
func (t *npmTree) put(p string, c *report.Component) {
	c.ID = report.ComponentID(cmp.Or(c.PURL, c.Name+"@"+c.Version), t.root.ID, t.file)
	if have := t.byID[c.ID]; have != nil {
		have.Found = append(have.Found, c.Found...)
		have.Scope = wider(have.Scope, c.Scope)
		if have.Hashes == nil {
			have.Hashes = c.Hashes
		}
		if have.Licenses == nil {
			have.Licenses = c.Licenses
		}
		c = have
	} else {
		t.byID[c.ID] = c
		t.list = append(t.list, c)
	}
	t.comp[p] = c
}

// addLink lets the place of a link stand for the directory that it leads to.
func (t *npmTree) addLink(e *npmEntry) {
	to := path.Clean(strings.TrimPrefix(e.resolved, "file:"))
	if c := t.comp[to]; c != nil {
		t.comp[e.path] = c
		return
	}
	c := &report.Component{Type: "application", Name: cmp.Or(e.name, npmName(e.path)), Version: e.version, Root: t.root.ID, Scope: e.scope(), Found: at(t.file, e.line)}
	c.PURL = npmPURL(c.Name, c.Version, nil)
	t.put(e.path, c)
}

// connect sets the edges of a package: of those its dependencies name, the
// ones that Node's algorithm finds from its place.
func (t *npmTree) connect(e *npmEntry) {
	from := t.comp[e.path]
	if from == nil {
		return
	}
	own := npmName(e.path) == "" // what it depends on was asked for by the project
	for i, names := range [][]string{e.deps, e.devDeps} {
		if i == 1 && !own {
			break // nobody installs the tools of a dependency
		}
		for _, name := range names {
			if to := t.resolve(e.path, name); to != nil && to != from {
				from.DependsOn = append(from.DependsOn, to.ID)
				to.Direct = to.Direct || own
			}
		}
	}
	if own && from != t.root {
		t.root.DependsOn = append(t.root.DependsOn, from.ID)
		from.Direct = true
	}
}

// resolve looks a name up in node_modules of a directory and of those above it
// (nodejs.org/api/modules.html, "Loading from node_modules folders").
func (t *npmTree) resolve(dir, name string) *report.Component {
	for {
		if path.Base(dir) != "node_modules" {
			if c := t.comp[path.Join(dir, "node_modules", name)]; c != nil {
				return c
			}
		}
		if dir == "" || dir == "/" || strings.HasSuffix(dir, "..") { // a hostile file may say anything
			return nil
		}
		if dir = path.Dir(dir); dir == "." {
			dir = ""
		}
	}
}

// npmName returns the name that a path installs a package under, "" for a
// path that is not in a node_modules directory.
func npmName(p string) string {
	const dir = "node_modules/"
	if i := strings.LastIndex(p, dir); i == 0 || i > 0 && p[i-1] == '/' {
		return p[i+len(dir):]
	}
	return ""
}

func (e *npmEntry) scope() report.Scope {
	switch {
	case e.dev:
		return report.ScopeDev
	case e.optional, e.devOptional:
		return report.ScopeOptional
	}
	return report.ScopeRuntime
}

// wider is the scope of a package that is installed twice.
func wider(a, b report.Scope) report.Scope {
	for _, s := range []report.Scope{report.ScopeRuntime, report.ScopeOptional, report.ScopeDev} {
		if a == s || b == s {
			return s
		}
	}
	return a
}

func declared(licenses []string) []report.License {
	var list []report.License
	for _, s := range licenses {
		list = append(list, report.License{Expression: s, How: "declared"})
	}
	return list
}

// integrity reads Subresource Integrity metadata (W3C SRI, section 3.5).
func integrity(s string) map[string]string {
	names := map[string]string{"sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
	var hashes map[string]string
	for _, field := range strings.Fields(s) {
		alg, sum, _ := strings.Cut(field, "-")
		sum, _, _ = strings.Cut(sum, "?")
		raw, err := base64.StdEncoding.DecodeString(sum)
		if name := names[alg]; name != "" && err == nil && len(raw) > 0 && hashes[name] == "" {
			if hashes == nil {
				hashes = map[string]string{}
			}
			hashes[name] = hex.EncodeToString(raw)
		}
	}
	return hashes
}

func npmPURL(name, version string, q map[string]string) string {
	p := purl.PURL{Type: "npm", Version: version, Qualifiers: q}
	p.Namespace, p.Name = purl.Split(name)
	return purlString(p)
}
