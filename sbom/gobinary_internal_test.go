package sbom

import (
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

func TestGoProgram(t *testing.T) {
	info := &debug.BuildInfo{
		GoVersion: "go1.22.3 X:boringcrypto", Path: "example.com/m/cmd/tool",
		Main: debug.Module{Path: "example.com/m", Version: "v1.2.3"},
		Deps: []*debug.Module{
			{Path: "example.com/a", Version: "v1.0.0", Sum: "h1:a="},
			{Path: "example.com/b", Version: "v1.0.0", Replace: &debug.Module{Path: "example.com/fork", Version: "v1.0.1", Sum: "h1:f="}},
			{Path: "example.com/c", Version: "v0.0.0", Replace: &debug.Module{Path: "./c", Version: "(devel)"}},
			nil,
		},
		Settings: []debug.BuildSetting{
			{Key: "GOOS", Value: "linux"}, {Key: "vcs.revision", Value: "abc"}, {Key: "-tags", Value: "x"},
			{Key: "-ldflags", Value: "-X main.password=secret"}, {Key: "CGO_LDFLAGS", Value: "-L/x"},
		},
	}
	list := goProgram(info, "bin/tool")
	var got []string
	for _, c := range list {
		got = append(got, strings.Join([]string{c.PURL, c.Ecosystem, prop(c.Props, propGoReplaces), prop(c.Props, propGoReplacedBy), prop(c.Props, propGoSum)}, " "))
		if c.Name != "example.com/m" && (c.Root != list[0].ID || !slices.Contains(list[0].DependsOn, c.ID)) {
			t.Errorf("%s does not hang at the program", c.ID)
		}
	}
	want := []string{
		"pkg:golang/example.com/m@v1.2.3 Go   ",
		"pkg:golang/stdlib@1.22.3 Go   ",
		"pkg:golang/example.com/a@v1.0.0 Go   h1:a=",
		"pkg:golang/example.com/fork@v1.0.1 Go example.com/b@v1.0.0  h1:f=",
		"pkg:golang/example.com/c   ./c ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for name := range list[0].Props {
		if strings.Contains(strings.ToLower(name), "ldflags") {
			t.Errorf("property %s is kept", name)
		}
	}
}

func TestToolchain(t *testing.T) {
	for v, want := range map[string]string{"go1.22.3": "1.22.3", "go1.21rc2": "1.21rc2", "go1.20 X:regabi": "1.20", "devel go1.23-abcdef": "", "": ""} {
		if got := toolchain(v); got != want {
			t.Errorf("%q: got %q, want %q", v, got, want)
		}
	}
}

func TestCompareGo(t *testing.T) {
	ordered := []string{"v0.0.0-20200101000000-aaaaaaaaaaaa", "v1.0.0-alpha", "v1.0.0-alpha.1", "v1.0.0-alpha.beta", "v1.0.0-rc.1", "v1.0.0", "v1.9.0", "v1.10.0", "v2.0.0+incompatible"}
	for i := range ordered {
		for j := range ordered {
			if got := compareGo(ordered[i], ordered[j]); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%s and %s: got %d", ordered[i], ordered[j], got)
			}
		}
	}
}
