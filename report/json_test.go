package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
)

func TestJSONLosesNothing(t *testing.T) {
	nothing := &report.Report{}
	told := &report.Report{ // where nil and empty differ
		Scans:      []report.Scan{{Scanner: "sca"}},
		Findings:   []*report.Finding{{Rule: "nil"}, {Rule: "empty", FixedIn: []string{}}},
		Components: []*report.Component{{ID: "nil"}, {ID: "empty", Licenses: []report.License{}}},
	}
	for name, r := range map[string]*report.Report{"nothing": nothing, "full": full(), "nil and empty": told} {
		for _, f := range []report.JSON{{}, {Compact: true}} {
			text := encode(t, r, f)
			got, err := f.Decode(bytes.NewReader(text))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if !reflect.DeepEqual(got, r) {
				t.Errorf("%s: got %s\nwant %s", name, toJSON(t, got), toJSON(t, r))
			}
			if again := encode(t, got, f); !bytes.Equal(again, text) {
				t.Errorf("%s: written again it is\n%s\nwant\n%s", name, again, text)
			}
			if lines := bytes.Count(text, []byte("\n")); f.Compact && lines != 1 {
				t.Errorf("%s: compact has %d lines", name, lines)
			}
		}
	}
}

func TestJSONDocument(t *testing.T) {
	r := &report.Report{
		Subjects: []report.Subject{{Name: "a<b>&c"}},
		Notices:  []report.Notice{{Op: report.OpRead, Gap: true, Path: "x", Message: "unreadable"}},
	}
	want := `{"schema":"merlon/1","complete":false,
"subjects":[
{"name":"a<b>&c"}
],
"scans":[],
"findings":[],
"notices":[
{"subject":"","scanner":"","op":"read","gap":true,"path":"x","message":"unreadable"}
]}
`
	if got := string(encode(t, r, report.JSON{})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// Laid out by another program, with its keys sorted, it is the same.
	var v any
	json.Unmarshal([]byte(want), &v)
	text, _ := json.MarshalIndent(v, "", "\t")
	if got, err := (report.JSON{}).Decode(bytes.NewReader(text)); err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("got %s, %v", toJSON(t, got), err)
	}
}

func TestJSONErrors(t *testing.T) {
	tests := []struct {
		name, body string // behind the schema
		want       string
	}{
		{"null finding", `,"findings":[{},null]`, "findings[1] (line 1, column 37): it is null"},
		{"null component", `,"components":[null]`, "components[0]"},
		{"subject twice", `,"subjects":[{"name":"x"},{"name":"x"}]`, `"x" is there twice`},
		{"wrong type", ",\n" + `"findings":[{"count":"3"}]`, "findings[0] (line 2, column "},
		{"wrong type deep", `,"findings":[{"location":{"region":{"start":{"line":"x"}}}}]`, "location.region.start.line: a string is in the place of a int"},
		{"severity", `,"findings":[{},{"severity":"awful"}]`, `findings[1] (line 1, column 37): unknown severity "awful"`},
		{"time", `,"scans":[{"started":"yesterday"}]`, "scans[0]"},
		{"no list", `,"findings":{}`, "findings (line 1, column 33): it is no list"},
		{"falsely complete", `,"complete":true`, "it says complete: true"},
		{"hidden gap", `,"complete":true,"scans":[{"scanner":"s"}],"notices":[{"gap":true}]`, "it says complete: true"},
		{"lost gap", `,"complete":false,"scans":[{"scanner":"s"}]`, "it says complete: false"},
		{"nested without end", `,"props":{"a":` + strings.Repeat("[", 100_000), "exceeded max depth"},
		{"cut", `,"findings":[{"rule":"x"`, "unexpected end"},
		{"more behind", `}{`, "more text behind"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := report.JSON{}.Decode(strings.NewReader(`{"schema":"merlon/1"` + tt.body + "}"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
			if r != nil || errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("got %v with %v", r, err)
			}
		})
	}
}

func TestJSONTolerates(t *testing.T) {
	r, err := report.JSON{}.Decode(strings.NewReader(
		`{"future": [1, {"a": 2}], "findings": [{"subject": "not listed", "rule": "r"}], "scans": null, "schema": "merlon/1"}`))
	if err != nil || len(r.Findings) != 1 || r.Complete() {
		t.Errorf("got %v, %v", r, err)
	}
}

func TestJSONNamesWhatCannotBeWritten(t *testing.T) {
	r := &report.Report{Findings: []*report.Finding{{}, {Ratings: []report.Rating{{Score: math.NaN()}}}}}
	for _, f := range []report.Format{report.JSON{}, report.SARIF{}} {
		if err := f.Encode(new(bytes.Buffer), r); err == nil || !strings.Contains(err.Error(), "NaN") {
			t.Errorf("%T: got %v", f, err)
		}
	}
}

func FuzzJSON(f *testing.F) {
	for _, r := range []*report.Report{{}, full(), many(3)} {
		f.Add(encode(f, r, report.JSON{}))
		f.Add(encode(f, r, report.JSON{Compact: true}))
	}
	f.Add([]byte(`{"schema":"merlon/1","findings":[{"fixedIn":[],"severity":"high"}],"props":{"a":null}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := report.JSON{}.Decode(bytes.NewReader(text))
		if err != nil {
			return
		}
		first := encode(t, r, report.JSON{})
		again, err := report.JSON{}.Decode(bytes.NewReader(first))
		if err != nil {
			t.Fatalf("cannot read what was written: %v\n%s", err, first)
		}
		if second := encode(t, again, report.JSON{}); !bytes.Equal(first, second) {
			t.Errorf("written\n%s\nread and written\n%s", first, second)
		}
	})
}

func ExampleJSON() {
	rep, err := report.JSON{}.Decode(strings.NewReader(`{"schema": "merlon/1", "complete": false, "notices": [
		{"scanner": "sbom", "op": "parse", "gap": true, "path": "package-lock.json", "message": "unexpected end"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rep.Err())
	report.Write(os.Stdout, rep, report.JSON{Compact: true})
	// Output:
	// incomplete: sbom: parse package-lock.json: unexpected end
	// {"schema":"merlon/1","complete":false,"subjects":[],"scans":[],"findings":[],"notices":[{"subject":"","scanner":"sbom","op":"parse","gap":true,"path":"package-lock.json","message":"unexpected end"}]}
}
