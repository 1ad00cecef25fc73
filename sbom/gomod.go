package sbom

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/merlonsec/merlon/internal/purl"
	"github.com/merlonsec/merlon/report"
)

// goMod reads go.mod. The module is the root; from go 1.17 on the file lists
// every module that can be part of the build, so nothing else is read. Before,
// it lists little more than the direct ones, and go.sum tells the others.
func goMod() Cataloger {
	return Cataloger{Name: "go-mod", Names: []string{"go.mod"}, Parse: parseGoMod}
}

var (
	errSum   = errors.New("go.sum line: want a module, a version and a hash")
	errNoSum = errors.New(`go.mod before "go 1.17" lists direct dependencies only, and there is no go.sum: run "go mod tidy"`)
)

func parseGoMod(ctx context.Context, t *report.Target, name string) components {
	if !goBuilds(name) {
		return yieldAll(name, nil, nil)
	}
	text, err := readText(ctx, t, name)
	if err != nil {
		return fail(err)
	}
	f, errs := parseModFile(string(text))
	g := &goMods{file: f, name: name, seen: map[string]*report.Component{}}
	g.root = &report.Component{
		Type: "application", Name: cmp.Or(f.module.path, dirName(t, name)), Found: at(name, max(f.module.line, 1)),
	}
	g.root.PURL = goPURL(g.root.Name, "")
	g.root.ID = report.ComponentID(cmp.Or(g.root.PURL, g.root.Name), "", name)
	setProp(g.root, propGoVersion, f.goLine)
	for i, r := range f.required() {
		if i == maxPackages {
			errs = append(errs, &lineError{r.line, errTooMany})
			break
		}
		g.add(r)
	}
	if f.before117() && len(f.require) > 0 {
		if err := g.addSum(ctx, t, path.Join(path.Dir(name), "go.sum")); err != nil {
			errs = append(errs, err)
		}
	}
	list := append([]*report.Component{g.root}, g.list...)
	connect(g.root, g.list)
	return yieldAll(name, list, errs)
}

// goBuilds reports whether the go command would build a module here as a part
// of the project: not in vendored and test data, nor in directories that it passes over.
func goBuilds(name string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		switch base := path.Base(dir); {
		case base == "vendor", base == "testdata", base == "node_modules", strings.HasPrefix(base, "_"):
			return false
		}
	}
	return true
}

// dirName is what a project without a name is called: its directory.
func dirName(t *report.Target, name string) string {
	if dir := path.Dir(name); dir != "." {
		return path.Base(dir)
	}
	return cmp.Or(path.Base(strings.TrimRight(t.Subject.Name, "/")), "root")
}

// goMods are the modules of one go.mod.
type goMods struct {
	file *modFile
	name string
	root *report.Component
	list []*report.Component
	seen map[string]*report.Component // by ID
}

// add adds a requirement, or what replaces it.
func (g *goMods) add(r modLine) *report.Component {
	c := &report.Component{Name: r.path, Version: r.version, Ecosystem: "Go", Root: g.root.ID, Direct: !r.indirect, Found: at(g.name, r.line)}
	if to := g.file.replacement(r.path, r.version); to != nil {
		if to.newVersion == "" { // a directory: its code is the project's own
			c.Version, c.Ecosystem = "", ""
			setProp(c, propGoReplacedBy, to.newPath)
		} else {
			c.Name, c.Version = to.newPath, to.newVersion
			setProp(c, propGoReplaces, r.path+"@"+r.version)
		}
		c.Found = append(c.Found, at(g.name, to.line)...)
	}
	c.PURL = goPURL(c.Name, c.Version)
	c.ID = report.ComponentID(cmp.Or(c.PURL, c.Name+"@"+c.Version), c.Root, g.name)
	if have := g.seen[c.ID]; have != nil {
		have.Direct = have.Direct || c.Direct
		have.Found = append(have.Found, c.Found...)
		return have
	}
	g.seen[c.ID] = c
	g.list = append(g.list, c)
	g.root.DependsOn = append(g.root.DependsOn, c.ID)
	return c
}

// addSum adds the modules that only go.sum names.
func (g *goMods) addSum(ctx context.Context, t *report.Target, name string) error {
	text, err := readText(ctx, t, name)
	if errors.Is(err, fs.ErrNotExist) {
		return &report.Error{Op: report.OpParse, Path: g.name, Err: errNoSum}
	}
	if err != nil {
		return err
	}
	modules, bad := sumModules(string(text))
	listed := map[string]bool{g.file.module.path: true}
	for _, r := range g.file.require {
		listed[r.path] = true
		if to := g.file.replacement(r.path, r.version); to != nil {
			listed[to.newPath] = true
		}
	}
	for _, m := range modules {
		if listed[m.path] || g.file.exclude[[2]string{m.path, m.version}] {
			continue
		}
		c := g.add(m)
		c.Found = at(name, m.line)
		setProp(c, propGoFrom, "go.sum")
	}
	if len(bad) > 0 {
		return broken(name, bad[0])
	}
	return nil
}

// goPURL is the purl of a module, empty if it can have none.
func goPURL(module, version string) string {
	p := purl.PURL{Type: "golang", Version: version}
	p.Namespace, p.Name = purl.Split(module)
	return purlString(p)
}

func purlString(p purl.PURL) string {
	p, err := purl.New(p)
	if err != nil {
		return ""
	}
	return p.String()
}
