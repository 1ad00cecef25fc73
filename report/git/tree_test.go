package git

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/gitcmd"
)

// Whatever a tree's entries are called, walking it ends, and shows valid paths only.
func FuzzEntries(f *testing.F) {
	for _, s := range []string{"a\nb/c\nb", "../x", "/", "a//b", ".", "", "a\na/b\na", strings.Repeat("d/", 300) + "f", "\xff", "b/\n./c", ".git/config"} {
		f.Add(s, "100644")
		f.Add(s, modeSubmodule)
	}
	f.Fuzz(func(t *testing.T, paths, mode string) {
		var entries []entry
		for p := range strings.SplitSeq(paths, "\n") {
			entries = append(entries, entry{mode, "id", p})
		}
		tr := plant(entries, map[string]gitcmd.Info{"id": {Type: "blob"}}, time.Time{})
		shown := 0
		err := fs.WalkDir(tr, ".", func(name string, d fs.DirEntry, err error) error {
			if !fs.ValidPath(name) {
				t.Errorf("%q is shown", name)
			}
			if err == nil && !d.IsDir() {
				shown++
			}
			return err
		})
		if err == nil && mode == "100644" && shown != len(entries) {
			t.Errorf("%d files of %d are shown, and no error", shown, len(entries))
		}
		var perr *fs.PathError
		if err != nil && !errors.As(err, &perr) {
			t.Errorf("error %v has no path", err)
		}
	})
}
