package gatefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/merlonsec/merlon/policy"
)

// A File is what a merlon.yaml holds. The zero File is that of a missing or
// empty one.
type File struct {
	Gate      policy.Options // ready for policy.New; Source is the file's name if it has a gate
	Exclude   []string       // globs, for report.Target.Exclude
	Only      []string       // names of scanners as written; nil means all
	Databases []string       // paths inside the tree
	Images    []string       // paths inside the tree

	name   string
	places map[string][]string
}

// maxSize is the largest file that is read, in bytes.
const maxSize = 1 << 20

// Read reads the merlon.yaml called name. A missing file is the zero File. The
// error names the file, and the line and column of each mistake
// ("merlon.yaml:2:3: unknown key …"); all mistakes are in one error.
//
// The tree decides who may write the gate: for a pull request give that of
// the base branch.
func Read(fsys fs.FS, name string) (*File, error) {
	text, err := read(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return new(File), nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	r := &reader{name: name, file: &File{name: name, places: map[string][]string{}}}
	if root := r.parse(text); root != nil {
		r.root(root)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return r.file, nil
}

// errDangling is no fs.ErrNotExist: a link that leads nowhere is a mistake,
// and not a tree without a gate.
var errDangling = errors.New("dangling link")

func read(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		if _, lerr := fs.Lstat(fsys, name); lerr == nil && errors.Is(err, fs.ErrNotExist) {
			return nil, errDangling
		}
		return nil, cause(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, cause(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, cause(err)
	}
	if len(text) > maxSize {
		return nil, fmt.Errorf("larger than %d bytes", maxSize)
	}
	return text, nil
}

// cause strips the path, which the message names already.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// Place says where the value number i, from zero, of "exclude", "only",
// "database" or "images" is written: "merlon.yaml:3:12". It is for messages
// about values that only the program can check, such as names of scanners.
// What is not there is at the file's name.
func (f *File) Place(key string, i int) string {
	if list := f.places[key]; i >= 0 && i < len(list) {
		return list[i]
	}
	return f.name
}
