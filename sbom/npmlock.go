package sbom

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// npmLock reads package-lock.json and npm-shrinkwrap.json of lockfileVersion
// 1, 2 and 3 (docs.npmjs.com, "package-lock.json"). Lock files of installed
// packages, which npm does not read, are passed over; so is a
// package-lock.json beside a npm-shrinkwrap.json.
func npmLock() Cataloger {
	return Cataloger{Name: "npm-lock", Names: []string{"package-lock.json", "npm-shrinkwrap.json"}, Parse: parseNPMLock}
}

func parseNPMLock(ctx context.Context, t *report.Target, name string) components {
	if slices.Contains(strings.Split(name, "/"), "node_modules") {
		return yieldAll(name, nil, nil)
	}
	if path.Base(name) == "package-lock.json" {
		if _, err := fs.Stat(t.FS, path.Join(path.Dir(name), "npm-shrinkwrap.json")); !errors.Is(err, fs.ErrNotExist) {
			return yieldAll(name, nil, nil)
		}
	}
	text, err := readText(ctx, t, name)
	if err != nil {
		return fail(err)
	}
	lock, err := readNPMLock(text)
	var errs []error
	if err != nil {
		errs = append(errs, err)
	}
	if len(lock.version) > 0 && !slices.Contains([]string{"1", "2", "3"}, lock.version) {
		errs = append(errs, fmt.Errorf("lockfileVersion %s is newer than this reader: what it says may have been misunderstood", lock.version))
	}
	if lock.packages == nil {
		lock.packages = lock.dependencies // written by npm 5 and 6, which leave direct ones to package.json
		if lock.version == "" && len(lock.packages) == 0 && err == nil {
			errs = append(errs, errors.New("neither lockfileVersion nor packages nor dependencies: not a lock file of npm"))
		}
		switch root, err := rootManifest(ctx, t, path.Join(path.Dir(name), "package.json")); {
		case err == nil:
			lock.packages = append(lock.packages, root)
		case !errors.Is(err, fs.ErrNotExist):
			errs = append(errs, err)
		}
	}
	return yieldAll(name, lock.tree(ctx, name, dirName(t, name)), errs)
}

// npmLockFile is a lock file as it is written.
type npmLockFile struct {
	name, release string // of the project
	version       string // lockfileVersion; empty if it does not say
	packages      []npmEntry
	dependencies  []npmEntry // as packages, at the paths where npm puts them
}

// npmEntry is one package at its place.
type npmEntry struct {
	path                                      string // "node_modules/a"; empty: the project
	line                                      int
	name, version, resolved, integrity        string
	licenses                                  []string
	link, dev, optional, devOptional, bundled bool
	peer                                      bool
	deps, devDeps                             []string // names
}

// readNPMLock returns what was read until an error.
func readNPMLock(text []byte) (*npmLockFile, error) {
	r := &jsonReader{data: text}
	lock := &npmLockFile{}
	if c, err := r.peek(); err != nil || c != '{' {
		return lock, r.unexpected(c, err, "an object")
	}
	err := r.object(func(key string, _ int) (err error) {
		switch key {
		case "name":
			lock.name, err = r.text()
		case "version":
			lock.release, err = r.text()
		case "lockfileVersion":
			start := r.pos
			err = r.skip()
			lock.version = strings.Trim(string(text[start:r.pos]), `"`)
		case "packages":
			if lock.packages == nil {
				lock.packages = []npmEntry{}
			}
			err = r.object(func(key string, off int) error {
				e := npmEntry{path: strings.TrimSuffix(strings.ReplaceAll(key, `\`, "/"), "/"), line: r.line(off)}
				if err := fits(r, e.path, len(lock.packages)); err != nil {
					return err
				}
				err := r.object(func(key string, _ int) error { return e.field(r, key) })
				lock.packages = append(lock.packages, e)
				return err
			})
		case "dependencies":
			err = lock.nested(r, "")
		default:
			err = r.skip()
		}
		return err
	})
	if err == nil {
		err = r.end()
	}
	return lock, err
}

// maxNPMPath is the length of the longest path of a package in bytes.
const maxNPMPath = 2048

// fits reports what would make the work of a hostile file quadratic.
func fits(r *jsonReader, path string, entries int) error {
	if len(path) > maxNPMPath {
		return r.fail("a path of more than %d bytes", maxNPMPath)
	}
	if entries >= maxPackages {
		return r.fail("%w", errTooMany)
	}
	return nil
}

// field reads a field of an entry of "packages".
func (e *npmEntry) field(r *jsonReader, key string) (err error) {
	switch key {
	case "name":
		e.name, err = r.text()
	case "version":
		e.version, err = r.text()
	case "resolved":
		e.resolved, err = r.text()
	case "integrity":
		e.integrity, err = r.text()
	case "link":
		e.link, err = r.truth()
	case "dev":
		e.dev, err = r.truth()
	case "optional":
		e.optional, err = r.truth()
	case "devOptional":
		e.devOptional, err = r.truth()
	case "peer":
		e.peer, err = r.truth()
	case "inBundle", "bundled":
		e.bundled, err = r.truth()
	case "license", "licenses":
		err = e.license(r)
	case "dependencies", "optionalDependencies", "peerDependencies":
		e.deps, err = keys(r, e.deps)
	case "devDependencies":
		e.devDeps, err = keys(r, e.devDeps)
	default:
		err = r.skip()
	}
	return err
}

// license reads "MIT", {"type": "MIT"} or a list of such.
func (e *npmEntry) license(r *jsonReader) error {
	c, err := r.peek()
	if err != nil {
		return err
	}
	switch c {
	case '[':
		return r.array(func() error { return e.license(r) })
	case '{':
		return r.object(func(key string, _ int) error {
			if key == "type" || key == "name" {
				return e.license(r)
			}
			return r.skip()
		})
	}
	s, err := r.text()
	if s = strings.TrimSpace(s); s != "" && !slices.Contains(e.licenses, s) {
		e.licenses = append(e.licenses, s)
	}
	return err
}

// keys appends the keys of an object.
func keys(r *jsonReader, list []string) ([]string, error) {
	err := r.object(func(key string, _ int) error {
		list = append(list, key)
		return r.skip()
	})
	return list, err
}

// nested reads "dependencies" of lockfileVersion 1, a tree, into entries at the
// paths that its shape stands for.
func (l *npmLockFile) nested(r *jsonReader, parent string) error {
	return r.object(func(key string, off int) error {
		i := len(l.dependencies)
		if err := fits(r, parent+key, i); err != nil {
			return err
		}
		l.dependencies = append(l.dependencies, npmEntry{path: path.Join(parent, "node_modules", key), line: r.line(off)})
		e := l.dependencies[i]
		err := r.object(func(key string, _ int) (err error) {
			switch key {
			case "requires":
				e.deps, err = keys(r, e.deps)
			case "dependencies":
				err = l.nested(r, e.path)
			default:
				err = e.field(r, key)
			}
			return err
		})
		e.spec()
		l.dependencies[i] = e
		return err
	})
}

// spec takes apart a version of lockfileVersion 1, which is a specifier where
// the package is not the registry's one of that name.
func (e *npmEntry) spec() {
	v := e.version
	if real, ok := strings.CutPrefix(v, "npm:"); ok {
		if i := strings.LastIndexByte(real, '@'); i > 0 {
			e.name, e.version = real[:i], real[i+1:]
		}
		return
	}
	if dir, ok := strings.CutPrefix(v, "file:"); ok && !tarball(dir) {
		e.resolved, e.version, e.link = dir, "", true
		return
	}
	if strings.Contains(v, ":") {
		e.resolved, e.version = v, ""
	}
}

func tarball(p string) bool {
	p, _, _ = strings.Cut(p, "?")
	return strings.HasSuffix(p, ".tgz") || strings.HasSuffix(p, ".tar.gz") || strings.HasSuffix(p, ".tar")
}

// rootManifest reads the direct dependencies of a project from package.json.
func rootManifest(ctx context.Context, t *report.Target, name string) (npmEntry, error) {
	e := npmEntry{line: 1}
	text, err := readText(ctx, t, name)
	if err != nil {
		return e, err
	}
	r := &jsonReader{data: text}
	if err = r.object(func(key string, _ int) error { return e.field(r, key) }); err != nil {
		err = broken(name, err)
	}
	return e, err
}
