package sca

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
)

func isGoLayout(fsys fs.FS) bool {
	for _, name := range []string{"index/db.json", "index/modules.json"} {
		if _, err := fs.Stat(fsys, name); err == nil {
			return true
		}
	}
	return false
}

// goLayout loads the Go vulnerability database, layout v1: index/db.json says
// how old it is, index/modules.json which records there are about each
// module, ID/*.json are the records (https://go.dev/doc/security/vuln/database).
func (l *loader) goLayout(ctx context.Context, fsys fs.FS, prefix string) error {
	l.data.Name = "Go vulnerability database"
	l.declared = append(l.declared, "Go")
	var db struct {
		Modified time.Time `json:"modified"`
	}
	if err := l.readJSON(ctx, fsys, "index/db.json", prefix, &db); err != nil {
		return err
	}
	if db.Modified.After(l.data.Modified) {
		l.data.Modified = db.Modified
	}
	var modules []struct {
		Path  string `json:"path"`
		Vulns []struct {
			ID string `json:"id"`
		} `json:"vulns"`
	}
	if err := l.readJSON(ctx, fsys, "index/modules.json", prefix, &modules); err != nil {
		return err
	}
	entries, err := fs.ReadDir(fsys, "ID")
	if err != nil {
		l.gap(report.OpRead, prefix+"ID", walk.Cause(err))
	}
	have := map[string]bool{}
	for _, e := range entries {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		id, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || id == "index" {
			continue
		}
		have[id] = true
		name := path.Join("ID", e.Name())
		if err := l.file(ctx, fsys, name, prefix+name); err != nil || l.left < 0 {
			return err
		}
	}
	for _, m := range modules {
		for _, v := range m.Vulns {
			if !have[v.ID] {
				have[v.ID] = true
				l.gap(report.OpRead, prefix+"ID/"+v.ID+".json", fmt.Errorf("missing, though the index names it for %s", m.Path))
			}
		}
	}
	return nil
}

// readJSON reads an index file. A broken one is a gap.
func (l *loader) readJSON(ctx context.Context, fsys fs.FS, name, prefix string, v any) error {
	data, err := walk.Read(ctx, fsys, name, maxFile)
	if err != nil {
		return l.partial(err, prefix)
	}
	if err := json.Unmarshal(data, v); err != nil {
		l.gap(report.OpParse, prefix+name, errors.New("broken: "+err.Error()))
	}
	return nil
}
