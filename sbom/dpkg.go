package sbom

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
)

// dpkg reads the database of dpkg(1), in one file or, as in images without a
// package manager, one file a package. The root is the operating system.
func dpkg() Cataloger {
	return Cataloger{Name: "dpkg", Names: []string{"**/" + dpkgStatus, "**/" + dpkgStatus + ".d/*"}, Parse: parseDpkg}
}

const dpkgStatus = "var/lib/dpkg/status"

func dpkgFields() map[string]bool {
	m := map[string]bool{}
	for _, f := range []string{"package", "status", "version", "architecture", "source", "depends", "pre-depends", "provides", "maintainer", "homepage", "auto-installed"} {
		m[f] = true
	}
	return m
}

func parseDpkg(ctx context.Context, t *report.Target, name string) components {
	files := []string{name}
	dir, ok := strings.CutSuffix(name, dpkgStatus)
	if !ok {
		var err error
		if files, err = statusFiles(t.FS, path.Dir(name)); err != nil {
			return fail(err)
		}
		if len(files) == 0 || files[0] != name {
			return yieldAll(name, nil, nil) // read with the first
		}
		dir = strings.TrimSuffix(path.Dir(name), dpkgStatus+".d")
	}
	database := name
	if !ok {
		database = path.Dir(name)
	}
	var errs []error
	sys, err := readSystem(ctx, t, path.Clean(dir), database, "debian")
	if err != nil {
		errs = append(errs, err)
	}
	db := &debs{sys: sys, byName: map[string][]int{}, found: map[[2]string]int{}}
	for _, f := range files {
		text, err := readText(ctx, t, f)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, err := range readStanzas(string(text), dpkgFields(), func(s *stanza) { db.add(f, s) }) {
			errs = append(errs, broken(f, err))
		}
		if err := cutShort(string(text)); err != nil && ok {
			errs = append(errs, broken(f, err))
		}
	}
	errs = append(errs, db.errs...)
	auto, err := autoInstalled(ctx, t, path.Join(dir, "var/lib/apt/extended_states"))
	if err != nil {
		errs = append(errs, err)
	}
	return yieldAll(name, append([]*report.Component{sys.root}, db.link(auto)...), errs)
}

// statusFiles lists the packages of a status.d directory.
func statusFiles(fsys fs.FS, dir string) (files []string, err error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, &report.Error{Op: report.OpRead, Path: dir, Err: walk.Cause(err)}
	}
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasSuffix(e.Name(), ".md5sums") {
			files = append(files, path.Join(dir, e.Name()))
		}
	}
	return files, nil
}

// debs are the packages of a database.
type debs struct {
	sys    *system
	list   []*report.Component
	arch   []string
	needs  []string         // Pre-Depends and Depends
	byName map[string][]int // packages and what they provide
	found  map[[2]string]int
	errs   []error
}

// onDisk reports whether the third word of Status says that the package's
// files are there (dpkg(1), "Package states"), whatever is wanted of it.
// Single-file databases of images have no Status.
func onDisk(status string) bool {
	fields := strings.Fields(status)
	if len(fields) == 0 {
		return true
	}
	switch fields[len(fields)-1] {
	case "installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending":
		return true
	}
	return false
}

func (d *debs) add(file string, s *stanza) {
	name, version, arch := s.fields["package"], s.fields["version"], s.fields["architecture"]
	if !onDisk(s.fields["status"]) {
		return
	}
	if name == "" || version == "" || len(d.list) == maxPackages {
		err := errNoVersion
		if len(d.list) == maxPackages {
			err = errTooMany
		}
		d.errs = append(d.errs, broken(file, &lineError{s.line, err}))
		return
	}
	c := &report.Component{
		Name: name, Version: version, PURL: d.sys.purl("deb", name, version, arch), Ecosystem: d.sys.ecosystem("deb"),
		Root: d.sys.root.ID, Found: at(file, s.line), Supplier: s.fields["maintainer"],
	}
	c.Source = name
	if src := s.fields["source"]; src != "" { // "glibc (2.36-9)"
		var v string
		c.Source, v, _ = strings.Cut(src, " ")
		if v = strings.Trim(v, " ()"); v != version {
			setProp(c, propSourceVersion, v)
		}
	}
	if home := s.fields["homepage"]; home != "" {
		c.Links = []report.Link{{Kind: "website", URL: home}}
	}
	c.ID = report.ComponentID(c.PURL, c.Root, file)
	i := len(d.list)
	d.list, d.arch = append(d.list, c), append(d.arch, arch)
	d.needs = append(d.needs, s.fields["pre-depends"]+","+s.fields["depends"])
	d.byName[name] = append(d.byName[name], i)
	for p := range relations(s.fields["provides"]) {
		d.byName[p[0]] = append(d.byName[p[0]], i)
	}
}

var errNoVersion = errors.New("a package without name or version: the database is damaged")

// relations yields the alternatives of each entry of a relation field, as
// names without versions and architectures (Debian Policy, chapter 7).
func relations(field string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for entry := range strings.SplitSeq(field, ",") {
			var names []string
			for alt := range strings.SplitSeq(entry, "|") {
				alt = strings.TrimSpace(alt)
				if i := strings.IndexAny(alt, " (\n\t[:"); i >= 0 {
					alt = alt[:i]
				}
				if alt != "" {
					names = append(names, alt)
				}
			}
			if len(names) > 0 && !yield(names) {
				return
			}
		}
	}
}

// link sets edges and directness. Of alternatives, those that are installed
// count. auto holds what came only as a dependency; without it, what nothing
// depends on is direct.
func (d *debs) link(auto map[string]bool) []*report.Component {
	for i, c := range d.list {
		for names := range relations(d.needs[i]) {
			for _, name := range names {
				if j := d.provider(name, d.arch[i]); j >= 0 {
					c.DependsOn = append(c.DependsOn, d.list[j].ID)
				}
			}
		}
		if auto != nil && !auto[c.Name] {
			c.Direct = true
			d.sys.root.DependsOn = append(d.sys.root.DependsOn, c.ID)
		}
	}
	connect(d.sys.root, d.list)
	if auto == nil {
		markDirect(d.sys.root, d.list)
	}
	return d.list
}

// provider returns the package of a name, best of an architecture, else one
// that provides it; -1 if there is none.
func (d *debs) provider(name, arch string) int {
	key := [2]string{name, arch}
	if i, ok := d.found[key]; ok {
		return i
	}
	best, rank := -1, 0
	for _, i := range d.byName[name] {
		r := 1
		if d.list[i].Name == name {
			r += 2
		}
		if d.arch[i] == arch || d.arch[i] == "all" || arch == "all" {
			r++
		}
		if r > rank {
			best, rank = i, r
		}
	}
	d.found[key] = best
	return best
}

// markDirect makes direct what hangs at the root.
func markDirect(root *report.Component, list []*report.Component) {
	top := map[string]bool{}
	for _, id := range root.DependsOn {
		top[id] = true
	}
	for _, c := range list {
		c.Direct = c.Direct || top[c.ID]
	}
}

// autoInstalled reads what apt installed only because something depends on
// it; nil if apt has left no record.
func autoInstalled(ctx context.Context, t *report.Target, name string) (map[string]bool, error) {
	text, err := readText(ctx, t, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	auto := map[string]bool{}
	for _, err := range readStanzas(string(text), dpkgFields(), func(s *stanza) {
		if s.fields["auto-installed"] == "1" {
			auto[s.fields["package"]] = true
		}
	}) {
		return auto, broken(name, err)
	}
	return auto, nil
}
