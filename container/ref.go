package container

import "strings"

// maxRef is the longest reference that is taken for one, in bytes.
const maxRef = 1024

// splitRef splits an image reference, "registry/path/name:tag@digest". Names
// on Docker Hub lose what is implied, so that "docker.io/library/alpine" and
// "alpine" are one.
func splitRef(ref string) (name, tag, digest string) {
	if len(ref) > maxRef {
		return "", "", ""
	}
	name, digest, _ = strings.Cut(ref, "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name, tag = name[:i], name[i+1:]
	}
	for _, hub := range []string{"docker.io/", "index.docker.io/"} {
		if rest, ok := strings.CutPrefix(name, hub); ok {
			name = strings.TrimPrefix(rest, "library/")
		}
	}
	return name, tag, digest
}

// annotatedRef returns the reference in annotations of a manifest's
// descriptor. The OCI annotation may hold a tag alone, "1.2", which is ":1.2" then.
func annotatedRef(annotations map[string]string) string {
	if ref := annotations["io.containerd.image.name"]; ref != "" {
		return ref
	}
	ref := annotations["org.opencontainers.image.ref.name"]
	if ref != "" && !strings.ContainsAny(ref, ":/@") {
		return ":" + ref
	}
	return ref
}
