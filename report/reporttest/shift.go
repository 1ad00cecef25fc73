package reporttest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
)

// checkLineShift: fingerprints stay when lines are added above. A format
// that minds empty lines at its start is left out.
func checkLineShift(k *kit, ctx context.Context) error {
	if k.open != nil {
		return k.inMemory()
	}
	const lines = 3
	tried := 0
	for name, want := range k.byFile(k.want) {
		file := k.tree[name]
		if file == nil || !file.Mode.IsRegular() || bytes.IndexByte(file.Data, 0) >= 0 || tried == 10 {
			continue
		}
		tried++
		tree := fstest.MapFS{}
		maps.Copy(tree, k.tree)
		moved := *file
		moved.Data = append(bytes.Repeat([]byte("\n"), lines), file.Data...)
		tree[name] = &moved
		rep, err := k.scan(ctx, tree)
		if rep == nil {
			return fmt.Errorf("%s with %d empty lines above: %w", name, lines, err)
		}
		got := rep.Findings
		if g := k.byFile(rep)[name]; err != nil || len(g) != len(want) {
			k.log("%s with %d empty lines above is another file to the scanner: left out", name, lines)
			continue
		}
		if a, b := prints(got), prints(k.want.Findings); !slices.Equal(a, b) {
			return fmt.Errorf("%s with %d empty lines above: fingerprints %s, want %s", name, lines, strings.Join(a, " "), strings.Join(b, " "))
		}
		for i, f := range k.byFile(rep)[name] {
			if line := want[i].Location.Region.Start.Line; f.Location.Region.Start.Line != line+lines {
				return fmt.Errorf("%s with %d empty lines above: finding %s is in line %d, was in %d", name, lines, f.Rule, f.Location.Region.Start.Line, line)
			}
		}
	}
	if tried == 0 {
		return skip("no finding has a line in a text file of the tree")
	}
	return nil
}

// byFile returns the findings that have a line, by path.
func (k *kit) byFile(r *report.Report) map[string][]*report.Finding {
	out := map[string][]*report.Finding{}
	for _, f := range r.Findings {
		if f.Location.Region.Start.Line > 0 {
			out[f.Location.Path] = append(out[f.Location.Path], f)
		}
	}
	return out
}

func prints(fs []*report.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Fingerprint)
	}
	slices.Sort(out)
	return out
}
