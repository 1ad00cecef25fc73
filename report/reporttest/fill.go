package reporttest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/merlonsec/merlon/report"
)

// full returns an incomplete report in which no field of any type is zero, so
// that a field which is added to package report is in the next test run.
func full() *report.Report {
	r := new(report.Report)
	fill(reflect.ValueOf(r).Elem(), "", 0)
	s := &r.Subjects[0]
	s.Name, s.Kind, s.Digest = subject, "repository", fmt.Sprintf("sha256:%064x", 1)
	for i := range r.Scans {
		r.Scans[i].Subject, r.Scans[i].Scanner, r.Scans[i].Rules = subject, "full", []string{"full/rule"}
	}
	for i := range r.Rules {
		r.Rules[i].Scanner, r.Rules[i].ID = "full", "full/rule"
	}
	c := r.Components[0]
	c.Subject, c.ID, c.Root, c.OwnedBy, c.DependsOn = subject, c.PURL, c.PURL, "", []string{c.PURL}
	for i, f := range r.Findings {
		f.Subject, f.Scanner, f.Rule, f.Component = subject, "full", "full/rule", c.ID
		f.Fingerprint = fmt.Sprintf("merlon/v1:%032x", i+1)
		f.Via = []string{c.ID}
		f.Key = ""
	}
	for i := range r.Notices {
		r.Notices[i].Subject, r.Notices[i].Scanner, r.Notices[i].Rule = subject, "full", "full/rule"
	}
	r.Verdict.Reasons[0].Subject, r.Verdict.Reasons[0].Fingerprint = subject, r.Findings[0].Fingerprint
	return r
}

// words are values of string types whose values have a meaning.
var words = map[reflect.Type]string{
	reflect.TypeFor[report.Kind]():            string(report.KindCode),
	reflect.TypeFor[report.Scope]():           string(report.ScopeRuntime),
	reflect.TypeFor[report.Role]():            string(report.RoleSource),
	reflect.TypeFor[report.ReachState]():      string(report.Reachable),
	reflect.TypeFor[report.Baseline]():        string(report.BaselineUnchanged),
	reflect.TypeFor[report.SuppressionKind](): string(report.External),
	reflect.TypeFor[report.Status]():          string(report.StatusAccepted),
}

// named are values of fields whose values have a form.
var named = map[string]string{
	"URL": "https://example.com/a?b=c", "URI": "https://example.com/x", "Path": "dir/file name.go",
	"PURL": "pkg:npm/%40scope/name@1.2.3", "Type": "library", "Expression": "MIT OR Apache-2.0",
	"Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "Method": "CVSSv31", "Op": report.OpRead,
	"Advisories": "CVE-2024-1", "DiffID": fmt.Sprintf("sha256:%064x", 2), "CPEs": "cpe:2.3:a:a:b:1:*:*:*:*:*:*:*",
	"How": "declared", "State": "used", "Framework": "ASVS", "Include": "dir/**", "Exclude": "vendor/**",
	"Justification": "code_not_reachable", "Version": "1.2.3",
}

// fill sets v, a field called name, and all that is in it.
func fill(v reflect.Value, name string, depth int) {
	if depth > 20 {
		panic("reporttest: the types of package report are recursive at " + v.Type().String())
	}
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(now))
		return
	case reflect.TypeFor[time.Duration]():
		v.SetInt(int64(1500 * time.Millisecond))
		return
	case reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte(`{"foreign":[1,"two",null]}`))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name, depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fill(v.Field(i), f.Name, depth+1)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), name, depth+1)
	case reflect.Map:
		key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, name, depth+1)
		fill(elem, name, depth+1)
		if name == "Hashes" {
			key.SetString("SHA-256")
			elem.SetString(fmt.Sprintf("%064x", 3))
		}
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, elem)
	case reflect.String:
		switch word, form := words[v.Type()], named[name]; {
		case word != "":
			v.SetString(word)
		case form != "":
			v.SetString(form)
		default:
			v.SetString("the " + name)
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8:
		v.SetUint(3) // a severity, confidence or outcome
	case reflect.Float64:
		v.SetFloat(0.5)
	default:
		panic("reporttest: cannot fill " + v.Type().String())
	}
}
