package reporttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
)

// A plain format is JSON without any of the care of report.JSON.
type plain struct{}

func (plain) Encode(w io.Writer, r *report.Report) error { return json.NewEncoder(w).Encode(r) }

func (plain) Decode(rd io.Reader) (*report.Report, error) {
	d := json.NewDecoder(rd)
	d.DisallowUnknownFields()
	r := new(report.Report)
	if err := d.Decode(r); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one document")
	}
	if r.Subjects == nil && r.Scans == nil && r.Findings == nil && r.Rules == nil {
		return nil, errors.New("no report")
	}
	return r, nil
}

func TestPlainFormat(t *testing.T) {
	for _, r := range []*report.Report{full(), hostile()} {
		if err := checkFormat(plain{}, r); err != nil {
			t.Error(err)
		}
	}
	if err := checkRefuses(plain{}, plain{}); err != nil {
		t.Error(err)
	}
}

// A format that is only written.
type lines func(w io.Writer, r *report.Report) error

func (f lines) Encode(w io.Writer, r *report.Report) error { return f(w, r) }

func TestBadFormats(t *testing.T) {
	for name, f := range map[string]lines{
		"panics": func(_ io.Writer, r *report.Report) error { _ = r.Findings[1000]; return nil },
		"random": func(w io.Writer, _ *report.Report) error { _, err := fmt.Fprintln(w, rand.Int()); return err },
		"raw": func(w io.Writer, r *report.Report) error {
			_, err := fmt.Fprintln(w, "subject", strings.ToValidUTF8(r.Subjects[0].Name, ""))
			return err
		},
		"no UTF-8": func(w io.Writer, r *report.Report) error {
			_, err := fmt.Fprintf(w, "%.10s\n", r.Findings[2].Message)
			return err
		},
		"loses errors": func(w io.Writer, _ *report.Report) error { fmt.Fprintln(w, "report"); return nil },
		"sorts its input": func(w io.Writer, r *report.Report) error {
			r.Findings[0], r.Findings[1] = r.Findings[1], r.Findings[0]
			_, err := fmt.Fprintln(w, "report")
			return err
		},
		"fails": func(io.Writer, *report.Report) error { return errors.New("cannot") },
	} {
		if err := checkFormat(f, hostile()); err == nil {
			t.Errorf("%s: nothing seen", name)
		}
	}
}

type calm struct{ plain }

func (c calm) Decode(rd io.Reader) (*report.Report, error) {
	r, _ := c.plain.Decode(rd)
	if r == nil {
		r = new(report.Report)
	}
	r.Notices = nil
	return r, nil
}

type forgetful struct{ plain }

func (c forgetful) Decode(rd io.Reader) (*report.Report, error) {
	r, err := c.plain.Decode(rd)
	if err == nil {
		r.Findings = nil
	}
	return r, err
}

func TestBadDecoders(t *testing.T) {
	if err := checkFormat(calm{}, full()); err == nil || !strings.Contains(err.Error(), "as complete") {
		t.Errorf("gaps lost: %v", err)
	}
	if err := checkRefuses(calm{}, calm{}); err == nil {
		t.Error("errors lost: nothing seen")
	}
	if err := checkFormat(forgetful{}, full()); err == nil || !strings.Contains(err.Error(), "fingerprint") && !strings.Contains(err.Error(), "findings") {
		t.Errorf("findings lost: %v", err)
	}
}

// In the full report no field is zero, whatever is added to package report.
func TestFullReportIsFull(t *testing.T) {
	var check func(v reflect.Value, name string)
	check = func(v reflect.Value, name string) {
		if v.IsZero() {
			if name != "Report.Findings.Key" && name != "Report.Components.OwnedBy" {
				t.Errorf("%s is zero", name)
			}
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			check(v.Elem(), name)
		case reflect.Slice:
			if v.Type() == reflect.TypeFor[json.RawMessage]() {
				return
			}
			for i := range v.Len() {
				check(v.Index(i), name)
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() {
					check(v.Field(i), name+"."+f.Name)
				}
			}
		}
	}
	check(reflect.ValueOf(full()), "Report")
	if full().Complete() {
		t.Error("the full report has no gap")
	}
	if b, err := json.Marshal(full()); err != nil || !bytes.Contains(b, []byte("foreign")) {
		t.Errorf("got %.100s, %v", b, err)
	}
}
