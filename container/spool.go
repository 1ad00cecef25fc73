package container

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/merlonsec/merlon/internal/walk"
)

// Sizes of what is kept in memory, in bytes.
const (
	maxMemory = 8 << 20   // contents of one image; what is beyond goes to its temporary file
	batchSize = 1 << 20   // small files are written together
	smallFile = 128 << 10 // larger ones are written on their own
)

// A spool holds the contents of an image's files that are not read in place:
// the first few megabytes in memory, the rest in one temporary file. Several
// layers write to it at once.
type spool struct {
	dir string // empty: os.TempDir

	memory atomic.Int64 // bytes in memory
	end    atomic.Int64 // of what is reserved in the file

	mu     sync.Mutex
	file   *os.File
	name   string // to be removed by Close; empty if it is gone already
	fault  error  // the first write that went wrong
	closed bool
}

// open returns the file, which it makes when it is first needed.
func (s *spool) open() (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil || s.closed {
		return s.file, nil
	}
	f, err := os.CreateTemp(s.dir, "merlon-image-*")
	if err != nil {
		return nil, inTemp(err)
	}
	s.file, s.name = f, f.Name()
	if os.Remove(s.name) == nil { // where the system allows it, nothing is left behind whatever happens
		s.name = ""
	}
	return f, nil
}

// writeAt writes p; its errors are kept.
func (s *spool) writeAt(p []byte, off int64) error {
	f, err := s.open()
	if err == nil {
		_, err = f.WriteAt(p, off)
		err = inTemp(err)
	}
	if err != nil {
		s.fail(err)
	}
	return err
}

// inTemp says which file it was, without its name, which is another each time.
func inTemp(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("temporary file: %w", walk.Cause(err))
}

func (s *spool) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault == nil {
		s.fault = err
	}
}

// reset forgets all that was written.
func (s *spool) reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.memory.Store(0)
	s.end.Store(0)
	s.fault = nil
	if s.file == nil {
		return nil
	}
	return inTemp(s.file.Truncate(0))
}

// seal makes the file as long as what was reserved in it: zeros at the end are not written.
func (s *spool) seal() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	return inTemp(s.file.Truncate(s.end.Load()))
}

// Close removes the file.
func (s *spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	s.file, s.name = nil, ""
	return err
}

// A segment is a run of bytes that holds the contents of one or more files.
type segment struct {
	mem  []byte
	at   io.ReaderAt // used if mem is nil
	base int64       // of the segment in at
	err  error       // it could not be kept
}

func (s *segment) ReadAt(p []byte, off int64) (int, error) {
	switch {
	case s.err != nil:
		return 0, s.err
	case s.at != nil:
		return s.at.ReadAt(p, s.base+off)
	case off >= int64(len(s.mem)):
		return 0, io.EOF
	}
	n := copy(p, s.mem[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// A keeper writes the files of one layer to the spool.
type keeper struct {
	spool  *spool
	budget *budget
	batch  *segment // of small files
	buf    []byte
	zeros  []byte
}

func newKeeper(s *spool, b *budget) *keeper {
	return &keeper{spool: s, budget: b, batch: new(segment), buf: make([]byte, chunk), zeros: make([]byte, chunk)}
}

// keep copies a file of a given size from r. It returns where it is, how much
// of it there was, and the error of r. What could not be written is an error
// of the segment, and met by who reads the file.
func (k *keeper) keep(r io.Reader, size int64) (*segment, int64, int64, error) {
	if size > smallFile {
		return k.large(r, size)
	}
	if len(k.batch.mem)+int(size) > batchSize {
		k.flush()
		if k.batch.mem == nil { // there will be as much again
			k.batch.mem = make([]byte, 0, batchSize)
		}
	}
	seg, off := k.batch, len(k.batch.mem)
	n, err := io.ReadFull(r, k.buf[:size])
	seg.mem = append(seg.mem, k.buf[:n]...)
	return seg, int64(off), int64(n), noEOF(err)
}

// flush ends the batch.
func (k *keeper) flush() {
	seg, n := k.batch, int64(len(k.batch.mem))
	k.batch = new(segment)
	if k.spool.memory.Add(n) <= maxMemory {
		if cap(seg.mem) > len(seg.mem)+len(seg.mem)/8 {
			seg.mem = bytes.Clone(seg.mem) // without room to grow
		}
		return
	}
	k.spool.memory.Add(-n)
	seg.base = k.spool.end.Add(n) - n
	seg.err = k.spool.writeAt(seg.mem, seg.base)
	k.batch.mem, seg.mem = seg.mem[:0], nil
	k.at(seg)
}

// large copies a file of its own segment. Its header may lie about its size,
// so no more is reserved than there can be.
func (k *keeper) large(r io.Reader, size int64) (*segment, int64, int64, error) {
	room := min(size, k.budget.left()+2*chunk)
	seg := &segment{base: k.spool.end.Add(room) - room}
	var n int64
	for n < size {
		m, err := io.ReadFull(r, k.buf[:min(chunk, size-n)])
		switch p := k.buf[:m]; {
		case seg.err != nil:
		case n+int64(m) > room:
			seg.err = errOver
		case !bytes.Equal(p, k.zeros[:m]): // a hole reads as zeros
			seg.err = k.spool.writeAt(p, seg.base+n)
		}
		n += int64(m)
		if err != nil {
			return k.at(seg), 0, n, noEOF(err)
		}
	}
	return k.at(seg), 0, n, nil
}

// at completes a segment in the file, of which it may hold only zeros.
func (k *keeper) at(seg *segment) *segment {
	if seg.err != nil {
		return seg
	}
	f, err := k.spool.open()
	if seg.at, seg.err = f, err; err != nil {
		k.spool.fail(err)
	}
	return seg
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
