package container

import (
	"io"
	"io/fs"
	"strings"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/merlonsec/merlon/report"
)

// An Image is an image that is open for reading. It does not change, and is
// safe for concurrent use until it is closed.
type Image struct {
	subject  report.Subject
	config   *v1.ConfigFile
	layers   []report.Layer
	tree     *tree   // all layers
	trees    []*tree // of each layer
	hidden   []hidden
	problems []problem
	closers  []io.Closer

	hideOnce sync.Once
	hideTree *node
}

var _ report.Annotator = (*Image)(nil)

func (i *Image) add(p ...problem) { i.problems = append(i.problems, p...) }

// Close removes the temporary file and closes what the image is read from.
// Reading a file of the image fails after it.
func (i *Image) Close() error {
	err := closeAll(i.closers)
	i.closers = nil
	return err
}

// Subject returns what the image is called. Name is that of the repository, or
// the digest if the image has no name, and Version the tag. Digest is that of
// the manifest, or of the configuration where docker save has no manifest; it
// is empty if the image is incomplete or not what that digest promises, so
// that no report about it passes for one about the whole.
func (i *Image) Subject() report.Subject { return i.subject }

// Config returns a copy of the image configuration, never nil. Fields that
// could not be read are zero, and a gap of [Scanner] tells which.
func (i *Image) Config() *v1.ConfigFile { return i.config.DeepCopy() }

// Target returns the merged tree, as a container sees it. Every finding and
// component in it is told the layer that its file is from. Closing the target
// does not close the image.
func (i *Image) Target() *report.Target {
	return &report.Target{Subject: i.subject, FS: i.tree, Origin: i}
}

// A Layer is one layer with its own tree: what it adds, without lower layers
// and without whiteout markers.
type Layer struct {
	report.Layer
	FS fs.FS
}

// Layers returns the layers from the base up.
func (i *Image) Layers() []Layer {
	all := make([]Layer, len(i.layers))
	for n := range all {
		all[n] = Layer{i.layers[n], i.trees[n]}
	}
	return all
}

// AnnotateFinding implements [report.Annotator]: it sets the layer that the
// finding's file is from.
func (i *Image) AnnotateFinding(f *report.Finding) {
	i.annotate(&f.Location)
	for n := range f.Related {
		i.annotate(&f.Related[n])
	}
}

// AnnotateComponent implements [report.Annotator]: it sets the layers that
// the files of its places are from.
func (i *Image) AnnotateComponent(c *report.Component) {
	for n := range c.Found {
		i.annotate(&c.Found[n])
	}
}

func (i *Image) annotate(l *report.Location) {
	if l.Path == "" || l.Layer != nil {
		return
	}
	name, _, _ := strings.Cut(l.Path, "!/") // in an archive: the archive's
	nodes, err := resolve(i.tree.root, name, true)
	if err != nil {
		return
	}
	l.Layer = i.layer(nodes[len(nodes)-1])
}

// layer returns a copy of the layer that n is from; nil for an image without layers.
func (i *Image) layer(n *node) *report.Layer {
	if int(n.layer) >= len(i.layers) {
		return nil
	}
	l := i.layers[n.layer]
	return &l
}
