package sbom_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/report/reporttest"
	"github.com/merlonsec/merlon/sbom"
)

func TestScanner(t *testing.T) {
	s, err := sbom.New(sbom.Options{})
	if err != nil {
		t.Fatal(err)
	}
	reporttest.TestScanner(t, s, tree(map[string]string{
		"go.mod":                    "module example.com/shop\n\ngo 1.24\n\nrequire gopkg.in/yaml.v2 v2.2.3\n",
		"legacy/go.mod":             "module example.com/legacy\n\ngo 1.16\n\nrequire example.com/a v1.0.0\n",
		"legacy/go.sum":             "example.com/b v1.0.0 h1:x=\n",
		"web/package-lock.json":     lockV3,
		"old/package-lock.json":     lockV1,
		"old/package.json":          `{"dependencies": {"a": "1"}}`,
		"var/lib/dpkg/status":       status,
		"etc/os-release":            debian12,
		"root/lib/apk/db/installed": installed,
		"root/etc/alpine-release":   "3.18.0\n",
		"bin/other":                 "\x7fELF" + strings.Repeat("\x00", 2048),
		"readme.md":                 "hello",
	}))
}

func TestScannerOnDocuments(t *testing.T) {
	s, err := sbom.New(sbom.Options{})
	if err != nil {
		t.Fatal(err)
	}
	reporttest.TestScannerOn(t, s, func() (*report.Target, error) {
		d, err := sbom.Read(strings.NewReader(foreign))
		if err != nil {
			return nil, err
		}
		return d.Target(), nil
	})
}
