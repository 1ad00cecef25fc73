package purl_test

import (
	"encoding/json"
	"testing"

	"github.com/merlonsec/merlon/internal/purl"
)

// FuzzParse checks that what is read can be written, and that what was
// written reads as the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"pkg:npm/%40angular/animation@12.3.1", "pkg:golang/google.golang.org/genproto@v1#googleapis/api", "pkg:git/codeberg.org/a/b@1",
		"pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64&distro=debian-12", "pkg://maven/a/b@1?x=%20&y", "pkg:npm/@a/b@c@d", "pkg:a/%2F/b", "pkg:pub/%E4",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := purl.Parse(s)
		if err != nil {
			return
		}
		text := p.String()
		again, err := purl.Parse(text)
		if err != nil {
			t.Fatalf("%q: wrote %q: %v", s, text, err)
		}
		a, _ := json.Marshal(p)
		b, _ := json.Marshal(again)
		if string(a) != string(b) || again.String() != text {
			t.Errorf("%q: got %s, then %s", s, a, b)
		}
	})
}
