package container

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// A PlatformError says that a file holds more than one image, or none of the
// wanted platform or name.
type PlatformError struct {
	Available []string // such as "linux/amd64", or "shop:1.2 linux/amd64" where names differ

	wanted string
}

func (e *PlatformError) Error() string {
	if len(e.Available) == 0 {
		return "holds no image"
	}
	if e.wanted != "" {
		return fmt.Sprintf("holds no single image %s: there is %s", e.wanted, strings.Join(e.Available, ", "))
	}
	return fmt.Sprintf("holds %d images, choose one by platform or name: %s", len(e.Available), strings.Join(e.Available, ", "))
}

// A candidate is an image that may be opened.
type candidate struct {
	ref      string // as the archive names it; empty if it does not
	platform *v1.Platform
	digest   string // of the manifest, else of the configuration
	config   []byte // nil if it could not be read; the problem is known then
	layers   []layerSource
	problems []problem // those of this image alone
}

// choose returns the one image that o asks for, never silently the first of several.
func choose(all []candidate, o OpenOptions) (candidate, error) {
	want, err := parsePlatform(o.Platform)
	if err != nil {
		return candidate{}, err
	}
	var fit []candidate
	seen := map[string]bool{}
	for _, c := range all {
		if !c.isRef(o.Ref) || want != nil && !satisfies(c.platform, want) {
			continue
		}
		if c.digest == "" || !seen[c.digest] { // the same image under two names is one
			seen[c.digest] = true
			fit = append(fit, c)
		}
	}
	if len(fit) == 1 {
		return fit[0], nil
	}
	e := &PlatformError{wanted: strings.TrimSpace(o.Ref + " " + o.Platform)}
	list := all
	if len(fit) > 1 {
		list = fit
	}
	const most = 20
	for i := range list {
		if s := list[i].String(); !slices.Contains(e.Available, s) {
			e.Available = append(e.Available, s)
		}
		if len(e.Available) == most {
			e.Available = append(e.Available, "and more")
			break
		}
	}
	slices.Sort(e.Available)
	return candidate{}, e
}

// String is name and platform, or the digest where it has neither.
func (c *candidate) String() string {
	var parts []string
	if c.ref != "" {
		parts = append(parts, c.ref)
	}
	if c.platform != nil && c.platform.OS != "" {
		parts = append(parts, c.platform.String())
	}
	if len(parts) == 0 {
		return cmp.Or(c.digest, "one without name and configuration")
	}
	return strings.Join(parts, " ")
}

// isRef reports whether want names c by reference, name, tag or digest.
func (c *candidate) isRef(want string) bool {
	name, tag, _ := splitRef(c.ref)
	wantName, wantTag, wantDigest := splitRef(want)
	switch {
	case want == "", want == c.ref, want == c.digest:
		return true
	case want == name, want == tag:
		return true
	}
	return wantName != "" && wantName == name && (wantTag == tag || wantTag == "" && wantDigest == c.digest)
}

// satisfies reports whether an image of platform p will do for want. What
// want leaves open may be anything.
func satisfies(p, want *v1.Platform) bool {
	if p == nil {
		return false
	}
	is := func(have, want string) bool { return want == "" || have == want }
	return is(p.OS, want.OS) && is(p.Architecture, want.Architecture) && is(p.Variant, want.Variant) && is(p.OSVersion, want.OSVersion)
}

// parsePlatform reads "os/arch[/variant][:version]"; nil if s is empty.
func parsePlatform(s string) (*v1.Platform, error) {
	if s == "" {
		return nil, nil
	}
	p, err := v1.ParsePlatform(s)
	if err == nil && (p.OS == "" || p.Architecture == "") {
		err = fmt.Errorf("%q is not like linux/amd64", s)
	}
	return p, err
}
