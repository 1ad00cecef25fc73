package container

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/merlonsec/merlon/report"
)

// Limits on indexes (image-spec, image-index.md).
const (
	maxIndexDepth  = 8
	maxDescriptors = 4096
)

// A descriptor points at a blob (image-spec, descriptor.md). Digests stay
// text, so that one that is none spoils its own layer only.
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	URLs        []string          `json:"urls"`
	Annotations map[string]string `json:"annotations"`
	Platform    *v1.Platform      `json:"platform"`
}

// attestation reports whether d is a statement about an image that build
// tools put beside it, and no image.
func (d *descriptor) attestation() bool {
	return d.Annotations["vnd.docker.reference.type"] != "" ||
		d.Platform != nil && d.Platform.OS == "unknown" && d.Platform.Architecture == "unknown"
}

// A manifest is an image's manifest or an index. Which, only its content tells.
type manifest struct {
	Manifests    []descriptor    `json:"manifests"`
	ArtifactType string          `json:"artifactType"`
	Config       *descriptor     `json:"config"`
	Layers       []descriptor    `json:"layers"`
	FSLayers     json.RawMessage `json:"fsLayers"`
}

func parseManifest(data []byte) (*manifest, error) {
	m := new(manifest)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, err
	}
	switch {
	case m.FSLayers != nil:
		return nil, errors.New("manifest of schema 1, which is not supported: push or save the image with a newer program")
	case m.Manifests != nil && (m.Layers != nil || m.Config != nil):
		return nil, errors.New("both an index and a manifest: programs would disagree on what the image is") // CVE-2021-41190
	case m.Manifests == nil && m.Config == nil:
		return nil, errors.New("neither an index nor a manifest")
	}
	return m, nil
}

// layout finds the images of an OCI layout.
func (op *opening) layout(ctx context.Context, a archive, index []byte) ([]candidate, error) {
	l := &layoutReader{op: op, ctx: ctx, archive: a, refs: op.savedRefs(ctx, a)}
	if err := l.add("index.json", index, descriptor{}, nil, 0); err != nil {
		return nil, err
	}
	images := l.found
	if len(images) == 0 {
		images = l.artifacts
	}
	if len(images) == 0 && len(l.missing) > 0 {
		return nil, fmt.Errorf("%w", l.missing[0])
	}
	for _, err := range l.missing { // usual where only one platform was saved
		op.problems = append(op.problems, problem{op: report.OpSkip, note: true, err: fmt.Errorf("%s: an image that the index lists is not there: %w", op.label, err)})
	}
	return images, nil
}

type layoutReader struct {
	op        *opening
	ctx       context.Context // of the one call that it lives for
	archive   archive
	refs      map[string]string // names by digest of the configuration
	count     int
	found     []candidate
	artifacts []candidate // manifests of something else: charts, signatures
	missing   []error
}

// add looks at one index or manifest, which d describes.
func (l *layoutReader) add(name string, data []byte, d descriptor, problems []problem, depth int) error {
	m, err := parseManifest(data)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if m.Manifests == nil {
		return l.image(m, d, problems)
	}
	if depth == maxIndexDepth {
		return fmt.Errorf("%s: more than %d indexes within one another", name, maxIndexDepth)
	}
	for _, next := range m.Manifests {
		if l.count++; l.count > maxDescriptors {
			return fmt.Errorf("%s: more than %d images", name, maxDescriptors)
		}
		if next.attestation() {
			continue
		}
		if annotatedRef(next.Annotations) == "" {
			next.Annotations = d.Annotations
		}
		if next.Platform == nil {
			next.Platform = d.Platform
		}
		data, more, err := l.op.readBlob(l.ctx, l.archive, next.Digest)
		if l.ctx.Err() != nil {
			return context.Cause(l.ctx)
		}
		if errors.Is(err, fs.ErrNotExist) {
			l.missing = append(l.missing, err)
			continue
		}
		if err != nil {
			return err
		}
		if err := l.add(next.Digest, data, next, append(more, problems...), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// image adds the image of a manifest.
func (l *layoutReader) image(m *manifest, d descriptor, problems []problem) error {
	c := candidate{digest: d.Digest, platform: d.Platform, ref: cmp.Or(l.refs[m.Config.Digest], annotatedRef(d.Annotations)), problems: problems}
	config, more, err := l.op.readBlob(l.ctx, l.archive, m.Config.Digest)
	if l.ctx.Err() != nil {
		return context.Cause(l.ctx)
	}
	c.problems = append(c.problems, more...)
	if err != nil {
		c.problems = append(c.problems, gap(report.OpRead, "%s: configuration: %w: layers cannot be checked", l.op.label, err))
	}
	c.config = config
	if c.platform == nil && config != nil {
		if cf, _ := parseConfig(config); cf != nil {
			c.platform = cf.Platform()
		}
	}
	for _, d := range m.Layers {
		c.layers = append(c.layers, l.layer(d))
	}
	if m.ArtifactType != "" || !strings.Contains(m.Config.MediaType, "image") && m.Config.MediaType != "" {
		l.artifacts = append(l.artifacts, c)
		return nil
	}
	l.found = append(l.found, c)
	return nil
}

func (l *layoutReader) layer(d descriptor) layerSource {
	s := layerSource{name: d.Digest, digest: d.Digest, open: func(ctx context.Context) (*blob, error) {
		name, err := blobName(d.Digest)
		if err != nil {
			return nil, err
		}
		return l.archive.open(ctx, name)
	}}
	if strings.Contains(d.MediaType, "foreign") || strings.Contains(d.MediaType, "nondistributable") {
		s.foreign = true
	}
	return s
}
