package secrets

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const raw = "raw-value"

func TestSecretIsMaskedEverywhere(t *testing.T) {
	s := secretOf(raw)
	m := Match{Detector: &Detector{}, Secret: s, Near: s, Before: s, After: s}
	if s.Reveal() != raw {
		t.Fatalf("got %q, want %q", s.Reveal(), raw)
	}
	out := map[string]string{"String": s.String(), "GoString": s.GoString()}
	for _, v := range []any{s, &s, []Secret{s}, map[string]Secret{"k": s}, struct{ S Secret }{s}, struct{ s Secret }{s}, m, &m} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%10.3s"} {
			out[fmt.Sprintf("%T %s", v, verb)] = fmt.Sprintf(verb, v)
		}
	}
	text, err := s.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	out["text"] = string(text)
	for _, v := range []any{s, map[string]any{"a": s, "b": &s}, []Secret{s}} {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out[fmt.Sprintf("json %T", v)] = string(data)
	}
	data, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"x"`
		S       Secret
		A       Secret `xml:"a,attr"`
	}{S: s, A: s})
	if err != nil {
		t.Fatal(err)
	}
	out["xml"] = string(data)
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(struct{ S Secret }{s}); err != nil {
		t.Fatal(err)
	}
	out["gob"] = b.String()
	for name, h := range map[string]func(*bytes.Buffer) slog.Handler{
		"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"slog json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(h(&b)).Info("m", "s", s, "p", &s, "g", slog.GroupValue(slog.Any("s", s)), "m", m)
		out[name] = b.String()
	}
	for how, got := range out {
		hex := fmt.Sprintf("%x", raw)
		if strings.Contains(got, raw) || strings.Contains(strings.ToLower(got), hex) {
			t.Errorf("%s: got %q, which shows the secret", how, got)
		}
		if strings.HasPrefix(how, "secrets.Secret %") && how != "secrets.Secret %T" && !strings.Contains(got, masked) {
			t.Errorf("%s: got %q, want it masked", how, got)
		}
	}
	if got := (Secret{}).Reveal(); got != "" {
		t.Errorf("zero: got %q, want nothing", got)
	}
}
