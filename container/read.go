package container

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/merlonsec/merlon/internal/work"
	"github.com/merlonsec/merlon/report"
)

// read reads the layers of an image and puts them together.
func (op *opening) read(ctx context.Context, c candidate) (*Image, error) {
	img := &Image{problems: append(op.problems, c.problems...)}
	img.config = op.config(img, c)
	spool := &spool{dir: op.o.TempDir}
	op.keep(spool)
	if len(c.layers) > maxLayers {
		img.add(gap(report.OpLimit, "%s: only the first %d of %d layers are examined", op.label, maxLayers, len(c.layers)))
		c.layers = c.layers[:maxLayers]
	}
	ids := img.config.RootFS.DiffIDs
	if len(ids) != len(c.layers) && c.config != nil {
		img.add(gap(report.OpRead, "%s: the manifest has %d layers and the configuration %d DiffIDs: not all of them can be checked", op.label, len(c.layers), len(ids)))
	}
	readers := make([]*layerReader, len(c.layers))
	for i, s := range c.layers {
		readers[i] = &layerReader{label: fmt.Sprintf("%s: layer %d (%.100s)", op.label, i, s.name), index: i, source: s, spool: spool}
		if i < len(ids) {
			readers[i].diffID = ids[i]
		}
	}
	err := readLayers(ctx, readers, spool, op.o.MaxSize)
	for _, l := range readers {
		if l.blob != nil {
			op.keep(l.blob)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := spool.seal(); err != nil {
		return nil, err
	}
	op.merge(img, readers)
	if spool.fault != nil {
		img.add(gap(report.OpRead, "%s: %w: not all files can be read; choose another place by OpenOptions.TempDir", op.label, spool.fault))
	}
	img.describe(op.label, c, readers, op.o.Base)
	img.closers = op.closers
	return img, nil
}

// readLayers reads layers side by side, or in order if a limit is hit that way.
func readLayers(ctx context.Context, readers []*layerReader, spool *spool, max int64) error {
	b := newBudget(max, len(readers) < 2)
	errs := make([]error, len(readers))
	one := func(i int) {
		l := readers[i]
		l.budget = b
		if p := work.Contain(func() { errs[i] = l.read(ctx) }); p != nil { // of a decompressor: Open has nobody who contains it
			l.gap(report.OpPanic, "panic: %w: not all of it is examined; please report this", p)
		}
	}
	work.Each(len(readers), 0, one)
	if !slices.ContainsFunc(errs, func(err error) bool { return errors.Is(err, errOver) }) {
		return firstError(errs)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := spool.reset(); err != nil {
		return err
	}
	clear(errs)
	b = newBudget(max, true)
	for i, l := range readers {
		if l.blob != nil {
			l.blob.Close()
		}
		readers[i] = &layerReader{label: l.label, index: i, source: l.source, diffID: l.diffID, spool: spool}
	}
	work.Each(len(readers), 1, one)
	return firstError(errs)
}

func firstError(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// config parses the configuration; it is never nil.
func (op *opening) config(img *Image, c candidate) *v1.ConfigFile {
	if c.config == nil {
		return new(v1.ConfigFile)
	}
	cf, err := parseConfig(c.config)
	if err != nil {
		p := gap(report.OpParse, "%s: configuration: %w: it is not examined; build the image again", op.label, err)
		p.tree = cf == nil
		img.add(p)
	}
	if cf == nil {
		cf = new(v1.ConfigFile)
	}
	return cf
}

// merge puts the layers on top of one another.
func (op *opening) merge(img *Image, readers []*layerReader) {
	m := &merger{root: newBuilder(0, nil).root}
	for _, l := range readers {
		m.add(l)
		img.add(l.problems...)
		img.trees = append(img.trees, &tree{root: l.tree.root, fault: faultOf(l.problems)})
	}
	img.add(m.problems...)
	img.hidden = m.hidden
	img.tree = &tree{root: m.root, fault: faultOf(img.problems)}
}

// describe names image and layers.
func (img *Image) describe(label string, c candidate, readers []*layerReader, base []string) {
	lines := historyOfLayers(img.config.History, len(readers))
	isBase := true
	for i, l := range readers {
		layer := report.Layer{Index: i, DiffID: hashText(l.diffID), CreatedBy: lines[i]}
		isBase = isBase && slices.Contains(base, layer.DiffID)
		layer.Base = isBase
		img.layers = append(img.layers, layer)
	}
	name, tag, _ := splitRef(c.ref)
	img.subject = report.Subject{Kind: "image", Name: name, Version: tag, Digest: c.digest}
	if name == "" {
		img.subject.Name = cmp.Or(c.digest, label)
	}
	if slices.ContainsFunc(img.problems, func(p problem) bool { return !p.note }) {
		img.subject.Digest = "" // this is not, or not all of, what has that digest
	}
}

// historyOfLayers returns for each layer the line of the history that made
// it, secrets masked; all are empty if the history does not fit the layers.
func historyOfLayers(history []v1.History, n int) []string {
	lines := make([]string, 0, n)
	for _, h := range history {
		if !h.EmptyLayer {
			lines = append(lines, shorten(first(mask(h.CreatedBy))))
		}
	}
	if len(lines) != n {
		return make([]string, n)
	}
	return lines
}

func first[A, B any](a A, _ B) A { return a }
