package testfs

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"testing/fstest"
)

// Copy reads a tree into memory: at most max bytes (zero: no limit). Links
// are kept as links; what is neither file, directory nor link is left out.
func Copy(tree fs.FS, max int64) (fstest.MapFS, error) {
	out := fstest.MapFS{}
	var total int64
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f := &fstest.MapFile{Mode: info.Mode(), ModTime: info.ModTime()}
		switch {
		case d.Type()&fs.ModeSymlink != 0:
			to, err := fs.ReadLink(tree, name)
			if err != nil {
				return err
			}
			f.Data = []byte(to)
		case d.Type().IsRegular():
			if total += info.Size(); max > 0 && total > max {
				return fmt.Errorf("tree of more than %d bytes", max)
			}
			if f.Data, err = fs.ReadFile(tree, name); err != nil {
				return err
			}
		case !d.IsDir() || name == ".":
			return nil
		}
		out[name] = f
		return nil
	})
	return out, err
}

// Under returns the files of tree below each of the directories.
func Under(tree fstest.MapFS, dirs ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for _, d := range dirs {
		for name, f := range tree {
			out[path.Join(d, name)] = f
		}
	}
	return out
}

// Regular returns the names of the regular files of tree, sorted.
func Regular(tree fstest.MapFS) []string {
	var names []string
	for name, f := range tree {
		if f.Mode.IsRegular() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
