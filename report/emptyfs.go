package report

import (
	"io"
	"io/fs"
	"time"
)

// emptyFS is a tree without files.
type emptyFS struct{}

func (emptyFS) Open(name string) (fs.File, error) {
	if name == "." {
		return emptyDir{}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (emptyFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "." {
		return nil, nil
	}
	return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
}

// emptyDir is its only directory: entry, info and open file in one.
type emptyDir struct{}

func (emptyDir) Name() string                 { return "." }
func (emptyDir) Size() int64                  { return 0 }
func (emptyDir) Mode() fs.FileMode            { return fs.ModeDir | 0o555 }
func (emptyDir) ModTime() time.Time           { return time.Time{} }
func (emptyDir) IsDir() bool                  { return true }
func (emptyDir) Sys() any                     { return nil }
func (d emptyDir) Stat() (fs.FileInfo, error) { return d, nil }
func (emptyDir) Close() error                 { return nil }
func (emptyDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 {
		return nil, io.EOF
	}
	return nil, nil
}
func (emptyDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: ".", Err: fs.ErrInvalid}
}
