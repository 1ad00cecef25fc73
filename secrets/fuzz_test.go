package secrets_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/merlonsec/merlon/secrets"
)

// FuzzScanner holds the three doors against each other, on any text.
func FuzzScanner(f *testing.F) {
	s := newScanner(f, secrets.Options{})
	var all []string
	for _, d := range secrets.DefaultDetectors() {
		for _, e := range slices.Concat(d.Examples, d.Counter) {
			f.Add([]byte(e))
		}
		all = append(all, d.Examples[0])
	}
	f.Add([]byte(strings.Join(all, " ")))
	f.Add([]byte("\xff\xfe" + strings.Join(all, "\x00")))
	f.Add([]byte("\xef\xbb\xbf merlon:allow \xff" + all[0]))
	f.Fuzz(func(t *testing.T, text []byte) {
		keep := bytes.Clone(text)
		var want, values []string
		for m := range s.Matches("a.go", text) {
			if !bytes.Equal(text[m.Start:m.End], []byte(m.Secret.Reveal())) {
				t.Fatalf("%s: got %q, want %q", m.Detector.Rule.ID, m.Secret.Reveal(), text[m.Start:m.End])
			}
			want = append(want, fmt.Sprintf("%s %d %d", m.Detector.Rule.ID, m.Start, m.End))
			values = append(values, m.Secret.Reveal())
		}
		redacted := s.Redact(text)
		if !bytes.Equal(text, keep) {
			t.Fatal("the text was changed")
		}
		if len(want) > 0 && bytes.Equal(redacted, text) {
			t.Fatal("nothing was redacted")
		}
		var got []string
		for f, err := range s.Reader(t.Context(), "a.go", iotest.HalfReader(bytes.NewReader(text))) {
			if err != nil {
				t.Fatal(err)
			}
			r := f.Location.Region
			if len(f.Suppressions) == 0 {
				got = append(got, fmt.Sprintf("%s %d %d", f.Rule, r.Offset, r.Offset+r.Length))
			}
			if r.Start.Line < 1 || r.Start.Column < 1 || r.End.Line < r.Start.Line {
				t.Fatalf("got region %+v", r)
			}
			data, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				if len(v) >= 12 && bytes.Contains(data, []byte(v)) {
					t.Fatalf("%s shows %q", data, v)
				}
			}
		}
		if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) || bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
			return // decoded, so the offsets differ
		}
		if !slices.Equal(got, want) {
			t.Fatalf("Reader: got %q, want %q", got, want)
		}
	})
}
