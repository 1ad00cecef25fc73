package container

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
)

// An openDir is an open directory.
type openDir struct {
	n     *node
	name  string
	kids  []fs.DirEntry
	fault error
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.n, nil }
func (d *openDir) Close() error               { return nil }
func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: errors.New("is a directory")}
}

func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		list, err := d.kids, d.fault
		d.kids, d.fault = nil, nil
		return list, err
	}
	if len(d.kids) == 0 {
		return nil, cmp.Or(d.fault, io.EOF)
	}
	n = min(n, len(d.kids))
	list := d.kids[:n:n]
	d.kids = d.kids[n:]
	return list, nil
}

// An openFile is an open file.
type openFile struct {
	n      *node
	name   string
	pos    int64
	closed bool
}

func (f *openFile) fail(err error) error {
	return &fs.PathError{Op: "read", Path: f.name, Err: err}
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.n, nil }

func (f *openFile) Close() error {
	if f.closed {
		return &fs.PathError{Op: "close", Path: f.name, Err: fs.ErrClosed}
	}
	f.closed = true
	return nil
}

// end is io.EOF, or what kept the rest from being read.
func (f *openFile) end() error {
	if f.n.fault != nil {
		return f.fail(f.n.fault)
	}
	return io.EOF
}

// ReadAt implements [io.ReaderAt].
func (f *openFile) ReadAt(p []byte, off int64) (int, error) {
	switch {
	case f.closed:
		return 0, f.fail(fs.ErrClosed)
	case off < 0:
		return 0, f.fail(fs.ErrInvalid)
	case off >= f.n.size:
		return 0, f.end()
	}
	want := min(int64(len(p)), f.n.size-off)
	n, err := f.n.seg.ReadAt(p[:want], f.n.off+off)
	switch {
	case int64(n) == want && want < int64(len(p)):
		return n, f.end()
	case int64(n) == want:
		return n, nil
	case err == io.EOF: // the file that it lies in has become shorter
		err = io.ErrUnexpectedEOF
	}
	return n, f.fail(err)
}

// Read implements [io.Reader].
func (f *openFile) Read(p []byte) (int, error) {
	if len(p) == 0 && !f.closed {
		return 0, nil
	}
	n, err := f.ReadAt(p, f.pos)
	f.pos += int64(n)
	if n > 0 && f.pos == f.n.size {
		err = nil // the next call says how it ends
	}
	return n, err
}

// Seek implements [io.Seeker].
func (f *openFile) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.pos
	case io.SeekEnd:
		offset += f.n.size
	}
	if offset < 0 || f.closed || whence < io.SeekStart || whence > io.SeekEnd {
		return 0, &fs.PathError{Op: "seek", Path: f.name, Err: fs.ErrInvalid}
	}
	f.pos = offset
	return offset, nil
}
