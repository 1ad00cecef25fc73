package testfs

import (
	"io"
	"io/fs"
	"sync/atomic"
)

// A Meter counts the bytes that were read of a file.
type Meter struct{ n atomic.Int64 }

// Read returns the bytes so far.
func (m *Meter) Read() int64 { return m.n.Load() }

// Lengthen returns tree with a file of size bytes: what it held, and line
// feeds, which mean nothing to most formats. The file says that it is of
// stated bytes, as files do that grow while they are read. onRead, which may
// be nil, is called with the total each time something was read; its error is the reader's.
func Lengthen(tree fs.FS, name string, size, stated int64, onRead func(total int64) error) (*FS, *Meter) {
	m := new(Meter)
	return &FS{Tree: tree, OnFile: func(n string, f fs.File) fs.File {
		if n != name {
			return f
		}
		return &long{f, io.LimitReader(io.MultiReader(f, feeds{}), size), stated, func(n int) error {
			if total := m.n.Add(int64(n)); onRead != nil {
				return onRead(total)
			}
			return nil
		}}
	}}, m
}

type long struct {
	fs.File
	r      io.Reader
	stated int64
	onRead func(n int) error
}

func (l *long) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if stop := l.onRead(n); stop != nil {
		return n, stop
	}
	return n, err
}

func (l *long) Stat() (fs.FileInfo, error) {
	info, err := l.File.Stat()
	if err != nil {
		return nil, err
	}
	return &sized{info, l.stated}, nil
}

type sized struct {
	fs.FileInfo
	size int64
}

func (s *sized) Size() int64 { return s.size }

type feeds struct{}

func (feeds) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}
