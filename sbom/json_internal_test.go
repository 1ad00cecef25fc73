package sbom

import (
	"encoding/json"
	"errors"
	"testing"
)

// walkJSON reads all of a document with every method of the reader.
func walkJSON(data []byte) error {
	r := &jsonReader{data: data}
	var value func() error
	value = func() error {
		c, err := r.peek()
		if err != nil {
			return err
		}
		switch c {
		case '{':
			return r.object(func(string, int) error { return value() })
		case '[':
			return r.array(value)
		case 't':
			_, err = r.truth()
		default:
			_, err = r.text()
		}
		return err
	}
	if err := value(); err != nil {
		return err
	}
	return r.end()
}

func jsonSeeds() []string {
	return []string{
		`{"a": [1, -2.5e3, true, false, null, "x\u00e9\n\ud83d\ude00", {}], "": []}`, `[]`, ` 1 `, `"\ud800"`, `{"a":1,}`, `[1 2]`, `{"a"}`, `{1:2}`, `tru`, `01`, `-`, `"a`, `"\x"`, "\"\x01\"", "\"\xff\"", `{} {}`, ``, `[[[`, `nulll`, `{"a":1 "b":2}`, `[,]`,
	}
}

func TestJSONReaderAgreesWithTheStandardLibrary(t *testing.T) {
	for _, s := range jsonSeeds() {
		if got, want := walkJSON([]byte(s)) == nil, json.Valid([]byte(s)); got != want {
			t.Errorf("%q: got valid %v, want %v", s, got, want)
		}
	}
}

func FuzzJSONReader(f *testing.F) {
	for _, s := range jsonSeeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		err := walkJSON(data)
		if valid := json.Valid(data); valid != (err == nil) {
			if e := (*lineError)(nil); valid && errors.As(err, &e) && e.err.Error() == "more than 500 values within one another" {
				return
			}
			t.Errorf("%q: got error %v, valid is %v", data, err, valid)
		}
	})
}

func TestSPDXExpression(t *testing.T) {
	tests := []struct {
		text           string
		id, expression bool
	}{
		{"MIT", true, true},
		{"mit", false, false},
		{"MIT OR Apache-2.0", false, true},
		{"(MIT OR Apache-2.0) AND BSD-3-Clause", false, true},
		{"GPL-2.0-only WITH Classpath-exception-2.0", false, true},
		{"GPL-2.0-only WITH MIT", false, false},
		{"Apache-1.0+", false, true},
		{"GPL-2.0+", true, true},
		{"LicenseRef-x OR DocumentRef-a:LicenseRef-b", false, true},
		{"MIT BSD", false, false},
		{"MIT OR", false, false},
		{"(MIT", false, false},
		{"SEE LICENSE IN LICENSE.md", false, false},
		{"UNLICENSED", false, false},
		{"", false, false},
		{"Classpath-exception-2.0", false, false},
	}
	for _, tt := range tests {
		if id, ex := spdxID(tt.text), spdxExpression(tt.text); id != tt.id || ex != tt.expression {
			t.Errorf("%q: got id %v expression %v, want %v %v", tt.text, id, ex, tt.id, tt.expression)
		}
	}
}
