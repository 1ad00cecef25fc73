// Command mkimage writes the example's image as an OCI layout: two small
// layers as a Dockerfile would make them, without the programs. It writes the
// same bytes every time.
//
//	go run ./internal/mkimage image
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

const osRelease = `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.18.0
PRETTY_NAME="Alpine Linux v3.18"
`

const apkInstalled = `P:musl
V:1.2.4-r0
A:x86_64
o:musl
L:MIT
T:the musl c library
p:so:libc.musl-x86_64.so.1=1

P:busybox
V:1.36.1-r0
A:x86_64
o:busybox
L:GPL-2.0-only
T:Size optimized toolbox of many common UNIX utilities
D:so:libc.musl-x86_64.so.1

P:libcrypto3
V:3.1.0-r4
A:x86_64
o:openssl
L:Apache-2.0
T:Crypto library from openssl
D:so:libc.musl-x86_64.so.1
p:so:libcrypto.so.3=3

P:openssl
V:3.1.0-r4
A:x86_64
o:openssl
L:Apache-2.0
T:Toolkit for Transport Layer Security (TLS)
D:so:libc.musl-x86_64.so.1 so:libcrypto.so.3

`

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: mkimage DIR")
	}
	key, err := os.ReadFile("deploy/tls.key")
	check(err)
	settings, err := os.ReadFile("shop.yaml")
	check(err)
	base := layer(
		file{"etc/os-release", []byte(osRelease)},
		file{"lib/apk/db/installed", []byte(apkInstalled)})
	app := layer(
		file{"app/shop.yaml", settings},
		file{"app/tls.key", key})
	check(write(os.Args[1], base, app))
}

type file struct {
	name string
	data []byte
}

// layer returns an uncompressed tar.
func layer(files ...file) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		check(w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.data)), Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}))
		_, err := w.Write(f.data)
		check(err)
	}
	check(w.Close())
	return b.Bytes()
}

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// write lays out an image (OCI image specification 1.1, image-layout.md).
func write(dir string, layers ...[]byte) error {
	if err := os.RemoveAll(filepath.Join(dir, "blobs")); err != nil {
		return err
	}
	blobs := filepath.Join(dir, "blobs", "sha256")
	if err := os.MkdirAll(blobs, 0o755); err != nil {
		return err
	}
	blob := func(mediaType string, data []byte) descriptor {
		sum := fmt.Sprintf("%x", sha256.Sum256(data))
		check(os.WriteFile(filepath.Join(blobs, sum), data, 0o644))
		return descriptor{MediaType: mediaType, Digest: "sha256:" + sum, Size: len(data)}
	}
	var diffIDs []string
	var descriptors []descriptor
	for _, l := range layers {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		_, err := w.Write(l)
		check(err)
		check(w.Close())
		diffIDs = append(diffIDs, fmt.Sprintf("sha256:%x", sha256.Sum256(l)))
		descriptors = append(descriptors, blob("application/vnd.oci.image.layer.v1.tar+gzip", z.Bytes()))
	}
	config := blob("application/vnd.oci.image.config.v1+json", asJSON(map[string]any{
		"architecture": "amd64",
		"os":           "linux",
		"created":      "2026-01-15T00:00:00Z",
		"config": map[string]any{
			"Env":          []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "SHOP_DSN=", "SHOP_ADMIN_PASSWORD=correct-horse-battery"},
			"WorkingDir":   "/app",
			"Cmd":          []string{"/app/shop"},
			"ExposedPorts": map[string]any{"8080/tcp": struct{}{}},
		},
		"rootfs": map[string]any{"type": "layers", "diff_ids": diffIDs},
		"history": []map[string]any{
			{"created_by": "ADD rootfs.tar.gz / # alpine:3.18"},
			{"created_by": "COPY shop shop.yaml deploy/tls.key /app/"},
			{"created_by": "ENV SHOP_DSN= SHOP_ADMIN_PASSWORD=correct-horse-battery", "empty_layer": true},
			{"created_by": "CMD [\"/app/shop\"]", "empty_layer": true},
		},
	}))
	const manifestType = "application/vnd.oci.image.manifest.v1+json"
	manifest := blob(manifestType, asJSON(map[string]any{"schemaVersion": 2, "mediaType": manifestType, "config": config, "layers": descriptors}))
	manifest.Annotations = map[string]string{"org.opencontainers.image.ref.name": "registry.example.com/shop:1.0"}
	if err := os.WriteFile(filepath.Join(dir, "index.json"), asJSON(map[string]any{"schemaVersion": 2, "manifests": []descriptor{manifest}}), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "oci-layout"), asJSON(map[string]any{"imageLayoutVersion": "1.0.0"}), 0o644)
}

func asJSON(v any) []byte {
	b, err := json.Marshal(v)
	check(err)
	return append(b, '\n')
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
