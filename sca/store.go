package sca

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
)

// blockSize is what records are compressed by: large enough to compress
// well, small enough that a look-up inflates little besides.
const blockSize = 32 << 10

// A store keeps records in memory, compressed in blocks: about an eighth of
// their size. It is filled once, then only read.
type store struct {
	blocks  []block
	open    []byte        // the block being filled
	deflate *flate.Writer // used again, since it is large; nil before the first block and once all is read
}

type block struct {
	data []byte // deflated
	size int
}

// A ref is the place of a record.
type ref struct{ block, offset, size uint32 }

func (s *store) add(record []byte) (ref, error) {
	if len(s.open) > 0 && len(s.open)+len(record) > blockSize {
		if err := s.seal(); err != nil {
			return ref{}, err
		}
	}
	r := ref{uint32(len(s.blocks)), uint32(len(s.open)), uint32(len(record))}
	s.open = append(s.open, record...)
	return r, nil
}

// seal compresses the block being filled.
func (s *store) seal() error {
	if len(s.open) == 0 {
		return nil
	}
	var b bytes.Buffer
	if s.deflate == nil {
		var err error
		if s.deflate, err = flate.NewWriter(&b, flate.BestSpeed); err != nil {
			return err
		}
	}
	s.deflate.Reset(&b)
	if _, err := s.deflate.Write(s.open); err != nil {
		return err
	}
	if err := s.deflate.Close(); err != nil {
		return err
	}
	s.blocks = append(s.blocks, block{bytes.Clone(b.Bytes()), len(s.open)})
	s.open = s.open[:0]
	return nil
}

// read inflates a block.
func (s *store) read(n uint32) ([]byte, error) {
	b := s.blocks[n]
	data := make([]byte, b.size)
	r := flate.NewReader(bytes.NewReader(b.data))
	defer r.Close()
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, fmt.Errorf("inflating advisories: %w", err)
	}
	return data, nil
}
