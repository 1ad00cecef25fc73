package container

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/merlonsec/merlon/report"
)

// One image that cannot be opened does not keep the others from being scanned.
func TestTargets(t *testing.T) {
	s := shop(t)
	dir := filepath.Dir(writeFile(t, "a.tar", s.archive(t, s.saved(t, false))))
	var names []string
	for target, err := range Targets(t.Context(), os.DirFS(dir), []string{"none.tar", "a.tar"}, OpenOptions{TempDir: t.TempDir()}) {
		if e, ok := errors.AsType[*report.Error](err); ok {
			names = append(names, e.Path)
			continue
		}
		names = append(names, target.Subject.Name)
		if err := target.Close(); err != nil {
			t.Error(err)
		}
		if _, err := fs.ReadFile(target.FS, "big"); err == nil {
			t.Error("closing the target did not close the image")
		}
	}
	if len(names) != 2 || names[0] != "none.tar" || names[1] != s.ref[:len(s.ref)-len(":1.2")] {
		t.Errorf("got %q", names)
	}
}
