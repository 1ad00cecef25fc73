package reporttest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/testfs"
	"github.com/merlonsec/merlon/report"
)

// maxBroken is how many files are broken in turn, those with findings first.
const maxBroken = 40

// checkUnreadable: a file without permission is a gap that names it, and the
// other files are still scanned.
func checkUnreadable(k *kit, ctx context.Context) error {
	return k.breakEach(ctx, "without permission", func(tree testFS, name string) (testFS, *testfs.Fault) {
		return testfs.Refuse(tree, name)
	})
}

// checkTruncated: so is a file that cannot be read to its end.
func checkTruncated(k *kit, ctx context.Context) error {
	return k.breakEach(ctx, "with an error half-way", func(tree testFS, name string) (testFS, *testfs.Fault) {
		half := int64(len(k.tree[strings.TrimPrefix(name, left+"/")].Data) / 2)
		return testfs.Break(tree, name, half)
	})
}

// left and right are two copies of the tree: what is broken on the left must
// not change what is found on the right.
const left, right = "left", "right"

func (k *kit) breakEach(ctx context.Context, how string, spoil func(tree testFS, name string) (testFS, *testfs.Fault)) error {
	if err := k.inMemory(); err != nil {
		return err
	}
	for _, name := range k.files() {
		tree, fault := spoil(k.tree, name)
		rep, err := k.scan(ctx, tree)
		if err := k.mustTell(rep, err, name, fault.Hit()); err != nil {
			return fmt.Errorf("%s %s: %w", name, how, err)
		}
	}
	both := testfs.Under(k.tree, left, right)
	want, err := k.scan(ctx, both)
	if err != nil {
		return fmt.Errorf("scanning two copies of the tree: %w", err)
	}
	for _, name := range k.files() {
		tree, _ := spoil(both, left+"/"+name)
		rep, err := k.scan(ctx, tree)
		if rep == nil {
			return fmt.Errorf("%s %s: no report: %w", name, how, err)
		}
		if lost := missing(under(want, right), under(rep, right)); len(lost) > 0 {
			return fmt.Errorf("%s/%s %s: what is in another directory is no longer found: %s", left, name, how, strings.Join(lost, ", "))
		}
	}
	return nil
}

// mustTell checks that what a file hid is told. hit says that the scanner was
// given an error.
func (k *kit) mustTell(rep *report.Report, err error, name string, hit bool) error {
	if rep == nil {
		return fmt.Errorf("no report: %w", err)
	}
	if err != nil && rep.Complete() {
		return fmt.Errorf("got error %w, want a gap", err)
	}
	lost := missing(places(k.want), places(rep))
	if len(lost) == 0 && !hit {
		return nil // not the scanner's business
	}
	for n := range rep.Gaps() {
		if n.Path == name || strings.HasPrefix(n.Path, name+"!/") {
			return nil
		}
	}
	if len(lost) > 0 {
		return fmt.Errorf("%s no longer found, and no gap names the file", strings.Join(lost, ", "))
	}
	return fmt.Errorf("the scanner was given an error when it read the file, and no gap names the file")
}

// files returns the files of the tree, those in which something was found first.
func (k *kit) files() []string {
	found := map[string]bool{}
	for _, f := range k.want.Findings {
		found[f.Location.Path] = true
	}
	for _, c := range k.want.Components {
		for i := range c.Found {
			found[c.Found[i].Path] = true
		}
	}
	names := testfs.Regular(k.tree)
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case found[a] == found[b]:
			return 0
		case found[a]:
			return -1
		}
		return 1
	})
	return names[:min(len(names), maxBroken)]
}

// places names what was found, and where.
func places(r *report.Report) map[string]bool {
	out := map[string]bool{}
	for _, f := range r.Findings {
		out[fmt.Sprintf("%s at %s:%d %s", f.Rule, f.Location.Path, f.Location.Region.Start.Line, f.Component)] = true
	}
	for _, c := range r.Components {
		out[c.ID] = true
	}
	return out
}

// under names what was found below dir.
func under(r *report.Report, dir string) map[string]bool {
	out := map[string]bool{}
	for _, f := range r.Findings {
		if strings.HasPrefix(f.Location.Path, dir+"/") {
			out[f.Rule+" "+f.Fingerprint] = true
		}
	}
	for _, c := range r.Components {
		if len(c.Found) > 0 && strings.HasPrefix(c.Found[0].Path, dir+"/") {
			out[c.ID] = true
		}
	}
	return out
}

// missing returns what is in want and not in got, sorted.
func missing(want, got map[string]bool) []string {
	var out []string
	for s := range want {
		if !got[s] {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}
