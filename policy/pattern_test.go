package policy

import "testing"

func TestPatternShortCuts(t *testing.T) {
	for _, c := range []struct {
		pattern string
		how     shortcut
	}{
		{"sast/sqlinjection", asLiteral}, {"/a/b", asLiteral}, {"legacy/**", asTree}, {"a/b/**", asTree}, {"*.pem", asSuffix}, {"k*.pem", asElement}, {"?.pem", asElement}, {"*", asSuffix},
		{"vendor", asName}, {"a/**/b", asGlobAt}, {"a/*/b", asElements}, {"a/?", asElements}, {"a/[^x]b", asGlobAt}, {"**", asGlob}, {"**/x", asGlob}, {"{a,b}/c", asGlob},
		{"a*/**", asGlobAt}, {"a/**/**", asGlobAt},
	} {
		p, err := compilePattern(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if p.how != c.how {
			t.Errorf("%s: got short cut %d, want %d", c.pattern, p.how, c.how)
		}
		for _, name := range []string{"", "a", "b", "a/b", "a/x/b", "a/b/c", "x/a/b", "legacy", "legacy/x", "legacyx", "legacyx/y", "k.pem", "d/k.pem",
			"vendor", "x/vendor", "vendor/x", "sast/sqlinjection", "x", "q/x", "a/c", "b/c", "ab/c", "a/"} {
			if got, want := p.match(name), p.glob.Match(name); got != want {
				t.Errorf("%s on %q: got %v, the glob says %v", c.pattern, name, got, want)
			}
		}
	}
}

func TestPURLPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, purl string
		want          bool
	}{
		{"pkg:npm/lodash", "pkg:npm/lodash@4.17.20", true},
		{"pkg:npm/lodash@4.*", "pkg:npm/lodash@4.17.20", true},
		{"pkg:npm/lodash@4.*", "pkg:npm/lodash@3.0.0", false},
		{"pkg:npm/lodash", "pkg:npm/lodash-es@4.17.20", false},
		{"pkg:npm/@babel/core", "pkg:npm/%40babel/core@7.0.0", true},
		{"pkg:npm/%40babel/*", "pkg:npm/@babel/core@7.0.0", true},
		{"pkg:golang/github.com/acme/**", "pkg:golang/github.com/acme/shop/v2@v2.0.1", true},
		{"pkg:deb/debian/openssl", "pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12", true},
		{"pkg:deb/debian/openssl@3.0.11-1", "pkg:deb/debian/openssl@3.0.11-1?arch=amd64", true},
		{"pkg:golang/a/b", "pkg:golang/a/b@v1.0.0#sub/dir", true},
		{"pkg:npm/lodash", "", false},
	} {
		p, err := compilePURL(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
		} else if got := p.match(c.purl); got != c.want {
			t.Errorf("%s on %s: got %v", c.pattern, c.purl, got)
		}
	}
	for _, s := range []string{"", "lodash", "*", "pkg:npm", "pkg:npm/[", "npm/lodash"} {
		if _, err := compilePURL(s); err == nil {
			t.Errorf("%q: no error", s)
		}
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{"a/**/{b,c}", "legacy/**", "*.pem", "/x", "./a/b/", "a/*", "**", "a//b", "[a-c]/x", `a\*/b`, "?"} {
		f.Add(s, "a/x/b")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, pattern, name string) {
		p, err := compilePattern(pattern)
		if err != nil {
			return
		}
		if got, want := p.match(name), p.glob.Match(name); got != want {
			t.Errorf("%q on %q: got %v, the glob says %v", pattern, name, got, want)
		}
	})
}
