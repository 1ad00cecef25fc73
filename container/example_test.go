package container_test

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/merlonsec/merlon/container"
	"github.com/merlonsec/merlon/report"
)

func Example() {
	ctx := context.Background()
	file, remove := exampleImage() // as "docker save shop:1.2 -o shop.tar" writes it
	defer remove()

	img, err := container.Open(ctx, file, container.OpenOptions{})
	if err != nil {
		log.Fatal(err)
	}
	defer img.Close()
	scanner, err := container.New(container.Options{})
	if err != nil {
		log.Fatal(err)
	}
	rep, err := report.Run(ctx, img.Target(), scanner) // and secrets, sbom, sca
	fmt.Println(rep.Subjects[0].Name, rep.Subjects[0].Version, err)
	for _, f := range rep.Findings {
		fmt.Println(f.Severity, f.Rule, f.Location.Logical[0].Name)
	}
	// Output:
	// shop 1.2 <nil>
	// low container/no-healthcheck config.Healthcheck
	// medium container/root-user config.User
}

// What did somebody delete in a later layer, and everybody can still get?
func ExampleImage_Hidden() {
	file, remove := exampleImage()
	defer remove()
	img, err := container.Open(context.Background(), file, container.OpenOptions{})
	if err != nil {
		log.Fatal(err)
	}
	defer img.Close()
	err = fs.WalkDir(img.Hidden().FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			fmt.Println(name)
		}
		return err
	})
	fmt.Println(err)
	// Output:
	// 0/root/.npmrc
	// <nil>
}

func exampleImage() (file string, remove func()) {
	layer := func(files ...string) v1.Layer {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, f := range files {
			w.WriteHeader(&tar.Header{Name: f, Mode: 0o644})
		}
		w.Close()
		l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil })
		if err != nil {
			log.Fatal(err)
		}
		return l
	}
	img, err := mutate.AppendLayers(empty.Image, layer("app/main.js", "root/.npmrc"), layer("root/.wh..npmrc"))
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	file = filepath.Join(dir, "shop.tar")
	if err := tarball.WriteToFile(file, name.MustParseReference("shop:1.2"), img); err != nil {
		log.Fatal(err)
	}
	return file, func() { os.RemoveAll(dir) }
}
