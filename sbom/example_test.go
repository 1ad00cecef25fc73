package sbom_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"iter"
	"strings"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sbom"
)

func tree(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return m
}

func Example() {
	fsys := tree(map[string]string{"go.mod": "module example.com/shop\n\ngo 1.24\n\nrequire gopkg.in/yaml.v2 v2.2.3\n"})
	s, err := sbom.New(sbom.Options{})
	if err != nil {
		panic(err)
	}
	rep, err := s.Scan(context.Background(), report.NewTarget("example.com/shop", fsys))
	if err != nil {
		panic(err)
	}
	for _, c := range rep.Components {
		fmt.Println(c.PURL, "at", c.Found[0].Path, "line", c.Found[0].Region.Start.Line)
	}
	// Output:
	// pkg:golang/example.com/shop at go.mod line 1
	// pkg:golang/gopkg.in/yaml.v2@v2.2.3 at go.mod line 5
}

// How do I write a document, and read one?
func ExampleCycloneDX() {
	fsys := tree(map[string]string{"lib/apk/db/installed": "P:musl\nV:1.2.4-r1\nA:x86_64\nL:MIT\n\n", "etc/os-release": "ID=alpine\nVERSION_ID=3.18.0\n"})
	s, _ := sbom.New(sbom.Options{})
	rep, _ := s.Scan(context.Background(), report.NewTarget("registry/shop", fsys))

	var file bytes.Buffer
	if err := report.Write(&file, rep, sbom.CycloneDX{}); err != nil {
		panic(err)
	}
	doc, err := sbom.Read(&file)
	if err != nil {
		panic(err)
	}
	fmt.Println(doc.Subject.Name, doc.Complete)
	for _, c := range doc.Components {
		fmt.Printf("%s %s %q\n", c.Name, c.Version, c.Ecosystem)
	}
	// Output:
	// registry/shop true
	// alpine 3.18.0 ""
	// musl 1.2.4-r1 "Alpine:v3.18"
}

// How do I read a format of my own?
func ExampleCataloger() {
	tools := sbom.Cataloger{
		Name: "tools", Names: []string{".tools"},
		Parse: func(ctx context.Context, t *report.Target, path string) iter.Seq2[*report.Component, error] {
			return func(yield func(*report.Component, error) bool) {
				text, err := fs.ReadFile(t.FS, path)
				if err != nil {
					yield(nil, &report.Error{Op: report.OpRead, Path: path, Err: err})
					return
				}
				name, version, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
				yield(&report.Component{Name: name, Version: version, Type: "application", Found: []report.Location{{Path: path}}}, nil)
			}
		},
	}
	s, err := sbom.New(sbom.Options{Catalogers: append(sbom.DefaultCatalogers(), tools)})
	if err != nil {
		panic(err)
	}
	rep, _ := s.Scan(context.Background(), report.NewTarget("x", tree(map[string]string{"a/.tools": "protoc 29.1\n"})))
	fmt.Println(rep.Components[0].ID)
	// Output: protoc@29.1#a/.tools
}
