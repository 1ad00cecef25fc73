package walk

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/merlonsec/merlon/internal/testfs"
	"github.com/merlonsec/merlon/report"
)

// list returns the files, and the notes and gaps as "path: message".
func list(ctx context.Context, fsys fs.FS) (files, notes []string, gaps []*report.Error, fatal error) {
	for name, err := range Files(ctx, fsys, func(path, message string) { notes = append(notes, path+": "+message) }) {
		e, ok := errors.AsType[*report.Error](err)
		switch {
		case ok:
			gaps = append(gaps, e)
		case err != nil:
			fatal = err
		default:
			files = append(files, name)
		}
	}
	return files, notes, gaps, fatal
}

func TestFiles(t *testing.T) {
	tree := fstest.MapFS{
		"b": {}, "a/z": {}, "a.txt": {}, "a/.git/config": {}, "a/sub/.gitignore": {}, ".git": {Data: []byte("gitdir: x")}, "A": {},
		"empty": {Mode: fs.ModeDir}, "pipe": {Mode: fs.ModeNamedPipe}, "a b/ü\n": {},
	}
	files, notes, gaps, err := list(t.Context(), tree)
	if want := []string{"A", "a/sub/.gitignore", "a/z", "a b/ü\n", "a.txt", "b"}; !slices.Equal(files, want) {
		t.Errorf("got %q, want %q", files, want)
	}
	if want := []string{"pipe: not a regular file: p---------"}; !slices.Equal(notes, want) {
		t.Errorf("notes %q, want %q", notes, want)
	}
	if gaps != nil || err != nil {
		t.Errorf("gaps %v, error %v", gaps, err)
	}
	for range Files(t.Context(), tree, nil) {
		break // a consumer may stop
	}
}

// Trees list their entries in any order; Files does not.
func TestFilesOrder(t *testing.T) {
	tree := fstest.MapFS{"c": {}, "a": {}, "b": {}}
	files, _, _, _ := list(t.Context(), reversed{tree})
	if want := []string{"a", "b", "c"}; !slices.Equal(files, want) {
		t.Errorf("got %q, want %q", files, want)
	}
}

// reversed breaks the promise of fs.ReadDirFS to sort.
type reversed struct{ fstest.MapFS }

func (r reversed) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := r.MapFS.ReadDir(name)
	slices.Reverse(list)
	return list, err
}

func TestFilesLinks(t *testing.T) {
	links := map[string]string{
		"abs": "/etc/passwd", "dangling": "gone", "dir": "sub", "file": "sub/f", "loop1": "loop2", "loop2": "loop1",
		"self": ".", "up": "../x", "chain": "file", "deep": "sub/../../sub/f", "root": "..",
	}
	wantNotes := []string{
		"abs: link out of the tree: not followed", "dangling: link to nothing", "deep: link out of the tree: not followed",
		"loop1: link loop: not followed", "loop2: link loop: not followed",
		"root: link out of the tree: not followed", "up: link out of the tree: not followed",
	}
	base := fstest.MapFS{"sub/f": {}}
	dir := t.TempDir()
	if err := os.CopyFS(dir, base); err != nil {
		t.Fatal(err)
	}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for name, tree := range map[string]fs.FS{"memory": testfs.Links(base, links), "disk": root.FS()} {
		files, notes, gaps, err := list(t.Context(), tree)
		if want := []string{"sub/f"}; !slices.Equal(files, want) || gaps != nil || err != nil {
			t.Errorf("%s: got %q, %v, %v, want %q", name, files, gaps, err, want)
		}
		if !slices.Equal(notes, wantNotes) {
			t.Errorf("%s: notes\n%s\nwant\n%s", name, strings.Join(notes, "\n"), strings.Join(wantNotes, "\n"))
		}
	}
}

func TestFilesGaps(t *testing.T) {
	tree, _ := testfs.Refuse(fstest.MapFS{"a/x": {}, "b/y": {}, "c": {}}, "a")
	files, _, gaps, err := list(t.Context(), tree)
	if want := []string{"b/y", "c"}; !slices.Equal(files, want) || err != nil {
		t.Errorf("got %q, %v, want %q", files, err, want)
	}
	if len(gaps) != 1 || gaps[0].Path != "a" || gaps[0].Op != report.OpRead || gaps[0].Err != fs.ErrPermission {
		t.Errorf("gaps %v", gaps)
	}
	none, _ := testfs.Refuse(fstest.MapFS{}, ".")
	if _, _, gaps, _ := list(t.Context(), none); len(gaps) != 1 || gaps[0].Path != "." {
		t.Errorf("a root that cannot be read: gaps %v", gaps)
	}
	deep := fstest.MapFS{strings.Repeat("d/", maxDepth+5) + "f": {}, "z": {}}
	files, _, gaps, _ = list(t.Context(), deep)
	if len(gaps) != 1 || gaps[0].Op != report.OpLimit || !slices.Equal(files, []string{"z"}) {
		t.Errorf("a deep tree: files %q, gaps %v", files, gaps)
	}
}

func TestFilesContext(t *testing.T) {
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var got []string
	var last error
	for name, err := range Files(ctx, fstest.MapFS{"a": {}, "b": {}, "c": {}}, nil) {
		got, last = append(got, name), err
		cancel(stop)
	}
	if len(got) != 2 || last != stop {
		t.Errorf("got %q, last error %v; want one file, then the cause", got, last)
	}
}

func TestRead(t *testing.T) {
	tree := fstest.MapFS{"f": {Data: []byte("0123456789")}, "empty": {}, "dir/x": {}}
	for _, c := range []struct {
		name string
		max  int64
		want string
		op   string
	}{
		{"f", 0, "0123456789", ""}, {"f", 10, "0123456789", ""}, {"f", 9, "", report.OpLimit},
		{"empty", 0, "", ""}, {"empty", 1, "", ""},
		{"gone", 0, "", report.OpRead}, {"dir", 0, "", report.OpRead}, {"../f", 0, "", report.OpRead},
	} {
		got, err := Read(t.Context(), tree, c.name, c.max)
		e, _ := errors.AsType[*report.Error](err)
		if string(got) != c.want || (e == nil) != (c.op == "") || e != nil && (e.Op != c.op || e.Path != c.name) {
			t.Errorf("%s of at most %d: got %q, %v", c.name, c.max, got, err)
		}
		if e == nil && err != nil {
			t.Errorf("%s: error %v is no *report.Error", c.name, err)
		}
	}
}

func TestReadHostile(t *testing.T) {
	tree := fstest.MapFS{"f": {Data: []byte("0123456789")}}
	for _, stated := range []int64{-1, -1 << 62, 0, 5, 1 << 62} {
		lying, _ := testfs.Lengthen(tree, "f", 100, stated, nil)
		if got, err := Read(t.Context(), lying, "f", 0); len(got) != 100 || err != nil {
			t.Errorf("stated size %d: got %d bytes, %v", stated, len(got), err)
		}
	}
	endless, meter := testfs.Lengthen(tree, "f", 1<<40, 3, nil)
	if _, err := Read(t.Context(), endless, "f", 1<<16); !errors.Is(err, report.ErrIncomplete) {
		t.Errorf("got %v, want a gap", err)
	}
	if n := meter.Read(); n > 1<<17 {
		t.Errorf("read %d bytes of a file that may have 65536", n)
	}
	broken, _ := testfs.Break(tree, "f", 4)
	if got, err := Read(t.Context(), broken, "f", 0); got != nil || !errors.Is(err, testfs.ErrDevice) {
		t.Errorf("got %q, %v", got, err)
	}
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	slow, _ := testfs.Lengthen(tree, "f", 1<<40, 3, func(int64) error { cancel(stop); return nil })
	if _, err := Read(ctx, slow, "f", 0); err != stop {
		t.Errorf("got %v, want the cause", err)
	}
	if _, err := Read(ctx, tree, "f", 0); err != stop {
		t.Errorf("a context that has ended: got %v, want the cause", err)
	}
}

func TestCause(t *testing.T) {
	err := &fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}
	if got := Cause(err); got != syscall.EACCES {
		t.Errorf("got %v", got)
	}
	if got := Cause(io.EOF); got != io.EOF {
		t.Errorf("got %v", got)
	}
}

func FuzzLink(f *testing.F) {
	for _, s := range []string{"", ".", "..", "/", "a/../..", "x", "//x", "a\x00b", strings.Repeat("../", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, to string) {
		files, _, gaps, err := list(t.Context(), testfs.Links(fstest.MapFS{"x": {}}, map[string]string{"l": to}))
		if !slices.Equal(files, []string{"x"}) || gaps != nil || err != nil {
			t.Errorf("link to %q: %q, %v, %v", to, files, gaps, err)
		}
	})
}
