package sca

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/merlonsec/merlon/report"
)

const (
	maxZipMemory = 1 << 30 // bytes of a zip that has to be held in memory, since its file cannot seek
	maxZipFiles  = maxRecords
)

func readZip(f fs.File) (*zip.Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if at, ok := f.(io.ReaderAt); ok {
		return zip.NewReader(at, info.Size())
	}
	data, err := io.ReadAll(io.LimitReader(f, maxZipMemory+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxZipMemory {
		return nil, fmt.Errorf("larger than %d bytes", maxZipMemory)
	}
	return zip.NewReader(bytes.NewReader(data), int64(len(data)))
}

// sift leaves in z the entries that make a tree: of several with one name the
// first, which is said, since archive/zip would refuse the whole directory.
// Names that climb out are read by what is left of them, which does no harm here.
func (l *loader) sift(z *zip.Reader, display string) {
	if len(z.File) > maxZipFiles {
		l.gap(report.OpLimit, display, fmt.Errorf("more than %d entries: the rest is not read", maxZipFiles))
		z.File = z.File[:maxZipFiles]
	}
	dirs, files := map[string]bool{}, map[string]bool{}
	for _, f := range z.File {
		for dir := path.Dir(treeName(f)); dir != "/" && !dirs[dir]; dir = path.Dir(dir) {
			dirs[dir] = true
		}
	}
	kept := z.File[:0:0]
	for _, f := range z.File {
		name := treeName(f)
		switch {
		case f.FileInfo().IsDir():
		case dirs[name] || files[name]:
			if readable(name) {
				l.gap(report.OpRead, display+"!"+name, errors.New("there are two entries of this name: only one is read"))
			}
		default:
			files[name] = true
			kept = append(kept, f)
		}
	}
	z.File = kept
}

// treeName is the name of an entry in the tree, behind a slash.
func treeName(f *zip.File) string {
	return path.Clean("/" + strings.ReplaceAll(f.Name, `\`, "/"))
}
