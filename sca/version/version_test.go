package version_test

import (
	"bufio"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/sca/version"
)

// vectors calls f with each comparison of the shared data.
func vectors(tb testing.TB, f func(file, ecosystem, a, op, b string)) {
	tb.Helper()
	names, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "versions", "*.tsv.gz"))
	if len(names) == 0 {
		tb.Skip("no version vectors: ../shared/data/versions, beside the checkout, is absent")
	}
	for _, name := range names {
		file, err := os.Open(name)
		if err != nil {
			tb.Fatal(err)
		}
		defer file.Close()
		z, err := gzip.NewReader(file)
		if err != nil {
			tb.Fatal(err)
		}
		for lines := bufio.NewScanner(z); lines.Scan(); {
			if f4 := strings.Split(lines.Text(), "\t"); len(f4) == 4 {
				f(filepath.Base(name), f4[0], f4[1], f4[2], f4[3])
			}
		}
	}
}

func TestVectors(t *testing.T) {
	n := 0
	vectors(t, func(file, ecosystem, a, op, b string) {
		n++
		want := strings.Index("<=>", op) - 1
		got, err := version.Compare(ecosystem, a, b)
		if err != nil || got != want {
			t.Errorf("%s: %s: Compare(%q, %q): got %d, %v, want %d", file, ecosystem, a, b, got, err, want)
		}
		back, err := version.Compare(ecosystem, b, a)
		if err != nil || back != -want {
			t.Errorf("%s: %s: Compare(%q, %q): got %d, %v, want %d", file, ecosystem, b, a, back, err, -want)
		}
	})
	t.Logf("%d comparisons", n)
}

func TestCompare(t *testing.T) {
	for _, c := range []struct{ ecosystem, a, op, b string }{
		{"Go", "v1.2.3", "<", "1.2.4"},
		{"Go", "v0.0.0-20200101000000-abcdefabcdef", "<", "v0.0.0-20200102000000-abcdefabcdef"},
		{"Go", "v2.0.0+incompatible", "=", "2.0.0"},
		{"Go", "go1.22rc1", "=", "1.22.0-rc.1"},
		{"Go", "go1.22rc1", ">", "1.22.0-0"},
		{"Go", "go1.22", "=", "1.22.0"},
		{"Go", "go1.22.5", ">", "1.22.4"},
		{"Go", "go1.22.5-custom", "=", "1.22.5"},
		{"npm", "1.2.3beta", "<", "1.2.3"},
		{"crates.io", "0.0.0-0", "<", "0.0.0"},
		{"PyPI", "1.0", "=", "1.0.0"},
		{"PyPI", "1.0.POST1", ">", "1.0"},
		{"PyPI", "2004d", "<", "2005.0"},
		{"Debian:12", "1.0~rc1-1", "<", "1.0-1"},
		{"Ubuntu:22.04:LTS", "1:1.0", ">", "9.0"},
		{"Alpine:v3.20", "1.36.1-r29", ">", "1.36.1-r3"},
		{"Root:Alpine:3.18", "1.0-r2", "<", "1.0-r10"},
		{"Red Hat:enterprise_linux:8::baseos", "0:1.0-1.el8", "<", "1.0-1.el8_2"},
		{"RubyGems", "1.13.0-x86_64-linux", "=", "1.13.0"},
		{"RubyGems", "1.13.0-rc1", "<", "1.13.0"},
		{"NuGet", "1.0.0-RC1", "=", "1.0-rc1"},
	} {
		want := strings.Index("<=>", c.op) - 1
		if got, err := version.Compare(c.ecosystem, c.a, c.b); err != nil || got != want {
			t.Errorf("%s: Compare(%q, %q): got %d, %v, want %d", c.ecosystem, c.a, c.b, got, err, want)
		}
	}
}

func TestCompareErrors(t *testing.T) {
	for _, ecosystem := range []string{"OSS-Fuzz", "", "Root", "Root:Root:Root", "nonsense"} {
		if _, err := version.Compare(ecosystem, "1", "2"); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%q: got %v, want ErrUnsupported", ecosystem, err)
		}
	}
	for _, c := range []struct{ ecosystem, v string }{
		{"Go", ""}, {"Go", "(devel)"}, {"Go", "devel go1.23-abcdef"}, {"npm", "latest"}, {"npm", "1.x"}, {"PyPI", "1 0"},
		{"Debian", "x:1"}, {"Debian", "1.0$"}, {"RubyGems", "abc"}, {"Hackage", "1.a"}, {"npm", strings.Repeat("1", 2000)},
	} {
		if got, err := version.Compare(c.ecosystem, c.v, "1.0"); err == nil {
			t.Errorf("%s: Compare(%.20q, 1.0): got %d, want an error", c.ecosystem, c.v, got)
		} else if errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: Compare(%.20q, 1.0): got %v, which says the ecosystem has no order", c.ecosystem, c.v, err)
		}
	}
}

// ecosystems has one name for each order.
var ecosystems = [...]string{"Go", "npm", "Pub", "PyPI", "RubyGems", "Maven", "NuGet", "Packagist", "CRAN", "Hackage", "Debian", "Alpine", "Red Hat"}

// FuzzCompare: no panic, a version equals itself, and turning the arguments
// turns the result.
func FuzzCompare(f *testing.F) {
	for _, s := range [][2]string{
		{"1.0.0", "1.0.0-rc.1+b"}, {"v1.2.3beta", "go1.22rc1"}, {"1!2.0.post3.dev4+l.1", "-class.-pre"}, {"1:2.3~x-4", "2.3^y"},
		{"1.2_alpha3~abc-r4", "0..1"}, {"1-a.b-0", "1.ga"}, {"1.#.p3", "dev-main"}, {"1.13.0-x86_64-linux", "1.a.0"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, e := range ecosystems {
			x, errX := version.Compare(e, a, b)
			y, errY := version.Compare(e, b, a)
			if (errX == nil) != (errY == nil) || x != -y || x < -1 || x > 1 {
				t.Errorf("%s: Compare(%q, %q): got %d, %v, and turned %d, %v", e, a, b, x, errX, y, errY)
			}
			if c, err := version.Compare(e, a, a); err == nil && c != 0 {
				t.Errorf("%s: Compare(%q, %q): got %d, want 0", e, a, a, c)
			}
		}
	})
}

// FuzzTransitive: sorting by Compare makes sense. Not so in two orders:
// PHP's "1.#" equals both "1" and "1.1", and Maven has "1.sp" < "1-alpha" < "1" < "1.sp".
func FuzzTransitive(f *testing.F) {
	f.Add("1.0", "1.0-a", "1.0.1")
	f.Add("0..1", "1.2_blah", "1.2-r1")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, e := range ecosystems {
			if e == "Packagist" || e == "Maven" {
				continue
			}
			ab, err1 := version.Compare(e, a, b)
			bc, err2 := version.Compare(e, b, c)
			ac, err3 := version.Compare(e, a, c)
			if err1 == nil && err2 == nil && err3 == nil && ab <= 0 && bc <= 0 && (ac > 0 || ab+bc < 0 && ac == 0) {
				t.Errorf("%s: %q, %q, %q: got %d, %d, %d", e, a, b, c, ab, bc, ac)
			}
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	for _, e := range ecosystems {
		b.Run(e, func(b *testing.B) {
			for b.Loop() {
				version.Compare(e, "1.2.10", "1.2.9-1")
			}
		})
	}
}
