package report

import (
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
)

// ViewForTest checks which files a target's Include and Exclude leave.
func ViewForTest(t *testing.T, fsys fs.FS, include, exclude, want []string) {
	t.Helper()
	v, err := newView(fsys, include, exclude)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	fs.WalkDir(v, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			got = append(got, p)
		}
		return err
	})
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("include %v, exclude %v: got %v, want %v", include, exclude, got, want)
	}
	if err := fstest.TestFS(v, want...); err != nil {
		t.Error(err)
	}
}

func TestHashLines(t *testing.T) {
	// The empty file is GitHub's own example.
	if got, want := hashLines(nil, map[int]bool{1: true})[1], "c129715d7a2bc9a3:1"; got != want {
		t.Errorf("empty file: got %v, want %v", got, want)
	}
	// Blanks and kinds of line ends do not matter, equal lines are counted.
	all := map[int]bool{1: true, 2: true, 3: true}
	a, b := hashLines([]byte("x y\n\tz\n"), all), hashLines([]byte("xy\r\n z\r"), all)
	for line := range all {
		if a[line] != b[line] || a[line] == "" {
			t.Errorf("line %d: %v and %v", line, a[line], b[line])
		}
	}
	long := make([]byte, 0, 1000)
	for range 10 {
		long = append(long, "0123456789012345678901234567890123456789012345678901234567890123456789\n"...)
	}
	c := hashLines(long, all)
	if c[1] == c[2] || c[1][:8] != c[2][:8] || c[2][len(c[2])-2:] != ":2" {
		t.Errorf("equal lines: %v and %v", c[1], c[2])
	}
}
