package testfs

import (
	"errors"
	"io"
	"io/fs"
	"sync/atomic"
)

// A Fault counts how often a tree has failed its reader.
type Fault struct{ n atomic.Int64 }

// Hit reports whether anybody was given the error.
func (f *Fault) Hit() bool { return f.n.Load() > 0 }

// Refuse returns tree without permission to open the file or directory name.
func Refuse(tree fs.FS, name string) (*FS, *Fault) {
	fault := new(Fault)
	return &FS{Tree: tree, OnOpen: func(n string) error {
		if n == name {
			fault.n.Add(1)
			return fs.ErrPermission
		}
		return nil
	}}, fault
}

// ErrDevice is what a file of [Break] fails with.
var ErrDevice = errors.New("input/output error")

// Break returns tree with a file that cannot be read past byte after.
func Break(tree fs.FS, name string, after int64) (*FS, *Fault) {
	fault := new(Fault)
	return &FS{Tree: tree, OnFile: func(n string, f fs.File) fs.File {
		if n == name {
			return &broken{f, io.LimitReader(f, after), fault}
		}
		return f
	}}, fault
}

type broken struct {
	fs.File
	r     io.Reader
	fault *Fault
}

func (b *broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err == io.EOF {
		b.fault.n.Add(1)
		err = ErrDevice
	}
	return n, err
}
