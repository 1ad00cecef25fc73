package container

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// Limits on a tar that holds an image.
const (
	maxMembers     = 200_000
	maxMemberLinks = 10 // a chain of links
)

// A tarArchive is a tar: its index, read once.
type tarArchive struct {
	at    io.ReaderAt
	size  int64
	files map[string]member
	fault error // where the index ends, if that is not the end of the archive
}

type member struct {
	offset, size int64
	link         string // other name, if it is a link
	odd          bool   // neither a regular file nor a link
}

// indexTar reads the index of a tar. A tar that is cut off or damaged has what
// comes before; its error is only that of ctx, or about what is no tar at all.
func indexTar(ctx context.Context, at io.ReaderAt, size int64) (*tarArchive, error) {
	a := &tarArchive{at: at, size: size, files: map[string]member{}}
	in := io.NewSectionReader(at, 0, size) // the tar reader seeks over contents
	tr := tar.NewReader(in)
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		hdr, err := tr.Next()
		if err == io.EOF {
			return a, nil
		}
		offset, _ := in.Seek(0, io.SeekCurrent)
		switch {
		case errors.Is(err, tar.ErrInsecurePath): // names are looked up, never used as paths
		case errors.Is(err, io.ErrUnexpectedEOF):
			a.fault = fmt.Errorf("the archive is cut off after %d bytes", size)
			return a, nil
		case err != nil && len(a.files) == 0:
			return nil, errors.New("neither a docker-save nor an OCI archive: not a tar")
		case err != nil:
			a.fault = fmt.Errorf("the archive is damaged before byte %d: %w", offset, err)
			return a, nil
		}
		if len(a.files) == maxMembers {
			a.fault = fmt.Errorf("the archive has more than %d entries", maxMembers)
			return a, nil
		}
		name := memberName(hdr.Name)
		m := member{offset: offset, size: hdr.Size}
		switch hdr.Typeflag {
		case tar.TypeReg:
			m.odd = isSparse(hdr)
		case tar.TypeLink:
			m.link = memberName(hdr.Linkname)
		case tar.TypeSymlink:
			m.link = memberName(path.Join(path.Dir(name), hdr.Linkname))
		case tar.TypeDir, tar.TypeXGlobalHeader:
			continue
		default:
			m.odd = true
		}
		a.files[name] = m // the last of two counts, as when it is unpacked
	}
}

// memberName makes "./a", "/a" and "a" one name.
func memberName(name string) string { return strings.TrimPrefix(path.Clean("/"+name), "/") }

// isSparse reports whether the data of an entry is not its content as it is.
func isSparse(hdr *tar.Header) bool {
	if hdr.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for k := range hdr.PAXRecords {
		if strings.HasPrefix(k, "GNU.sparse.") {
			return true
		}
	}
	return false
}

func (a *tarArchive) open(_ context.Context, name string) (*blob, error) {
	name = memberName(name)
	for range maxMemberLinks {
		m, ok := a.files[name]
		switch {
		case !ok && a.fault != nil:
			return nil, fmt.Errorf("%w in the archive: %w", fs.ErrNotExist, a.fault)
		case !ok:
			return nil, fmt.Errorf("%w in the archive", fs.ErrNotExist)
		case m.odd:
			return nil, errors.New("not a regular file")
		case m.link != "":
			name = m.link
			continue
		}
		b := &blob{size: m.size}
		if m.offset+m.size > a.size || m.offset+m.size < m.offset {
			b.size = max(a.size-m.offset, 0)
			b.cut = fmt.Errorf("the archive is cut off after %d bytes", a.size)
		}
		b.at = io.NewSectionReader(a.at, m.offset, b.size)
		return b, nil
	}
	return nil, errors.New("a loop of links")
}
