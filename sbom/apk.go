package sbom

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// apk reads the database of Alpine's package manager (apk-db(5)). The root is
// the operating system.
func apk() Cataloger {
	return Cataloger{Name: "apk", Names: []string{"**/lib/apk/db/installed"}, Parse: parseApk}
}

func parseApk(ctx context.Context, t *report.Target, name string) components {
	dir := strings.TrimSuffix(name, "lib/apk/db/installed")
	if merged, ok := strings.CutSuffix(name, "usr/lib/apk/db/installed"); ok {
		dir = merged
	}
	dir = path.Clean(dir)
	text, err := readText(ctx, t, name)
	if err != nil {
		return fail(err)
	}
	sys, sysErr := readSystem(ctx, t, dir, name, "alpine")
	db := &apks{sys: sys, file: name, byName: map[string]int{}, provides: map[string]int{}}
	errs := db.read(string(text))
	world, err := readWorld(ctx, t, path.Join(dir, "etc/apk/world"))
	db.link(world)
	for _, err := range []error{sysErr, err} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return yieldAll(name, append([]*report.Component{sys.root}, db.list...), errs)
}

// apks are the packages of a database.
type apks struct {
	sys      *system
	file     string
	list     []*report.Component
	needs    []string // field D
	byName   map[string]int
	provides map[string]int // first to provide a name
}

// read reads the database: a letter, a colon and a value a line, an empty line
// behind each package. Only what comes before the package's files counts.
func (d *apks) read(text string) (errs []error) {
	fields := map[byte]string{}
	first, n := 0, 0
	flush := func() {
		if first > 0 {
			if err := d.add(fields, first); err != nil {
				errs = append(errs, err)
			}
		}
		clear(fields)
		first = 0
	}
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		switch {
		case line == "":
			flush()
		case len(line) < 2 || line[1] != ':':
			errs = append(errs, &lineError{n, fmt.Errorf("%.40q is no field", line)})
		default:
			if first == 0 {
				first = n
			}
			if strings.IndexByte("PVALoUmDp", line[0]) >= 0 {
				fields[line[0]] = line[2:]
			}
		}
	}
	flush()
	if err := cutShort(text); err != nil {
		errs = append(errs, err)
	}
	return errs
}

func (d *apks) add(f map[byte]string, line int) error {
	if f['P'] == "" || f['V'] == "" {
		return &lineError{line, errNoVersion}
	}
	if len(d.list) == maxPackages {
		return &lineError{line, errTooMany}
	}
	c := &report.Component{
		Name: f['P'], Version: f['V'], PURL: d.sys.purl("apk", f['P'], f['V'], f['A']), Ecosystem: d.sys.ecosystem("apk"),
		Source: f['o'], Root: d.sys.root.ID, Found: at(d.file, line), Supplier: f['m'],
	}
	if c.Source == "" {
		c.Source = c.Name
	}
	if l := strings.TrimSpace(f['L']); l != "" {
		c.Licenses = []report.License{{Expression: l, How: "declared"}}
	}
	if f['U'] != "" {
		c.Links = []report.Link{{Kind: "website", URL: f['U']}}
	}
	c.ID = report.ComponentID(c.PURL, c.Root, d.file)
	i := len(d.list)
	d.list, d.needs = append(d.list, c), append(d.needs, f['D'])
	d.byName[c.Name] = i
	for p := range strings.FieldsSeq(f['p']) {
		if name := apkName(p); name != "" {
			if _, ok := d.provides[name]; !ok {
				d.provides[name] = i
			}
		}
	}
	return nil
}

// apkName cuts the version from "so:libc.musl-x86_64.so.1=1" or "busybox>1.2",
// and the repository from "pkg@edge". A conflict ("!pkg") has no name.
func apkName(s string) string {
	if strings.HasPrefix(s, "!") {
		return ""
	}
	if i := strings.IndexAny(s, "<>=~@"); i >= 0 {
		s = s[:i]
	}
	return s
}

// link sets edges and directness; world holds what was asked for by name, nil
// if that is not known.
func (d *apks) link(world map[string]bool) {
	for i, c := range d.list {
		for dep := range strings.FieldsSeq(d.needs[i]) {
			if j, ok := d.find(apkName(dep)); ok {
				c.DependsOn = append(c.DependsOn, d.list[j].ID)
			}
		}
	}
	for name := range world {
		if i, ok := d.find(name); ok {
			c := d.list[i]
			c.Direct = true
			d.sys.root.DependsOn = append(d.sys.root.DependsOn, c.ID)
		}
	}
	connect(d.sys.root, d.list)
	if world == nil {
		markDirect(d.sys.root, d.list)
	}
}

func (d *apks) find(name string) (int, bool) {
	if i, ok := d.byName[name]; ok {
		return i, true
	}
	i, ok := d.provides[name]
	return i, ok
}

// readWorld reads the names in etc/apk/world; nil if there is no such file.
func readWorld(ctx context.Context, t *report.Target, name string) (map[string]bool, error) {
	text, err := readText(ctx, t, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	world := map[string]bool{}
	for field := range strings.FieldsSeq(string(text)) {
		if n := apkName(field); n != "" {
			world[n] = true
		}
	}
	return world, nil
}
