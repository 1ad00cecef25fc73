package git

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/merlonsec/merlon/internal/gitcmd"
)

// maxShared is the size in bytes up to which a blob is read whole through the
// process that all files share. A larger one is read in pieces by a process of its own.
const maxShared = 8 << 20

// openFile is an open file. Nothing is read before the first Read, so that
// whoever only wants the size pays nothing.
type openFile struct {
	*node
	tree   *tree
	path   string
	r      io.Reader
	stop   func()
	closed bool
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.node, nil }

func (f *openFile) fail(err error) error {
	return &fs.PathError{Op: "read", Path: f.path, Err: err}
}

func (f *openFile) Read(p []byte) (int, error) {
	if f.closed {
		return 0, f.fail(fs.ErrClosed)
	}
	if f.r == nil {
		if err := f.start(); err != nil {
			return 0, f.fail(err)
		}
	}
	n, err := f.r.Read(p)
	if err != nil && err != io.EOF {
		err = f.fail(err)
	}
	return n, err
}

func (f *openFile) start() error {
	if f.missing {
		return gitcmd.ErrMissing
	}
	if f.size > maxShared {
		r, err := f.tree.git.Blob(f.tree.ctx(), f.id)
		if err != nil {
			return err
		}
		f.r, f.stop = r, func() { r.Close() }
		return nil
	}
	kind, data, err := f.tree.objects.Read(f.id, maxShared)
	if err == nil && kind != "blob" {
		err = fmt.Errorf("object %s is a %s", f.id, kind)
	}
	f.r = bytes.NewReader(data)
	if err != nil {
		f.r = nil
	}
	return err
}

// all reads the file whole.
func (f *openFile) all() ([]byte, error) {
	if f.IsDir() {
		return nil, f.fail(errors.New("is a directory"))
	}
	data := make([]byte, 0, f.size+1)
	b := bytes.NewBuffer(data)
	if _, err := b.ReadFrom(f); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (f *openFile) Close() error {
	if f.closed {
		return &fs.PathError{Op: "close", Path: f.path, Err: fs.ErrClosed}
	}
	f.closed = true
	if f.stop != nil {
		f.stop()
	}
	return nil
}

// openDir is an open directory.
type openDir struct {
	*node
	path string
	next int
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.node, nil }
func (d *openDir) Close() error               { return nil }

func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.path, Err: errors.New("is a directory")}
}

// ReadDir implements [fs.ReadDirFile]. After the entries comes the error that
// says what the directory holds beside them.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if !d.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: d.path, Err: errors.New("not a directory")}
	}
	rest := d.children[d.next:]
	if n > 0 {
		rest = rest[:min(n, len(rest))]
	}
	d.next += len(rest)
	list := make([]fs.DirEntry, len(rest))
	for i, c := range rest {
		list[i] = c
	}
	switch {
	case d.bad != nil && (n <= 0 || len(list) == 0):
		return list, &fs.PathError{Op: "readdir", Path: d.path, Err: d.bad}
	case n > 0 && len(list) == 0:
		return nil, io.EOF
	}
	return list, nil
}
