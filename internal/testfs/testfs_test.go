package testfs

import (
	"errors"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
)

var tree = fstest.MapFS{"a": {Data: []byte("0123456789")}, "dir/b": {Data: []byte("x")}, "dir/sub/c": {}}

// What is not broken stays a file system that keeps the rules.
func TestWrappedTreesAreFileSystems(t *testing.T) {
	reversed := &FS{Tree: tree, OnList: func(_ string, list []fs.DirEntry) { slices.Reverse(list) }}
	long, _ := Lengthen(tree, "a", 100, 100, nil)
	for name, fsys := range map[string]fs.FS{
		"plain": &FS{Tree: tree}, "reversed": reversed, "long": long, "no links": Links(tree, nil), "under": Under(tree, "x", "y/z"),
	} {
		if name == "under" {
			if err := fstest.TestFS(fsys, "x/a", "y/z/dir/sub/c"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		err := fstest.TestFS(fsys, "a", "dir/b", "dir/sub/c")
		if err != nil && name != "long" { // whose entries do not know its size
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFaults(t *testing.T) {
	refused, fault := Refuse(tree, "a")
	if _, err := fs.Stat(refused, "a"); err != nil || fault.Hit() {
		t.Errorf("stat of a refused file: %v", err)
	}
	if _, err := fs.ReadFile(refused, "a"); !errors.Is(err, fs.ErrPermission) || !fault.Hit() {
		t.Errorf("got %v", err)
	}
	broken, fault := Break(tree, "a", 4)
	if text, err := fs.ReadFile(broken, "a"); !errors.Is(err, ErrDevice) || string(text) != "0123" || !fault.Hit() {
		t.Errorf("got %q, %v", text, err)
	}
	long, meter := Lengthen(tree, "a", 20, 5, nil)
	if text, err := fs.ReadFile(long, "a"); string(text) != "0123456789\n\n\n\n\n\n\n\n\n\n" || err != nil || meter.Read() != 20 {
		t.Errorf("got %q, %v", text, err)
	}
	if info, err := fs.Stat(long, "a"); err != nil || info.Size() != 5 {
		t.Errorf("got %v, %v", info, err)
	}
}

func TestCopy(t *testing.T) {
	got, err := Copy(Links(tree, map[string]string{"l": "dir"}), 0)
	if err != nil || string(got["a"].Data) != "0123456789" || string(got["l"].Data) != "dir" || got["l"].Mode&fs.ModeSymlink == 0 {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := Copy(tree, 5); err == nil {
		t.Error("no error for a tree over the limit")
	}
	if got, want := Regular(got), []string{"a", "dir/b", "dir/sub/c"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
