package sbom

import (
	"bytes"
	"cmp"
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime/debug"
	"strings"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
)

// maxBinary is the size up to which a binary that can only be read from its
// start is read into memory.
const maxBinary = 256 << 20

// goBinary reads the build information that the go command puts into programs
// (package debug/buildinfo): the main module as the root, the modules linked,
// and the standard library at the version of the toolchain. An executable
// without it is not ours.
func goBinary() Cataloger {
	return Cataloger{
		Name: "go-binary",
		Magic: []string{
			"\x7fELF", "MZ",
			"\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe", // Mach-O
			"\xca\xfe\xba\xbe", // Mach-O for several processors
		},
		Parse: parseGoBinary,
	}
}

func parseGoBinary(ctx context.Context, t *report.Target, name string) components {
	info, err := readBuildInfo(ctx, t.FS, name)
	if err != nil {
		return fail(err)
	}
	if info == nil {
		return yieldAll(name, nil, nil)
	}
	return yieldAll(name, goProgram(info, name), nil)
}

// readBuildInfo returns nil for what is no Go program.
func readBuildInfo(ctx context.Context, fsys fs.FS, name string) (info *debug.BuildInfo, err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, &report.Error{Op: report.OpRead, Path: name, Err: walk.Cause(err)}
	}
	defer f.Close()
	r := &watched{}
	if at, ok := f.(io.ReaderAt); ok {
		r.ReaderAt = at
	} else {
		data, err := walk.Read(ctx, fsys, name, maxBinary)
		if err != nil {
			return nil, err
		}
		r.ReaderAt = bytes.NewReader(data)
	}
	// The readers of executables are fuzzed but have not always held.
	if p := work.Contain(func() { info, err = buildinfo.Read(r) }); p != nil {
		err = p
	}
	foreign := err != nil && (strings.Contains(err.Error(), "not a Go executable") || !hasBuildInfo(ctx, r))
	switch {
	case r.err != nil:
		return nil, &report.Error{Op: report.OpRead, Path: name, Err: walk.Cause(r.err)}
	case err == nil:
		return info, nil
	case foreign:
		return nil, nil
	}
	return nil, &report.Error{Op: report.OpParse, Path: name, Err: fmt.Errorf("build information of a Go program: %w", err)}
}

// watched keeps the first failure to read, which the readers of executables
// take for a strange format.
type watched struct {
	io.ReaderAt
	err error
}

func (w *watched) ReadAt(p []byte, off int64) (int, error) {
	n, err := w.ReaderAt.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) && off >= 0 && w.err == nil {
		w.err = err
	}
	return n, err
}

// hasBuildInfo looks for the mark in front of build information: where the
// reader stumbles over an executable without it, nothing is lost.
func hasBuildInfo(ctx context.Context, r io.ReaderAt) bool {
	mark := []byte("\xff Go buildinf:")
	buf := make([]byte, 1<<20)
	for off := int64(0); off < 1<<30 && ctx.Err() == nil; {
		n, err := r.ReadAt(buf, off)
		if bytes.Contains(buf[:n], mark) {
			return true
		}
		if err != nil {
			return false
		}
		off += int64(n - len(mark))
	}
	return false
}

// goProgram returns the components of a program.
func goProgram(info *debug.BuildInfo, name string) []*report.Component {
	root := &report.Component{
		Type: "application", Name: cmp.Or(info.Main.Path, info.Path, path.Base(name)), Version: goVersion(info.Main.Version),
		Ecosystem: "Go", Found: []report.Location{{Path: name}},
	}
	if info.Main.Path == "" {
		root.Ecosystem = "" // built from single files: no module that could have advisories
	}
	if info.Path != "" {
		setProp(root, "merlon:go:package", info.Path)
	}
	root.PURL = goPURL(root.Name, root.Version)
	root.ID = report.ComponentID(cmp.Or(root.PURL, root.Name), "", name)
	for _, s := range info.Settings {
		if harmless(s.Key) {
			setProp(root, propGoSetting+s.Key, s.Value)
		}
	}
	list := []*report.Component{root}
	add := func(c *report.Component) {
		c.Root, c.Scope = root.ID, report.ScopeRuntime
		c.Found = []report.Location{{Path: name}}
		c.ID = report.ComponentID(cmp.Or(c.PURL, c.Name+"@"+c.Version), root.ID, name)
		list = append(list, c)
	}
	if v := toolchain(info.GoVersion); v != "" {
		add(&report.Component{Name: "stdlib", Version: v, Ecosystem: "Go", PURL: goPURL("stdlib", v), Direct: true})
	}
	for _, m := range info.Deps {
		if m != nil {
			add(linked(m))
		}
	}
	connect(root, list[1:])
	return list
}

func linked(m *debug.Module) *report.Component {
	c := &report.Component{Name: m.Path, Version: goVersion(m.Version), Ecosystem: "Go"}
	sum := m.Sum
	if r := m.Replace; r != nil {
		sum = r.Sum
		if localPath(r.Path) || r.Version == "" {
			setProp(c, propGoReplacedBy, r.Path)
			c.Version, c.Ecosystem = "", "" // the directory's code is the project's own
		} else {
			setProp(c, propGoReplaces, m.Path+"@"+m.Version)
			c.Name, c.Version = r.Path, goVersion(r.Version)
		}
	}
	setProp(c, propGoSum, sum)
	c.PURL = goPURL(c.Name, c.Version)
	return c
}

// goVersion is a module's version; that of a module built in its own
// directory is not known.
func goVersion(v string) string {
	if v == "(devel)" {
		return ""
	}
	return v
}

// toolchain is the version of the standard library: "1.22.3" for "go1.22.3
// X:boringcrypto". A development version has none.
func toolchain(v string) string {
	v, _, _ = strings.Cut(v, " ")
	v, ok := strings.CutPrefix(v, "go")
	if !ok {
		return ""
	}
	return v
}

// harmless reports whether a build setting is kept. Flags of compiler and
// linker are not: -X is where programs get their passwords.
func harmless(key string) bool {
	switch key {
	case "-buildmode", "-compiler", "-race", "-msan", "-asan", "-tags", "-trimpath", "CGO_ENABLED", "DefaultGODEBUG":
		return true
	}
	return strings.HasPrefix(key, "GO") || strings.HasPrefix(key, "vcs")
}
