package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/report"
)

// A filler sets every exported field that it can reach to a value that no
// other field has, as far as the type has so many.
type filler struct{ n int }

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Date(2026, 1, 2, 3, 4, 5, f.n*1000, time.UTC).AddDate(0, 0, f.n)
		return
	case *json.RawMessage:
		*x = json.RawMessage(fmt.Sprintf(`{"a":[%d,"<&>"]}`, f.n))
		return
	case *report.Severity:
		*x = report.Severity(1 + f.n%5)
		return
	case *report.Confidence:
		*x = report.Confidence(1 + f.n%4)
		return
	case *report.Outcome:
		*x = report.Outcome(1 + f.n%3)
		return
	case *report.Baseline:
		*x = []report.Baseline{report.BaselineNew, report.BaselineUpdated}[f.n%2]
		return
	case *report.Status:
		*x = []report.Status{report.StatusAccepted, report.StatusFalsePositive, report.StatusAffected, report.StatusUnderInvestigation}[f.n%4]
		return
	case *report.SuppressionKind:
		*x = []report.SuppressionKind{report.InSource, report.Waived, report.VEX}[f.n%3]
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("s%d <%s>", f.n, "é\u2028\"\\"))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Float64:
		v.SetFloat(float64(f.n%10) + 0.25)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(k)
			f.fill(e)
			v.SetMapIndex(k, e)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if s := v.Type().Field(i); s.IsExported() && s.Name != "Key" {
				f.fill(v.Field(i))
			}
		}
	default:
		panic(v.Type())
	}
}

// full returns a report with every field set.
func full() *report.Report {
	r := &report.Report{}
	new(filler).fill(reflect.ValueOf(r).Elem())
	return r
}

// zeroFields names the exported fields below v that are zero.
func zeroFields(v reflect.Value, path string) (zero []string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return zeroFields(v.Elem(), path)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			break
		}
		for i := range v.NumField() {
			if s := v.Type().Field(i); s.IsExported() && s.Name != "Key" {
				zero = append(zero, zeroFields(v.Field(i), path+"."+s.Name)...)
			}
		}
		return zero
	case reflect.Slice:
		if v.Len() > 0 && v.Type().Elem().Kind() != reflect.Uint8 {
			return zeroFields(v.Index(0), path)
		}
	}
	if v.IsZero() {
		return []string{path}
	}
	return nil
}

func TestFullReportIsFull(t *testing.T) {
	if zero := zeroFields(reflect.ValueOf(full()), "Report"); zero != nil {
		t.Errorf("the round-trip tests would not see %v", zero)
	}
}

// sharedData returns a file that is handed out beside the repository.
func sharedData(t *testing.T, name string) string {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			name = filepath.Join(dir, "..", "shared", "data", filepath.FromSlash(name))
			break
		}
		if dir == filepath.Dir(dir) {
			t.Skip("no go.mod above the test")
		}
	}
	if _, err := os.Stat(name); err != nil {
		t.Skipf("needs the data beside the repository: %v", err)
	}
	return name
}

func encode(t testing.TB, r *report.Report, f report.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, r, f); err != nil {
		t.Fatalf("writing %T: %v", f, err)
	}
	return b.Bytes()
}

func TestRead(t *testing.T) {
	r := &report.Report{Scans: []report.Scan{{Scanner: "s"}}}
	const other = `{"bomFormat": "CycloneDX"}`
	tests := []struct {
		name, text string
		decoders   []report.Decoder
		want       string // in the error
		foreign    bool   // the error matches ErrUnsupported
	}{
		{name: "JSON", text: string(encode(t, r, report.JSON{}))},
		{name: "SARIF", text: string(encode(t, r, report.SARIF{}))},
		{name: "byte order mark", text: "\ufeff" + string(encode(t, r, report.SARIF{}))},
		{name: "only JSON", text: string(encode(t, r, report.SARIF{})), decoders: []report.Decoder{report.JSON{}}, want: "report.JSON", foreign: true},
		{name: "neither", text: other, want: "report.SARIF", foreign: true},
		{name: "empty", text: "", want: "no known format", foreign: true},
		{name: "text", text: "a.go:1: high: x", want: "no known format", foreign: true},
		{name: "array", text: "[]", want: "no known format", foreign: true},
		{name: "broken JSON", text: `{"schema":"merlon/1",` + "\n" + `"findings":[{]}`, want: "line 2, column 14"},
		{name: "broken SARIF", text: `{"version":"2.1.0","runs":[}`, want: "line 1, column 28"},
		{name: "newer", text: `{"schema":"merlon/2"}`, want: `"merlon/2"`},
		{name: "bomb", text: `{"schema":"merlon/1","findings":[` + strings.Repeat("{},", 300_000) + `{}]}`, want: "no real report"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := report.Read(strings.NewReader(tt.text), tt.decoders...)
			if tt.want == "" {
				if err != nil || len(got.Scans) != 1 {
					t.Errorf("got %v, %v", got, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
			if got := errors.Is(err, errors.ErrUnsupported); got != tt.foreign {
				t.Errorf("%v: unsupported is %v, want %v", err, got, tt.foreign)
			}
		})
	}
}

// broken is a format that fails half-way.
type broken struct{}

func (broken) Encode(w io.Writer, r *report.Report) error {
	io.WriteString(w, "half")
	return io.ErrUnexpectedEOF
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "report.json")
	if err := report.WriteFile(name, &report.Report{}, report.JSON{}); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	err = report.WriteFile(name, &report.Report{}, broken{})
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), name) {
		t.Errorf("got error %v, want the cause and the name", err)
	}
	after, _ := os.ReadFile(name)
	if !bytes.Equal(before, after) {
		t.Errorf("a failed write left %q", after)
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("left behind: %v", list)
	}
	info, _ := os.Stat(name)
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o644 {
		t.Errorf("mode is %v", info.Mode())
	}
	err = report.WriteFile(filepath.Join(dir, "none", "x"), &report.Report{}, report.JSON{})
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "none") {
		t.Errorf("got error %v", err)
	}
}

func TestFormatsRefuseNonsense(t *testing.T) {
	for _, f := range []report.Format{report.JSON{}, report.SARIF{}, report.Text{}} {
		for _, r := range []*report.Report{
			nil,
			{Findings: []*report.Finding{nil}},
			{Components: []*report.Component{nil}},
			{Subjects: []report.Subject{{Name: "x"}, {Name: "x"}}},
		} {
			if err := f.Encode(io.Discard, r); err == nil {
				t.Errorf("%T wrote %+v", f, r)
			}
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestFormatsReturnTheWritersError(t *testing.T) {
	r := many(10_000)
	for _, f := range []report.Format{report.JSON{}, report.SARIF{}, report.Text{}} {
		if err := f.Encode(failing{}, r); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%T: got %v", f, err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	r := many(100_000)
	for _, f := range []report.Format{report.JSON{}, report.SARIF{MaxResults: -1}, report.Text{}} {
		b.Run(fmt.Sprintf("%T", f), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(encode(b, r, f))))
			for b.Loop() {
				if err := f.Encode(io.Discard, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	r := many(100_000)
	for _, f := range []report.Format{report.JSON{}, report.SARIF{MaxResults: -1}} {
		b.Run(fmt.Sprintf("%T", f), func(b *testing.B) {
			text := encode(b, r, f)
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := f.(report.Decoder).Decode(bytes.NewReader(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func ExampleWrite() {
	rep := &report.Report{
		Subjects: []report.Subject{{Name: "shop"}},
		Scans:    []report.Scan{{Subject: "shop", Scanner: "sast"}},
		Findings: []*report.Finding{{
			Subject: "shop", Scanner: "sast", Rule: "sast/sqlinjection", Severity: report.High, Message: "user input reaches a query",
			Location: report.Location{Path: "db/user.go", Region: report.Region{Start: report.Position{Line: 12, Column: 3}}},
		}},
	}
	report.Write(os.Stdout, rep, report.Text{})
	report.Write(os.Stdout, rep, report.JSON{})
	// Output:
	// db/user.go:12:3: high: user input reaches a query [sast/sqlinjection]
	// 1 finding (1 high)
	// {"schema":"merlon/1","complete":true,
	// "subjects":[
	// {"name":"shop"}
	// ],
	// "scans":[
	// {"subject":"shop","scanner":"sast"}
	// ],
	// "findings":[
	// {"subject":"shop","scanner":"sast","rule":"sast/sqlinjection","fingerprint":"","message":"user input reaches a query","severity":"high","location":{"path":"db/user.go","region":{"start":{"line":12,"column":3}}}}
	// ]}
}

// Another tool's report, read as one about this subject.
func ExampleRead() {
	const sarif = `{"version": "2.1.0", "runs": [{
		"tool": {"driver": {"name": "linter", "rules": [{"id": "L1", "properties": {"security-severity": "7.5"}}]}},
		"results": [{"ruleId": "L1", "message": {"text": "weak hash"}, "locations": [{"physicalLocation": {
			"artifactLocation": {"uri": "a%20b/hash.go"}, "region": {"startLine": 7}}}]}]}]}`
	rep, err := report.Read(strings.NewReader(sarif))
	if err != nil {
		fmt.Println(err)
		return
	}
	rep = rep.About(report.Subject{Name: "github.com/acme/shop"})
	for _, f := range rep.Findings {
		fmt.Println(f.Subject, f.Scanner, f.Rule, f.Severity, f.Location.Path, f.Location.Region.Start.Line)
	}
	// Output:
	// github.com/acme/shop linter L1 high a b/hash.go 7
}
