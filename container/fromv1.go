package container

import (
	"context"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/merlonsec/merlon/report"
)

// FromV1 reads an image in hand, such as one that go-containerregistry has
// built or pulled. Name is its reference, as in "registry/shop:1.2"; empty
// means that it has none. Options Platform and Ref do not apply. The caller
// closes the image.
func FromV1(ctx context.Context, name string, img v1.Image, o OpenOptions) (*Image, error) {
	label := name
	if label == "" {
		label = "in memory"
	}
	o.Platform, o.Ref = "", ""
	return opened(ctx, label, o, func(op *opening) ([]candidate, error) {
		digest, err := img.Digest()
		if err != nil {
			return nil, fmt.Errorf("digest: %w", err)
		}
		layers, err := img.Layers()
		if err != nil {
			return nil, fmt.Errorf("layers: %w", err)
		}
		c := candidate{ref: name, digest: digest.String()}
		if c.config, err = img.RawConfigFile(); err != nil {
			c.config = nil
			c.problems = append(c.problems, gap(report.OpRead, "%s: configuration: %w: layers cannot be checked", op.label, err))
		}
		for i, l := range layers {
			s := layerSource{name: fmt.Sprint(i), open: func(context.Context) (*blob, error) {
				r, err := l.Compressed()
				if err != nil {
					return nil, err
				}
				return &blob{stream: r, closer: r}, nil
			}}
			if d, err := l.Digest(); err == nil {
				s.name, s.digest = d.String(), d.String()
			}
			c.layers = append(c.layers, s)
		}
		return []candidate{c}, nil
	})
}
