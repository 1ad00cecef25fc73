package secrets_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/merlonsec/merlon/internal/testfs"
	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/report/reporttest"
	"github.com/merlonsec/merlon/secrets"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func leaks() fstest.MapFS {
	return fstest.MapFS{
		".env":          file("NPM_TOKEN=" + npm("a") + "\n"),
		"deploy/id_rsa": file(pemKey()),
		"main.go":       file("package main\n\nconst token = \"" + npm("b") + "\"\n"),
		"README":        file("nothing\n"),
	}
}

func TestContract(t *testing.T) {
	reporttest.TestScanner(t, newScanner(t, secrets.Options{}), leaks())
}

func TestScan(t *testing.T) {
	tree := leaks()
	tree["logo.png"] = file("\x89PNG\r\n\x1a\n\x00\x00" + npm("a"))
	tree["wide.txt"] = file(string(encode16("key="+npm("c"), func(u uint16) []byte { return []byte{byte(u), byte(u >> 8)} })))
	tree["test/late.bin"] = file(strings.Repeat("x\n", 5000) + "\x00 " + npm("d"))
	rep, err := newScanner(t, secrets.Options{}).Scan(t.Context(), report.NewTarget("shop", tree))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range rep.Findings {
		got = append(got, fmt.Sprintf("%s:%d %s %v", f.Location.Path, f.Location.Region.Start.Line, f.Rule, f.Confidence))
	}
	want := []string{
		".env:1 secrets/npm-token certain", "deploy/id_rsa:1 secrets/private-key high", "main.go:3 secrets/npm-token certain",
		"test/late.bin:5001 secrets/npm-token high", "wide.txt:1 secrets/npm-token certain",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := rep.Scans[0].Examined["files"]; n != 6 {
		t.Errorf("got %d files examined, want 6", n)
	}
	if len(rep.Notices) != 1 || rep.Notices[0].Gap || rep.Notices[0].Message != "1 binary files not searched" {
		t.Errorf("got notices %v, want one of one binary file", rep.Notices)
	}
	if len(rep.Scans[0].Rules) != len(secrets.DefaultDetectors()) || rep.Scans[0].Config == "" {
		t.Errorf("got scan %+v, want all rules and a configuration", rep.Scans[0])
	}
}

// What comes before the byte that makes a file binary does not count.
func TestBinaryByteForByte(t *testing.T) {
	tree := &testfs.FS{Tree: fstest.MapFS{"a.bin": file(npm("a") + " \x00")}, OnFile: func(name string, f fs.File) fs.File {
		if _, ok := f.(fs.ReadDirFile); ok {
			return f
		}
		return slow{f}
	}}
	rep, err := newScanner(t, secrets.Options{}).Scan(t.Context(), report.NewTarget("x", tree))
	if err != nil || len(rep.Findings) != 0 || len(rep.Notices) != 1 {
		t.Errorf("got %v, %v, %v, want a note only", rep.Findings, rep.Notices, err)
	}
}

type slow struct{ fs.File }

func (s slow) Read(p []byte) (int, error) { return s.File.Read(p[:min(len(p), 1)]) }

func TestScanOfNothing(t *testing.T) {
	rep, err := newScanner(t, secrets.Options{}).Scan(t.Context(), report.NewTarget("x", fstest.MapFS{}))
	if err != nil || len(rep.Findings)+len(rep.Notices)+len(rep.Scans[0].Examined) != 0 {
		t.Errorf("got %+v, %v, want an empty report", rep, err)
	}
}

func TestGaps(t *testing.T) {
	s := newScanner(t, secrets.Options{MaxFileSize: 4096})
	tree := leaks()
	tree["large.sql"] = file(strings.Repeat("x", 4097))
	tree["exact.sql"] = file(strings.Repeat("x", 4096))
	refused, _ := testfs.Refuse(tree, ".env")
	broken, _ := testfs.Break(refused, "main.go", 5)
	rep, err := s.Scan(t.Context(), report.NewTarget("x", broken))
	if !errors.Is(err, report.ErrIncomplete) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v, want it incomplete for a permission", err)
	}
	var got []string
	for n := range rep.Gaps() {
		got = append(got, n.String())
	}
	want := []string{
		"secrets: read .env: permission denied",
		"secrets: limit large.sql: larger than MaxFileSize, 4096 bytes: raise it, or exclude the file",
		"secrets: read main.go: input/output error",
	}
	want[0] = strings.Replace(want[0], "permission denied", fs.ErrPermission.Error(), 1)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(rep.Findings) != 1 || rep.Findings[0].Location.Path != "deploy/id_rsa" {
		t.Errorf("got %d findings, want the rest scanned", len(rep.Findings))
	}
}

// What a file says of its size is not believed.
func TestSizesLie(t *testing.T) {
	tree := &testfs.FS{Tree: leaks(), OnFile: func(name string, f fs.File) fs.File {
		if _, ok := f.(fs.ReadDirFile); ok {
			return f
		}
		return small{f}
	}}
	rep, err := newScanner(t, secrets.Options{MaxFileSize: 1000}).Scan(t.Context(), report.NewTarget("x", tree))
	if !errors.Is(err, report.ErrIncomplete) {
		t.Fatalf("got %v, want it incomplete", err)
	}
	for n := range rep.Gaps() {
		if n.Path != "deploy/id_rsa" || n.Op != report.OpLimit {
			t.Errorf("got %v, want the key file over the limit", n)
		}
	}
}

type small struct{ fs.File }

func (s small) Stat() (fs.FileInfo, error) {
	info, err := s.File.Stat()
	return tiny{info}, err
}

type tiny struct{ fs.FileInfo }

func (tiny) Size() int64 { return 1 }

func TestOnly(t *testing.T) {
	opened := map[string]bool{}
	tree := &testfs.FS{Tree: leaks(), OnOpen: func(name string) error { opened[name] = true; return nil }}
	target := report.NewTarget("x", tree)
	target.Only = report.Lines{"main.go": {{First: 3, Last: 3}}, ".env": {{First: 2, Last: 9}}}
	rep, err := newScanner(t, secrets.Options{}).Scan(t.Context(), target)
	if err != nil || len(rep.Findings) != 1 || rep.Findings[0].Location.Path != "main.go" {
		t.Errorf("got %v, %v, want main.go:3 only", rep.Findings, err)
	}
	if opened["deploy/id_rsa"] {
		t.Error("a file that was not touched was read")
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if _, err := newScanner(t, secrets.Options{}).Scan(ctx, report.NewTarget("x", leaks())); !errors.Is(err, why) || errors.Is(err, report.ErrIncomplete) {
		t.Errorf("got %v, want %v", err, why)
	}
}

func TestAll(t *testing.T) {
	s := newScanner(t, secrets.Options{})
	tree := leaks()
	for i := range 100 {
		tree[fmt.Sprintf("many/%03d.txt", i)] = file("token " + npm(fmt.Sprint(i)))
	}
	refused, _ := testfs.Refuse(tree, "many/050.txt")
	var got []string
	gaps := 0
	for f, err := range s.All(t.Context(), refused) {
		if err != nil {
			if e, ok := errors.AsType[*report.Error](err); !ok || e.Path != "many/050.txt" || f != nil {
				t.Fatal(f, err)
			}
			gaps++
			continue
		}
		got = append(got, f.Location.Path)
	}
	if len(got) != 102 || gaps != 1 || !slices.IsSorted(got) {
		t.Errorf("got %d findings and %d gaps, want 102 in order and 1", len(got), gaps)
	}
	for range s.All(t.Context(), tree) {
		break // must not go on, nor leave a goroutine behind
	}
}

// Fingerprints follow the secret, not the line.
func TestFingerprint(t *testing.T) {
	scan := func(o secrets.Options, tree fstest.MapFS) []*report.Finding {
		t.Helper()
		rep, err := newScanner(t, o).Scan(t.Context(), report.NewTarget("x", tree))
		if err != nil {
			t.Fatal(err)
		}
		return rep.Findings
	}
	one := scan(secrets.Options{}, fstest.MapFS{"a": file("k=" + npm("a")), "k.pem": file(pemKey())})
	moved := scan(secrets.Options{}, fstest.MapFS{"a": file("\n\n  other = " + npm("a") + ";"), "k.pem": file("\n" + strings.ReplaceAll(pemKey(), "\n", "\r\n"))})
	other := scan(secrets.Options{}, fstest.MapFS{"a": file("k=" + npm("b")), "b": file("k=" + npm("a"))})
	keyed := scan(secrets.Options{Key: []byte("k")}, fstest.MapFS{"a": file("k=" + npm("a"))})
	for i := range one {
		if one[i].Fingerprint != moved[i].Fingerprint || one[i].Group != moved[i].Group {
			t.Errorf("%s: got %s after a move, want %s", one[i].Rule, moved[i].Fingerprint, one[i].Fingerprint)
		}
	}
	if other[0].Fingerprint == one[0].Fingerprint {
		t.Error("another secret on the same line: got the same fingerprint")
	}
	if other[1].Group != one[0].Group || other[0].Group == one[0].Group || one[0].Group == "" {
		t.Error("want one group for one secret")
	}
	if keyed[0].Group == one[0].Group || keyed[0].Fingerprint == one[0].Fingerprint {
		t.Error("the key makes no difference")
	}
}
