package secrets_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/secrets"
)

func TestMatches(t *testing.T) {
	s := newScanner(t, secrets.Options{})
	a, b := npm("a"), npm("b")
	text := "x = " + a + "; y = " + b + "\n" + a + "\n"
	want := []string{"secrets/npm-token:" + a, "secrets/npm-token:" + b, "secrets/npm-token:" + a}
	if got := matches(s, "", text); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for m := range s.Matches("", []byte(text)) {
		if got := m.Before.Reveal(); got != "x = " {
			t.Errorf("before: got %q", got)
		}
		if got := m.After.Reveal(); got != text[m.End:] {
			t.Errorf("after: got %q", got)
		}
		break
	}
	if got := matches(s, "", ""); got != nil {
		t.Errorf("nothing: got %q", got)
	}
}

// An editor and a file agree, wherever the edges of blocks and windows fall.
func TestReaderFindsWhatMatchesFinds(t *testing.T) {
	s := newScanner(t, secrets.Options{})
	secret := func(i int) string { return npm(fmt.Sprint(i)) }
	var b strings.Builder
	for i := 0; b.Len() < 2*secrets.WindowSize+secrets.WindowSize/2; i++ {
		switch i % 5 {
		case 0:
			b.WriteString("token: " + secret(i) + "\n")
		case 1:
			b.WriteString(strings.Repeat("é lorem ipsum ", 1000))
		case 2:
			b.WriteString(pemKey())
		case 3:
			b.WriteString("id=" + awsID(fmt.Sprint(i)) + ", aws_secret_access_key=" + awsSecret(fmt.Sprint(i)) + "\r\n")
		case 4:
			b.WriteString(strings.Repeat("x", 20000) + " " + secret(i) + " ")
		}
	}
	text := b.String()
	var want []string
	for m := range s.Matches("a", []byte(text)) {
		want = append(want, fmt.Sprintf("%s %d %d", m.Detector.Rule.ID, m.Start, m.End))
	}
	if len(want) < 100 {
		t.Fatalf("got %d matches, want many", len(want))
	}
	for name, r := range map[string]io.Reader{"plain": strings.NewReader(text), "one byte": iotest.OneByteReader(strings.NewReader(text)), "data with EOF": iotest.DataErrReader(strings.NewReader(text))} {
		var got []string
		for f, err := range s.Reader(t.Context(), "a", r) {
			if err != nil {
				t.Fatal(err)
			}
			g := f.Location.Region
			got = append(got, fmt.Sprintf("%s %d %d", f.Rule, g.Offset, g.Offset+g.Length))
			if len(got)%7 > 0 {
				continue
			}
			if w := report.RegionOf([]byte(text), int(g.Offset), int(g.Offset+g.Length)); g.Start != w.Start || g.End != w.End {
				t.Fatalf("%s: at %d: got %v to %v, want %v to %v", name, g.Offset, g.Start, g.End, w.Start, w.End)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %d findings, want %d", name, len(got), len(want))
		}
	}
}

// A key that lies across any edge is found once, also when another detector
// finds a part of it.
func TestEdges(t *testing.T) {
	s := newScanner(t, secrets.Options{})
	var gcp string
	for _, d := range secrets.DefaultDetectors() {
		if d.Rule.ID == "secrets/gcp-service-account" {
			gcp = d.Examples[0]
		}
	}
	after := 2 * secrets.LookAhead
	for _, edge := range []int{secrets.WindowSize, secrets.WindowSize - secrets.LookAhead, secrets.BlockSize} {
		for _, back := range []int{1, 100, 120, 1000, 2000} {
			for _, fill := range []string{"x ", "x\n"} {
				text := strings.Repeat(fill, (edge-back)/2) + gcp + strings.Repeat(fill, after/2)
				if got := matches(s, "", text); len(got) != 1 || !strings.HasPrefix(got[0], "secrets/gcp") {
					t.Errorf("Matches, %d before %d: got %d", back, edge, len(got))
				}
				var got []string
				for f, err := range s.Reader(t.Context(), "", strings.NewReader(text)) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, f.Rule)
				}
				if len(got) != 1 || got[0] != "secrets/gcp-service-account" {
					t.Errorf("Reader, %d before %d: got %q", back, edge, got)
				}
			}
		}
	}
}

func TestFinding(t *testing.T) {
	s := newScanner(t, secrets.Options{})
	text := "# Ünïcode\n\tkey := \"" + npm("a") + "\" // and " + npm("b") + " and " + awsID("c") + "\r\n"
	var got []*report.Finding
	for f, err := range s.Reader(t.Context(), "cmd/main.go", strings.NewReader(text)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, f)
	}
	if len(got) != 3 {
		t.Fatalf("got %d findings, want 3", len(got))
	}
	f := got[0]
	if f.Rule != "secrets/npm-token" || f.Kind != report.KindSecret || f.Severity != report.Critical || f.Confidence != report.ConfidenceCertain || f.Message != "npm access token" || !slices.Equal(f.CWEs, []int{798}) {
		t.Errorf("got %+v", f)
	}
	r := f.Location.Region
	if f.Location.Path != "cmd/main.go" || r.Start != (report.Position{Line: 2, Column: 10}) || r.End != (report.Position{Line: 2, Column: 50}) || r.Length != 40 {
		t.Errorf("got %+v", f.Location)
	}
	for _, f := range got {
		if want := "\tkey := \"***\" // and *** and ***"; f.Location.Region.Snippet != want {
			t.Errorf("got snippet %q, want %q", f.Location.Region.Snippet, want)
		}
	}
}

// The snippet of a key block is its first line.
func TestKeyBlock(t *testing.T) {
	s := newScanner(t, secrets.Options{})
	text := "a\n" + pemKey() + "b\n"
	n := 0
	for f, err := range s.Reader(t.Context(), "id_rsa", strings.NewReader(text)) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if r := f.Location.Region; r.Start.Line != 2 || r.Snippet != "-----BEGIN RSA PRIVATE KEY-----***" || r.End.Line <= 2 {
			t.Errorf("got %+v", r)
		}
	}
	if n != 1 {
		t.Errorf("got %d findings, want 1", n)
	}
}

// Nothing of a secret enters a finding, also where several overlap, where it
// stands once more and unseen, and at the edges of windows.
func TestNothingRawInFindings(t *testing.T) {
	s := newScanner(t, secrets.Options{})
	var parts []string
	for _, d := range secrets.DefaultDetectors() {
		parts = append(parts, d.Examples...)
	}
	line := strings.Join(parts, " ")
	pad := func(n int) string { return strings.Repeat("y", n) + " " }
	for _, text := range []string{
		strings.Join(parts, "\n"), line, pad(secrets.WindowSize-secrets.LookAhead-len(line)/2) + line + pad(secrets.WindowSize) + line,
		"x" + npm("a") + npm("a") + " " + npm("a") + " merlon:allow " + npm("a") + " " + npm("b"),
	} {
		var values []string
		for m := range s.Matches("", []byte(text)) {
			values = append(values, m.Secret.Reveal())
			for l := range strings.Lines(m.Secret.Reveal()) {
				if l = strings.TrimSpace(l); len(l) >= 16 {
					values = append(values, l)
				}
			}
		}
		for f, err := range s.Reader(t.Context(), "x", strings.NewReader(text)) {
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				if bytes.Contains(data, []byte(v)) || strings.Contains(f.Key, v) {
					t.Fatalf("%s shows %q: %s", f.Rule, v, data)
				}
			}
		}
		redacted := string(s.Redact([]byte(text)))
		for _, v := range values {
			if strings.Contains(redacted, v) && !strings.Contains(text, "x"+v) {
				t.Errorf("redacted text holds %q", v)
			}
		}
	}
}

func TestRedact(t *testing.T) {
	s := newScanner(t, secrets.Options{Allow: []secrets.Allow{{Rule: "secrets/npm-token"}}})
	in := []byte("a " + npm("a") + " b merlon:allow\n" + "postgres" + "://app:" + awsSecret("p")[:12] + "@db.shop.test/x\n")
	keep := bytes.Clone(in)
	if got, want := string(s.Redact(in)), "a *** b merlon:allow\npostgres"+"://app:***@db.shop.test/x\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !bytes.Equal(in, keep) {
		t.Error("Redact changed its input")
	}
	clean := []byte("nothing here")
	if got := s.Redact(clean); &got[0] != &clean[0] {
		t.Error("want the text itself where there is nothing to mask")
	}
	long := strings.Repeat("z ", secrets.BlockSize/2-10) + npm("a") + strings.Repeat(" z", secrets.BlockSize)
	if got := s.Redact([]byte(long)); bytes.Contains(got, []byte("npm_")) || len(got) != len(long)-40+3 {
		t.Error("the secret at a block's edge is not masked")
	}
}

func TestUTF16(t *testing.T) {
	s := newScanner(t, secrets.Options{})
	text := "Ä 𝄞\r\nkey=" + npm("a") + "\r\n"
	for name, encode := range map[string]func(uint16) []byte{
		"little": func(u uint16) []byte { return []byte{byte(u), byte(u >> 8)} },
		"big":    func(u uint16) []byte { return []byte{byte(u >> 8), byte(u)} },
	} {
		data := encode16(text, encode)
		for how, r := range map[string]io.Reader{"whole": bytes.NewReader(data), "one byte": iotest.OneByteReader(bytes.NewReader(data)), "odd": bytes.NewReader(append(data, 7))} {
			var got []string
			for f, err := range s.Reader(t.Context(), "x", r) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, fmt.Sprintf("%v %s %d", f.Location.Region.Start, f.Location.Region.Snippet, f.Location.Region.Length))
			}
			if want := []string{"{2 5} key=*** 0"}; !slices.Equal(got, want) {
				t.Errorf("%s endian, %s: got %q, want %q", name, how, got, want)
			}
		}
	}
	mark := "\uFEFF"
	for f, err := range s.Reader(t.Context(), "x", strings.NewReader(mark+npm("a"))) {
		if r := f.Location.Region; err != nil || r.Start.Column != 1 || r.Offset != 3 {
			t.Errorf("UTF-8 mark: got %+v, %v", r, err)
		}
	}
}

func TestReaderErrors(t *testing.T) {
	s := newScanner(t, secrets.Options{})
	broken := errors.New("broken pipe")
	var got []string
	for f, err := range s.Reader(t.Context(), "x.env", io.MultiReader(strings.NewReader(npm("a")), iotest.ErrReader(broken))) {
		if err == nil {
			got = append(got, f.Rule)
			continue
		}
		e, ok := errors.AsType[*report.Error](err)
		if !ok || !errors.Is(err, broken) || !errors.Is(err, report.ErrIncomplete) || e.Path != "x.env" || e.Op != report.OpRead {
			t.Errorf("got %v, want a gap that names x.env", err)
		}
		got = append(got, "error")
	}
	if want := []string{"secrets/npm-token", "error"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q: what was read counts", got, want)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	n := 0
	for f, err := range s.Reader(ctx, "x", strings.NewReader(npm("a"))) {
		n++
		if f != nil || err != why {
			t.Errorf("got %v, %v, want the context's cause", f, err)
		}
	}
	if n != 1 {
		t.Errorf("got %d pairs, want 1", n)
	}
	for range s.Reader(t.Context(), "x", strings.NewReader(npm("a")+" "+npm("b"))) {
		break // must not go on
	}
}

func encode16(s string, encode func(uint16) []byte) []byte {
	out := encode(0xFEFF)
	for _, r := range s {
		if r >= 0x10000 {
			r -= 0x10000
			out = append(out, encode(uint16(0xD800+r>>10))...)
			r = 0xDC00 + r&0x3FF
		}
		out = append(out, encode(uint16(r))...)
	}
	return out
}
