package container

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// A saved is one image in the manifest.json of docker save, whose format is
// that of moby's image/spec v1.2 ("Combined Image JSON + Filesystem Changeset Format").
type saved struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// dockerSave finds the images of a docker-save archive without an index.
func (op *opening) dockerSave(ctx context.Context, a archive) ([]candidate, error) {
	data, err := op.readMeta(ctx, a, "manifest.json")
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("no image: neither index.json nor %w", err)
		}
		return nil, err
	}
	var list []saved
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("manifest.json: %w", err)
	}
	if len(list) > maxDescriptors {
		return nil, fmt.Errorf("manifest.json: more than %d images", maxDescriptors)
	}
	var all []candidate
	for _, s := range list {
		c, err := op.savedImage(ctx, a, s)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func (op *opening) savedImage(ctx context.Context, a archive, s saved) (candidate, error) {
	var c candidate
	if len(s.RepoTags) > 0 {
		c.ref = s.RepoTags[0]
	}
	config, err := op.readMeta(ctx, a, s.Config)
	switch {
	case ctx.Err() != nil:
		return c, context.Cause(ctx)
	case err != nil:
		c.problems = append(c.problems, gap(report.OpRead, "%s: configuration %w: layers cannot be checked; save the image again", op.label, err))
	default:
		c.config = config
		c.digest = sum(config, "sha256:")
		if want := pathDigest(s.Config); want != "" && want != c.digest {
			c.problems = append(c.problems, gap(report.OpRead, "%s: %s has the digest %s: it was changed or damaged; save the image again", op.label, s.Config, c.digest))
		}
		if cf, _ := parseConfig(config); cf != nil {
			c.platform = cf.Platform()
		}
	}
	for _, name := range s.Layers {
		c.layers = append(c.layers, layerSource{name: name, digest: pathDigest(name), open: func(ctx context.Context) (*blob, error) {
			return a.open(ctx, name)
		}})
	}
	return c, nil
}

// pathDigest returns the digest that a file is named after:
// "blobs/sha256/HEX", or "HEX.json" at the top. The old form names layers
// after something else.
func pathDigest(name string) string {
	digest := "sha256:" + strings.TrimSuffix(path.Base(name), ".json")
	at, err := blobName(digest)
	if err != nil || name != at && name != path.Base(name) {
		return ""
	}
	return digest
}

// savedRefs returns the names that manifest.json gives images in a layout, by
// the digest of the configuration: they are the ones that the user knows.
func (op *opening) savedRefs(ctx context.Context, a archive) map[string]string {
	refs := map[string]string{}
	data, err := op.readMeta(ctx, a, "manifest.json")
	var list []saved
	if err != nil || json.Unmarshal(data, &list) != nil {
		return refs // no harm: the index has what is needed
	}
	for _, s := range list {
		if digest := pathDigest(s.Config); digest != "" && len(s.RepoTags) > 0 {
			refs[digest] = s.RepoTags[0]
		}
	}
	return refs
}
