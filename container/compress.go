package container

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A compression is how a layer or archive is packed. Media types and file
// names are not asked: they are often wrong, and layers of docker save have none.
type compression int

const (
	plain compression = iota
	gzipped
	zstandard
	unknownCompression
)

// chunk is the size of buffers, in bytes.
const chunk = 128 << 10

// maxWindow is the most memory that a zstd stream may ask for, in bytes: what
// "zstd --ultra" makes without --long=28 and above.
const maxWindow = 128 << 20

// sniff tells the compression from the first bytes (RFC 1952 section 2.3.1,
// RFC 8878 section 3.1). Those that nobody uses for images are named.
func sniff(head []byte) (compression, string) {
	has := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case has("\x1f\x8b"):
		return gzipped, "gzip"
	case has("\x28\xb5\x2f\xfd"), len(head) >= 4 && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18":
		return zstandard, "zstd"
	case has("\xfd7zXZ\x00"):
		return unknownCompression, "xz"
	case has("BZh"):
		return unknownCompression, "bzip2"
	case has("\x04\x22\x4d\x18"):
		return unknownCompression, "lz4"
	}
	return plain, ""
}

func sniffAt(at io.ReaderAt) (compression, error) {
	head := make([]byte, 8)
	n, err := at.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return plain, err
	}
	if n == 0 {
		return plain, errors.New("the file is empty")
	}
	kind, _ := sniff(head[:n])
	return kind, nil
}

// decompress returns what r holds, unpacked, and a function that frees memory.
func decompress(r io.Reader) (io.Reader, func(), error) {
	br, ok := r.(*bufio.Reader)
	if !ok {
		br = bufio.NewReaderSize(r, chunk)
	}
	head, err := br.Peek(8)
	if err != nil && err != io.EOF {
		return nil, nil, err
	}
	kind, name := sniff(head)
	switch kind {
	case gzipped:
		z, err := gzip.NewReader(br)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, nil, err
		}
		return z, func() { z.Close() }, nil
	case zstandard:
		// One block at a time: this module starts goroutines in one place only.
		z, err := zstd.NewReader(br, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	case unknownCompression:
		return nil, nil, fmt.Errorf("compressed with %s, which is not supported: use gzip or zstd", name)
	}
	return br, func() {}, nil
}
