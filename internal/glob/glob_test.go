package glob

import (
	"strings"
	"testing"
	"time"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"*.pem", "a/b/key.pem", true},
		{"*.pem", "key.pem.go", false},
		{"vendor/**", "vendor/a/b", true},
		{"vendor/**", "vendor", true},
		{"vendor/**", "x/vendor/a", false},
		{"**/vendor/**", "x/vendor/a", true},
		{"**/vendor/**", "vendor/a", true},
		{"a/*/c", "a/b/c", true},
		{"a/*/c", "a/b/b/c", false},
		{"a/**/c", "a/c", true},
		{"a/**/c", "a/b/b/c", true},
		{"a/**/b/**/c", "a/b/x/b/c", true},
		{"./a/b", "a/b", true},
		{"/a/b", "a/b", true},
		{"a/", "x/a", true},
		{"**", "anything/at/all", true},
		{"{a,b}/*.{yml,yaml}", "b/x.yaml", true},
		{"{a,b}/*.{yml,yaml}", "c/x.yaml", false},
		{"package-lock.json", "web/package-lock.json", true},
		{"[a-c]x", "bx", true},
	} {
		p, err := Compile(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
		} else if got := p.Match(c.name); got != c.want {
			t.Errorf("%s on %s: got %v", c.pattern, c.name, got)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	for _, s := range []string{"", "[", "a/[z", "{a,b", "/", strings.Repeat("{a,b}", 20), strings.Repeat("{a}", 2000)} {
		if _, err := Compile(s); err == nil || !strings.Contains(err.Error(), "pattern") {
			t.Errorf("%q: got %v, want an error that quotes it", s, err)
		}
	}
}

func TestMatchUnder(t *testing.T) {
	s, err := CompileAll([]string{"node_modules", "docs/old"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"web/node_modules/a/b.js": true, "docs/old/x": true, "docs/older": false, "a": false, ".": false, "/a/b": false, "/": false, "../..": false} {
		if got := s.MatchUnder(name); got != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// A pattern of many stars must not take exponential time.
func TestHostilePattern(t *testing.T) {
	p, err := Compile(strings.Repeat("**/a/", 60) + "b")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool, 1)
	go func() { done <- p.Match(strings.Repeat("a/", 400) + "c") }()
	select {
	case got := <-done:
		if got {
			t.Error("it matches")
		}
	case <-time.After(time.Minute):
		t.Fatal("no end")
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("a/**/{b,c}", "a/x/b")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if p, err := Compile(pattern); err == nil {
			p.Match(name)
		}
	})
}
