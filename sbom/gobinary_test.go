package sbom_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sbom"
)

// self is the program that runs the tests, a Go binary. Test programs do not
// list the modules they are made of.
func self(t testing.TB) []byte {
	name, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Skip(err)
	}
	return data
}

func TestGoBinary(t *testing.T) {
	rep := scan(t, fstest.MapFS{"bin/tool": {Data: self(t), Mode: 0o755}})
	checkGraph(t, rep)
	std := find(t, rep, "stdlib")
	if want := strings.TrimPrefix(strings.Fields(runtime.Version())[0], "go"); std.Version != want || std.PURL != "pkg:golang/stdlib@"+want || std.Ecosystem != "Go" {
		t.Errorf("got %s %s, want version %s", std.PURL, std.Ecosystem, want)
	}
	root := componentByID(rep, std.Root)
	if root == nil || root.Name != "github.com/merlonsec/merlon" || root.Type != "application" {
		t.Fatalf("got root %+v", root)
	}
	if root.Props["merlon:go:setting:GOARCH"] == nil || root.Props["merlon:go:setting:-ldflags"] != nil {
		t.Errorf("got settings %s, want GOARCH and no -ldflags", root.Props)
	}
}

func TestGoBinaryNotOurs(t *testing.T) {
	pad := bytes.Repeat([]byte{0}, 4096)
	fsys := fstest.MapFS{
		"elf":   {Data: append([]byte("\x7fELF\x02\x01\x01"), pad...)},
		"pe":    {Data: append([]byte("MZ"), pad...)},
		"mach":  {Data: append([]byte("\xcf\xfa\xed\xfe"), pad...)},
		"fat":   {Data: append([]byte("\xca\xfe\xba\xbe\x00\x00\x00\x02"), pad...)},
		"small": {Data: []byte("\x7fELF")},
	}
	if rep := scan(t, fsys); len(rep.Components) != 0 {
		t.Errorf("got %q, want none", names(rep))
	}
}

func TestGoBinaryDamaged(t *testing.T) {
	data := bytes.Clone(self(t))
	copy(data[16:], bytes.Repeat([]byte{0xff}, 48)) // the headers; the build information stays
	rep, err := inventory(t, fstest.MapFS{"tool": {Data: data}})
	if !errors.Is(err, report.ErrIncomplete) || len(rep.Components) != 0 {
		t.Errorf("got %v, %q, want a gap", err, names(rep))
	}
}

// failing is a tree whose only file breaks off.
type failing struct {
	data []byte
	at   int64
}

type failingFile struct {
	*bytes.Reader
	at int64
}

var errDisk = errors.New("disk failure")

func (f failing) Open(name string) (fs.File, error) {
	file, err := fstest.MapFS{"tool": {Data: f.data}}.Open(name)
	if err != nil || name != "tool" {
		return file, err
	}
	return struct {
		fs.File
		io.ReaderAt
	}{file, failingFile{bytes.NewReader(f.data), f.at}}, nil
}

func (f failingFile) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.at {
		return 0, errDisk
	}
	return f.Reader.ReadAt(p, off)
}

func TestGoBinaryUnreadable(t *testing.T) {
	data := self(t)
	s, _ := sbom.New(sbom.Options{})
	_, err := s.Scan(context.Background(), report.NewTarget("x", failing{data, int64(len(data) / 8)}))
	if !errors.Is(err, report.ErrIncomplete) || !errors.Is(err, errDisk) {
		t.Errorf("got %v, want ErrIncomplete for %v", err, errDisk)
	}
}
