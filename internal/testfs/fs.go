package testfs

import "io/fs"

// FS is a tree with hooks. Nil hooks do nothing. It is safe for concurrent
// use if its hooks are.
type FS struct {
	Tree fs.FS

	// OnOpen is called before a file or directory is opened. Its error is
	// returned, as an *fs.PathError, in place of the file. It is not called
	// for Stat, as a file without permission can be stat'ed.
	OnOpen func(name string) error

	// OnFile may replace a file or directory that was opened.
	OnFile func(name string, f fs.File) fs.File

	// OnList may change the order of what a directory that was opened lists.
	// [fs.ReadDir] sorts it again.
	OnList func(name string, entries []fs.DirEntry)
}

// Open implements [fs.FS].
func (t *FS) Open(name string) (fs.File, error) {
	if t.OnOpen != nil {
		if err := t.OnOpen(name); err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
	}
	return t.open(name)
}

func (t *FS) open(name string) (fs.File, error) {
	f, err := t.Tree.Open(name)
	if err != nil {
		return nil, err
	}
	if d, ok := f.(fs.ReadDirFile); ok && t.OnList != nil {
		if info, err := f.Stat(); err == nil && info.IsDir() {
			f = &dir{d, func(entries []fs.DirEntry) { t.OnList(name, entries) }}
		}
	}
	if t.OnFile != nil {
		f = t.OnFile(name, f)
	}
	return f, nil
}

// Stat implements [fs.StatFS].
func (t *FS) Stat(name string) (fs.FileInfo, error) {
	f, err := t.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Stat()
}

// Lstat implements [fs.ReadLinkFS].
func (t *FS) Lstat(name string) (fs.FileInfo, error) {
	info, err := fs.Lstat(t.Tree, name)
	if err != nil || !info.Mode().IsRegular() {
		return info, err
	}
	return t.Stat(name)
}

// ReadLink implements [fs.ReadLinkFS].
func (t *FS) ReadLink(name string) (string, error) { return fs.ReadLink(t.Tree, name) }

// dir is an open directory whose entries are rearranged.
type dir struct {
	fs.ReadDirFile
	onList func([]fs.DirEntry)
}

func (d *dir) ReadDir(n int) ([]fs.DirEntry, error) {
	entries, err := d.ReadDirFile.ReadDir(n)
	d.onList(entries)
	return entries, err
}
