package secretstest

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/merlonsec/merlon/secrets"
)

// TestDetector tests one detector with its own examples, of which it must have
// some, as subtests of t.
func TestDetector(t *testing.T, d secrets.Detector) {
	t.Helper()
	s, err := secrets.New(secrets.Options{Detectors: []secrets.Detector{d}})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Examples) == 0 {
		t.Fatal("no Examples")
	}
	k := &kit{s, d}
	for _, c := range []struct {
		name string
		run  func(t *testing.T, example string, want []string)
	}{
		{"Places", k.places}, {"Edges", k.edges}, {"Twice", k.twice}, {"CRLF", k.crlf}, {"Redaction", k.redaction},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, e := range d.Examples {
				want := k.find("", e)
				if len(want) == 0 {
					t.Errorf("nothing is found in the example %q", e)
					continue
				}
				c.run(t, e, want)
			}
		})
	}
	t.Run("Counter", func(t *testing.T) {
		for _, c := range d.Counter {
			if n := len(k.find("", c)); n > 0 {
				t.Errorf("%d secrets are found in %q", n, c)
			}
		}
	})
	t.Run("Prose", func(t *testing.T) {
		text := prose(1 << 19)
		for m := range s.Matches("", text) {
			t.Errorf("a secret is found in ordinary text: %q", text[m.Start:m.End])
		}
	})
}

type kit struct {
	s *secrets.Scanner
	d secrets.Detector
}

// find returns the secrets in a text in hand.
func (k *kit) find(path, text string) []string {
	var out []string
	for m := range k.s.Matches(path, []byte(text)) {
		out = append(out, m.Secret.Reveal())
	}
	return out
}

// stream returns how many secrets there are in a stream, and the line of the first.
func (k *kit) stream(t *testing.T, r io.Reader) (n, line int) {
	t.Helper()
	for f, err := range k.s.Reader(t.Context(), "", r) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 1 {
			line = f.Location.Region.Start.Line
		}
	}
	return n, line
}

func (k *kit) places(t *testing.T, e string, want []string) {
	const filler = "lorem ipsum dolor;\n"
	for where, text := range map[string]string{"start": e + "\n" + filler, "middle": filler + e + "\n" + filler, "end": filler + e, "line": "x = [ " + e + " ];"} {
		if got := k.find("", text); !slices.Equal(got, want) {
			t.Errorf("at the %s of a text: got %d secrets, want %d, of %q", where, len(got), len(want), e)
		}
	}
}

// edges puts an example around every power of two, since any of them may be
// the size in which a stream is read.
func (k *kit) edges(t *testing.T, e string, want []string) {
	for size := 1 << 12; size <= 1<<20; size *= 2 {
		befores := []int{len(e) / 2}
		if e == k.d.Examples[0] {
			befores = []int{1, len(e) / 2, len(e) - 1}
		}
		for _, before := range befores {
			pad := strings.Repeat("lorem \n", size/7+1)[:size-before-1] + "\n"
			n, line := k.stream(t, strings.NewReader(pad+e+"\n"+pad[:min(len(pad), 1<<16)]))
			if first := strings.Count(pad, "\n") + 1; n != len(want) || line < first || line > first+strings.Count(e, "\n") {
				t.Errorf("across byte %d: got %d secrets from line %d, want %d from line %d, of %q", size, n, line, len(want), first, e)
			}
		}
	}
	long := strings.Repeat("lorem,", 1<<17) // no line end for 1.5 MB in all
	if n, _ := k.stream(t, strings.NewReader(long+" "+e+" "+long)); n != len(want) {
		t.Errorf("on a long line: got %d secrets, want %d, of %q", n, len(want), e)
	}
	if n, _ := k.stream(t, iotest.OneByteReader(strings.NewReader(e))); n != len(want) {
		t.Errorf("byte for byte: got %d secrets, want %d, of %q", n, len(want), e)
	}
}

func (k *kit) twice(t *testing.T, e string, want []string) {
	if got := k.find("", e+" , "+e); !slices.Equal(got, append(slices.Clone(want), want...)) {
		t.Errorf("twice in a row: got %d secrets, want %d, of %q", len(got), 2*len(want), e)
	}
}

func (k *kit) crlf(t *testing.T, e string, want []string) {
	text := strings.ReplaceAll("a\n"+e+"\nb\n", "\n", "\r\n")
	if got := k.find("", text); len(got) != len(want) {
		t.Errorf("with CRLF: got %d secrets, want %d, of %q", len(got), len(want), e)
	}
}

func (k *kit) redaction(t *testing.T, e string, want []string) {
	text := "a = " + e + " # " + e + "\n"
	redacted := k.s.Redact([]byte(text))
	var shown [][]byte
	for f, err := range k.s.Reader(t.Context(), "a", strings.NewReader(text)) {
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, data)
	}
	for _, secret := range want {
		if bytes.Contains(redacted, []byte(secret)) {
			t.Errorf("redacted text shows the secret of %q", e)
		}
		for _, line := range append(strings.Split(secret, "\n"), secret) {
			if len(line) < 8 {
				continue
			}
			for _, data := range shown {
				if bytes.Contains(data, []byte(line)) {
					t.Errorf("a finding shows %q of %q", line, e)
				}
			}
		}
	}
}
