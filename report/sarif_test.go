package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/merlonsec/merlon/report"
)

// sarifSchema compiles the official schema.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(sharedData(t, "schemas/sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	id := doc.(map[string]any)["id"].(string)
	if err := c.AddResource(id, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// checkSARIF checks a document against the schema and for what the schema cannot say.
func checkSARIF(t *testing.T, schema *jsonschema.Schema, text []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if schema != nil {
		if err := schema.Validate(doc); err != nil {
			t.Errorf("does not validate: %v\n%s", err, text)
		}
	}
	type artifact struct {
		URI  string
		Base string `json:"uriBaseId"`
	}
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			AutomationDetails  struct{ ID string }
			OriginalURIBaseIDs map[string]artifact `json:"originalUriBaseIds"`
			Taxonomies         []struct{ Taxa []struct{ ID string } }
			Results            []struct {
				RuleID    string `json:"ruleId"`
				RuleIndex int    `json:"ruleIndex"`
				Kind      string
				Locations []struct {
					PhysicalLocation struct{ ArtifactLocation artifact }
				}
				Taxa []struct {
					ID            string
					Index         *int
					ToolComponent struct{ Index int }
				}
				PartialFingerprints map[string]string
			}
		}
	}
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	automation := map[string]bool{}
	for i, run := range log.Runs {
		if id := run.AutomationDetails.ID; automation[id] {
			t.Errorf("runs[%d]: automationDetails.id %q is there twice", i, id)
		} else {
			automation[id] = true
		}
		ids := map[string]bool{}
		for _, r := range run.Tool.Driver.Rules {
			if ids[r.ID] {
				t.Errorf("runs[%d]: rule %q is there twice", i, r.ID)
			}
			ids[r.ID] = true
		}
		for j, res := range run.Results {
			at := fmt.Sprintf("runs[%d].results[%d]", i, j)
			if res.Kind == "pass" || res.Kind == "notApplicable" {
				continue
			}
			if n := len(run.Tool.Driver.Rules); res.RuleIndex >= n {
				t.Errorf("%s: ruleIndex %d of %d rules", at, res.RuleIndex, n)
			} else if id := run.Tool.Driver.Rules[res.RuleIndex].ID; id != res.RuleID && !strings.HasPrefix(res.RuleID, id+"/") {
				t.Errorf("%s: ruleIndex is of %q, ruleId is %q", at, id, res.RuleID)
			}
			if len(res.Locations) == 0 {
				t.Errorf("%s: no location", at)
			}
			for _, l := range res.Locations {
				a := l.PhysicalLocation.ArtifactLocation
				if a.URI == "" || path.IsAbs(a.URI) || strings.HasPrefix(a.URI, "file:") {
					t.Errorf("%s: URI %q", at, a.URI)
				}
				if _, ok := run.OriginalURIBaseIDs[a.Base]; !ok && a.Base != "" {
					t.Errorf("%s: uriBaseId %q is not declared", at, a.Base)
				}
			}
			for _, x := range res.Taxa {
				if x.Index == nil {
					continue
				}
				if got := run.Taxonomies[x.ToolComponent.Index].Taxa[*x.Index].ID; got != x.ID {
					t.Errorf("%s: taxon %q has the index of %q", at, x.ID, got)
				}
			}
			if len(res.PartialFingerprints) == 0 {
				t.Errorf("%s: no fingerprint", at)
			}
		}
	}
}

// readable is a report that a scan could have made, with every field of a
// finding set.
func readable() *report.Report {
	r := full()
	r.Subjects[0].Name, r.Subjects[1].Name = "github.com/acme/shop", "registry/shop"
	r.Subjects[0].Kind, r.Subjects[1].Kind = "repository", "image"
	r.Subjects[0].Version = strings.Repeat("0123456789", 4)
	for i := range r.Scans {
		s := &r.Scans[i]
		s.Subject, s.Scanner = r.Subjects[i].Name, []string{"sast", "sca"}[i]
		r.Rules[i].Scanner, r.Rules[i].ID = s.Scanner, []string{"sast/sqlinjection", "sca/vulnerability"}[i]
		r.Rules[i].URL = "https://example.com/rules#" + fmt.Sprint(i)
		r.Notices[i].Subject, r.Notices[i].Scanner = s.Subject, s.Scanner
		r.Notices[i].Suppressions = r.Notices[i].Suppressions[:1]
		f := r.Findings[i]
		f.Subject, f.Scanner, f.Rule = s.Subject, s.Scanner, r.Rules[i].ID
		f.Fingerprint = "merlon/v1:" + fmt.Sprintf("%032x", i)
		f.Related[1].Role = report.RoleAlso
		c := r.Components[i]
		c.Subject, f.Component = f.Subject, c.ID
		for _, l := range []*report.Location{&f.Location, &f.Related[0], &f.Related[1], &f.Flows[0][0].Location} {
			l.Path = fmt.Sprintf("dir %%/ü#%d?.go", i)
			l.Region.End = report.Position{Line: l.Region.Start.Line + 1, Column: 3}
		}
		for j := range f.Fixes {
			for k := range f.Fixes[j].Edits {
				e := &f.Fixes[j].Edits[k]
				e.Region.End = report.Position{Line: e.Region.Start.Line, Column: e.Region.Start.Column + 1}
			}
		}
	}
	sortReport(r)
	return r
}

// sortReport puts a report into the order in which every reader and scan leaves one.
func sortReport(r *report.Report) {
	slices.SortFunc(r.Subjects, func(a, b report.Subject) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(r.Rules, func(a, b report.Rule) int { return strings.Compare(a.Scanner+a.ID, b.Scanner+b.ID) })
	slices.SortFunc(r.Findings, func(a, b *report.Finding) int { return a.Compare(b) })
	slices.SortStableFunc(r.Notices, func(a, b report.Notice) int { return strings.Compare(a.Subject, b.Subject) })
}

// same compares reports field by field, by what is written of them.
func same(t *testing.T, got, want *report.Report) {
	t.Helper()
	g, w := reflect.ValueOf(*got), reflect.ValueOf(*want)
	for i := range g.NumField() {
		name := g.Type().Field(i).Name
		a, b := g.Field(i), w.Field(i)
		if a.Kind() != reflect.Slice {
			if x, y := toJSON(t, a.Interface()), toJSON(t, b.Interface()); x != y {
				t.Errorf("%s: got %s\nwant %s", name, x, y)
			}
			continue
		}
		if a.Len() != b.Len() {
			t.Errorf("%s: got %d, want %d: %s", name, a.Len(), b.Len(), toJSON(t, a.Interface()))
			continue
		}
		for j := range a.Len() {
			sameFields(t, fmt.Sprintf("%s[%d]", name, j), reflect.Indirect(a.Index(j)), reflect.Indirect(b.Index(j)))
		}
	}
}

func sameFields(t *testing.T, at string, a, b reflect.Value) {
	t.Helper()
	for i := range a.NumField() {
		if f := a.Type().Field(i); f.IsExported() && f.Name != "Key" {
			if x, y := toJSON(t, a.Field(i).Interface()), toJSON(t, b.Field(i).Interface()); x != y {
				t.Errorf("%s.%s: got %s\nwant %s", at, f.Name, x, y)
			}
		}
	}
}

func TestSARIFLosesNothing(t *testing.T) {
	schema := sarifSchema(t)
	for name, r := range map[string]*report.Report{"readable": readable(), "full": full()} {
		t.Run(name, func(t *testing.T) {
			sortReport(r)
			text := encode(t, r, report.SARIF{})
			checkSARIFSchema(t, schema, text)
			if name == "readable" {
				checkSARIF(t, schema, text)
			}
			got, err := report.SARIF{}.Decode(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if name == "full" { // what its findings refer to is not there: the reader makes bare rules
				got.Rules, r.Rules, r.Components = nil, nil, nil
			}
			same(t, got, r)
			if again := encode(t, got, report.SARIF{}); name == "readable" && !bytes.Equal(again, text) {
				t.Errorf("written again it is\n%s\nwant\n%s", again, text)
			}
		})
	}
}

func checkSARIFSchema(t *testing.T, schema *jsonschema.Schema, text []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err == nil {
		err = schema.Validate(doc)
	}
	if err != nil {
		t.Errorf("does not validate: %v\n%s", err, text)
	}
}

// Reports that are odd, and what must hold for each: the document validates,
// holds together, and reads back as it was.
func TestSARIFOdd(t *testing.T) {
	schema := sarifSchema(t)
	subject := report.Subject{Name: "x"}
	scan := report.Scan{Subject: "x", Scanner: "s"}
	finding := func(set func(*report.Finding)) *report.Finding {
		f := &report.Finding{Subject: "x", Scanner: "s", Rule: "s/x", Fingerprint: "merlon/v1:0", Message: "m"}
		set(f)
		return f
	}
	one := func(set func(*report.Finding)) *report.Report {
		return &report.Report{Subjects: []report.Subject{subject}, Scans: []report.Scan{scan},
			Rules: []report.Rule{{ID: "s/x", Scanner: "s"}}, Findings: []*report.Finding{finding(set)}}
	}
	place := func(l report.Location) *report.Report { return one(func(f *report.Finding) { f.Location = l }) }
	region := func(r report.Region) *report.Report { return place(report.Location{Path: "a", Region: r}) }
	at := func(line, column int) report.Position { return report.Position{Line: line, Column: column} }
	fix := func(edits ...report.Edit) *report.Report {
		return one(func(f *report.Finding) {
			f.Fixes = []report.Fix{{ID: "command", Title: "t", Command: []string{"go", "get"}}, {ID: "edit", Title: "u", Edits: edits}, {ID: "none"}}
		})
	}
	tests := map[string]*report.Report{
		"nothing at all":           {},
		"subject without scan":     {Subjects: []report.Subject{subject}},
		"scan that found nothing":  {Subjects: []report.Subject{subject}, Scans: []report.Scan{scan}},
		"finding without scan":     {Findings: []*report.Finding{finding(func(*report.Finding) {})}, Rules: []report.Rule{{ID: "s/x", Scanner: "s"}}},
		"rule without scan":        {Rules: []report.Rule{{ID: "s/x", Scanner: "s", Title: "t"}}},
		"rule without finding":     {Subjects: []report.Subject{subject}, Scans: []report.Scan{scan}, Rules: []report.Rule{{ID: "s/y", Scanner: "s", Help: "# H\n\nwhy\n\nhow", Kind: report.KindCode, CWEs: []int{79}}}},
		"gap without scan":         {Notices: []report.Notice{{Op: report.OpScan, Gap: true, Message: "panic"}}},
		"notice of no one":         {Subjects: []report.Subject{subject}, Scans: []report.Scan{scan}, Notices: []report.Notice{{Op: "merge", Subject: "x", Message: "two versions"}}},
		"two scans by one scanner": {Subjects: []report.Subject{subject}, Scans: []report.Scan{scan, {Subject: "x", Scanner: "s", Config: "b"}}},
		"verdict":                  {Verdict: &report.Verdict{Outcome: report.Fail, At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}},
		"no place":                 one(func(f *report.Finding) {}),
		"no rule":                  {Subjects: []report.Subject{subject}, Scans: []report.Scan{scan}, Rules: []report.Rule{{Scanner: "s"}}, Findings: []*report.Finding{finding(func(f *report.Finding) { f.Rule = "" })}},
		"endpoint":                 place(report.Location{URI: "https://example.com/a?b=c#d"}),
		"image reference":          place(report.Location{URI: "registry:5000/shop@sha256:0"}),
		"path and endpoint":        place(report.Location{Path: "a", URI: "https://example.com/"}),
		"colon":                    place(report.Location{Path: "a:b/c"}),
		"absolute":                 place(report.Location{Path: "/etc/passwd"}),
		"upwards":                  place(report.Location{Path: "../../etc/passwd"}),
		"not clean":                place(report.Location{Path: "./a//b/"}),
		"in an archive":            place(report.Location{Path: "lib/a.jar!/b c/D.class"}),
		"backslash and percent":    place(report.Location{Path: `a\b%2fc%`}),
		"query and fragment":       place(report.Location{Path: "what?#1"}),
		"control characters":       place(report.Location{Path: "a\x00\x1b[31m\n.go"}),
		"not UTF-8":                one(func(f *report.Finding) { f.Location.Path = "caf\xe9" }),
		"line":                     region(report.Region{Start: at(3, 0)}),
		"line and snippet":         region(report.Region{Start: at(3, 0), Snippet: "x := 1"}),
		"columns and snippet":      region(report.Region{Start: at(3, 2), End: at(3, 4), Snippet: "x := 1"}),
		"several lines":            region(report.Region{Start: at(3, 2), End: at(5, 1), Snippet: "a\nb\n"}),
		"insertion":                region(report.Region{Start: at(3, 2), End: at(3, 2), Offset: 17}),
		"bytes":                    region(report.Region{Offset: 17, Length: 3, Snippet: "abc"}),
		"snippet alone":            region(report.Region{Snippet: "abc"}),
		"backwards":                region(report.Region{Start: at(5, 2), End: at(3, 1)}),
		"negative":                 region(report.Region{Start: at(-5, -2), End: at(-3, -1), Offset: -1, Length: -1}),
		"end column alone":         region(report.Region{Start: at(5, 0), End: at(5, 9), Snippet: "abc"}),
		"region without file":      place(report.Location{Region: report.Region{Start: at(5, 1)}}),
		"equal names":              place(report.Location{Path: "a", Logical: []report.Logical{{Kind: "function", Name: "f"}, {Kind: "function", Name: "f"}}}),
		"nameless":                 place(report.Location{Path: "a", Logical: []report.Logical{{}}}),
		"other places first": one(func(f *report.Finding) {
			f.Related = []report.Location{{Path: "b", Role: report.RoleAlso}, {Path: "c"}}
		}),
		"equal places": one(func(f *report.Finding) { f.Related = []report.Location{{Path: "b"}, {Path: "b"}, {}} }),
		"step that says two things": one(func(f *report.Finding) {
			f.Flows = []report.Flow{{{Location: report.Location{Path: "a", Message: "l"}}, {Message: "s"}, {Location: report.Location{Message: "l"}, Message: "s"}}}
		}),
		"edits":                fix(report.Edit{Path: "b", Region: report.Region{Start: at(1, 1), End: at(1, 1)}, Text: "x"}, report.Edit{Path: "b", Region: report.Region{Start: at(3, 1), End: at(4, 1)}, Hash: "h"}),
		"edits in turn":        fix(report.Edit{Path: "b", Region: report.Region{Start: at(1, 1)}}, report.Edit{Path: "a", Region: report.Region{Start: at(1, 1)}}, report.Edit{Path: "b", Region: report.Region{Start: at(2, 1)}}),
		"edit of a whole file": fix(report.Edit{Path: "b", Text: "all"}),
		"equal edits": one(func(f *report.Finding) {
			e := report.Fix{ID: "e", Edits: []report.Edit{{Path: "a", Region: report.Region{Start: at(1, 1)}}}}
			f.Fixes = []report.Fix{e, e}
		}),
		"tags":               one(func(f *report.Finding) { f.Tags = []string{"b", "a", "b"} }),
		"weaknesses":         one(func(f *report.Finding) { f.CWEs = []int{79, 89, 79} }),
		"no weakness":        one(func(f *report.Finding) { f.CWEs = []int{0, -1} }),
		"not fixed anywhere": one(func(f *report.Finding) { f.FixedIn = []string{} }),
		"own fingerprint": one(func(f *report.Finding) {
			f.Fingerprint = "acme:1"
			f.PartialFingerprints = map[string]string{"a/v1": "b"}
		}),
		"properties of our names": one(func(f *report.Finding) {
			f.Props = report.Props{"merlon": json.RawMessage(`[1]`), "tags": json.RawMessage(`7`), "x": json.RawMessage(`{"y":null}`)}
		}),
		"hostile": one(func(f *report.Finding) {
			f.Message = "</script>\x00\u2028\U0001F600 {0} [x](1)"
			f.Markdown = "`{{`"
		}),
		"advisory": {Subjects: []report.Subject{subject}, Scans: []report.Scan{{Subject: "x", Scanner: "sca"}}, Rules: []report.Rule{{ID: "sca/vulnerability", Scanner: "sca", Title: "t", Help: "h"}},
			Findings: []*report.Finding{
				{Subject: "x", Scanner: "sca", Rule: "sca/vulnerability", Fingerprint: "merlon/v1:1", Advisories: []string{"GO-1", "CVE-1"}, CWEs: []int{79}, Location: report.Location{Path: "a"}},
				{Subject: "x", Scanner: "sca", Rule: "sca/vulnerability", Fingerprint: "merlon/v1:2", Advisories: []string{"GO-1", "CVE-1"}, Location: report.Location{Path: "b"}},
				{Subject: "x", Scanner: "sca", Rule: "sca/vulnerability", Fingerprint: "merlon/v1:3", Location: report.Location{Path: "c"}},
			}},
	}
	for name, r := range tests {
		t.Run(name, func(t *testing.T) {
			text := encode(t, r, report.SARIF{})
			checkSARIF(t, schema, text)
			got, err := report.SARIF{}.Decode(bytes.NewReader(text))
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if len(r.Scans)+len(r.Findings)+len(r.Notices) == 0 { // no run: the reader cannot know that none was meant
				got.Notices = nil
			}
			same(t, got, r)
		})
	}
}

func TestSARIFDocument(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r := &report.Report{
		Subjects: []report.Subject{{Name: "github.com/acme/shop", Kind: "directory", Version: strings.Repeat("ab", 20)}, {Name: "registry/shop", Kind: "image"}},
		Scans: []report.Scan{
			{Subject: "github.com/acme/shop", Scanner: "sca", Version: "v1", Started: start, Duration: 1500 * time.Millisecond},
			{Subject: "registry/shop", Scanner: "sca"},
		},
		Rules: []report.Rule{
			{ID: "sca/vulnerability", Scanner: "sca", Title: "Vulnerable dependency", Kind: report.KindDependency, Help: "Upgrade it."},
			{ID: "sca/licence", Scanner: "sca", Title: "Licence", Kind: report.KindLicense, Severity: report.Low},
		},
		Components: []*report.Component{{Subject: "github.com/acme/shop", ID: "text", PURL: "pkg:golang/golang.org/x/text@v0.3.0"}, {Subject: "github.com/acme/shop", ID: "unused"}},
		Findings: []*report.Finding{{
			Subject: "github.com/acme/shop", Scanner: "sca", Rule: "sca/vulnerability", Fingerprint: "merlon/v1:00:2", Severity: report.High, Confidence: report.ConfidenceHigh,
			Message: "golang.org/x/text v0.3.0 can be made to panic", Advisories: []string{"GO-2021-0113", "CVE-2021-38561"}, CWEs: []int{125},
			Component: "text", FixedIn: []string{"v0.3.7"}, Kind: report.KindDependency,
			Ratings:      []report.Rating{{Source: "nvd", Method: "CVSSv31", Score: 7.5, Severity: report.High}},
			Location:     report.Location{Path: "go.mod", Region: report.Region{Start: report.Position{Line: 5, Column: 2}, End: report.Position{Line: 5, Column: 26}, Snippet: "\tgolang.org/x/text v0.3.0"}},
			Suppressions: []report.Suppression{{Kind: report.Waived, Status: report.StatusAccepted, Reason: "later", Owner: "ana", Expires: start}},
		}},
		Notices: []report.Notice{{Subject: "registry/shop", Scanner: "sca", Op: report.OpParse, Gap: true, Path: "var/lib/dpkg/status", Line: 3, Message: "no version"}},
		Verdict: &report.Verdict{Outcome: report.Fail, At: start.AddDate(1, 0, 0)},
	}
	text := encode(t, r, report.SARIF{})
	checkSARIF(t, sarifSchema(t), text)
	var indented bytes.Buffer
	json.Indent(&indented, text, "", " ")
	golden(t, "testdata/document.sarif", indented.Bytes())
}

func TestSARIFOptions(t *testing.T) {
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	waived := []report.Suppression{{Status: report.StatusAccepted}}
	expired := []report.Suppression{{Status: report.StatusAccepted, Expires: old}}
	r := &report.Report{Scans: []report.Scan{{Subject: "x", Scanner: "s"}}, Findings: []*report.Finding{
		{Subject: "x", Scanner: "s", Rule: "s/a", Severity: report.Low},
		{Subject: "x", Scanner: "s", Rule: "s/b", Severity: report.Critical, Suppressions: waived},
		{Subject: "x", Scanner: "s", Rule: "s/c", Severity: report.High},
		{Subject: "x", Scanner: "s", Rule: "s/d", Severity: report.Medium, Suppressions: expired},
	}}
	tests := []struct {
		f        report.SARIF
		rules    string
		complete bool
		notice   string
	}{
		{report.SARIF{}, "s/a s/b s/c s/d", true, ""},
		{report.SARIF{OmitSuppressed: true}, "s/a s/c s/d", true, "1 suppressed results"},
		{report.SARIF{MaxResults: 2}, "s/c s/d", false, "2 results are not in this document"},
		{report.SARIF{MaxResults: 3}, "s/a s/c s/d", false, "1 results"},
		{report.SARIF{MaxResults: 4}, "s/a s/b s/c s/d", true, ""},
		{report.SARIF{MaxResults: -1}, "s/a s/b s/c s/d", true, ""},
	}
	for _, tt := range tests {
		got, err := report.SARIF{}.Decode(bytes.NewReader(encode(t, r, tt.f)))
		if err != nil {
			t.Fatal(err)
		}
		var rules []string
		for _, f := range got.Findings {
			rules = append(rules, f.Rule)
		}
		slices.Sort(rules)
		if s := strings.Join(rules, " "); s != tt.rules || got.Complete() != tt.complete {
			t.Errorf("%+v: got %s, complete %v, want %s, %v", tt.f, s, got.Complete(), tt.rules, tt.complete)
		}
		if s := toJSON(t, got.Notices); !strings.Contains(s, tt.notice) {
			t.Errorf("%+v: notices %s", tt.f, s)
		}
	}
	if n := len(r.Findings); n != 4 {
		t.Errorf("writing left %d findings", n)
	}
}

func TestSARIFErrors(t *testing.T) {
	run := func(s string) string {
		return `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},` + s + `}]}`
	}
	tests := []struct{ name, text, want string }{
		{"old version", `{"version":"2.0.0","runs":[]}`, `version "2.0.0"`},
		{"no version", `{"$schema":"https://example.com/sarif.json","runs":[]}`, `version "none"`},
		{"null run", `{"version":"2.1.0","runs":[null]}`, "runs[0] is null"},
		{"runs", `{"version":"2.1.0","runs":{}}`, "runs: a object"},
		{"null result", run(`"results":[{},null]`), "runs[0].results[1] is null"},
		{"result", run(`"results":[7]`), "runs[0].results[0]: a number"},
		{"line", run(`"results":[{"locations":[{"physicalLocation":{"region":{"startLine":"7"}}}]}]`), "runs[0].results[0].locations.physicalLocation.region.startLine: a string"},
		{"huge line", run(`"results":[{"locations":[{"physicalLocation":{"region":{"startLine":1e99}}}]}]`), "region.startLine"},
		{"rules", run(`"tool":{"driver":{"rules":{"a":1}}}`), "runs[0].tool.driver.rules: a object"},
		{"deep", run(`"results":` + strings.Repeat(`[`, 20_000)), "exceeded max depth"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := report.SARIF{}.Decode(strings.NewReader(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
			if r != nil || errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("got %v with %v", r, err)
			}
		})
	}
}

// golden compares with a file, which UPDATE=1 rewrites.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant %s, which UPDATE=1 rewrites", got, name)
	}
}

// For GitHub, which shows suppressed results as open, they can be left out.
func ExampleSARIF() {
	rep := &report.Report{
		Subjects: []report.Subject{{Name: "github.com/acme/shop"}},
		Scans:    []report.Scan{{Subject: "github.com/acme/shop", Scanner: "sast"}},
		Findings: []*report.Finding{
			{Subject: "github.com/acme/shop", Scanner: "sast", Rule: "sast/sqlinjection", Severity: report.High},
			{Subject: "github.com/acme/shop", Scanner: "sast", Rule: "sast/weakhash", Severity: report.Low,
				Suppressions: []report.Suppression{{Kind: report.InSource, Status: report.StatusFalsePositive, Reason: "a cache key"}}},
		},
	}
	for _, f := range []report.SARIF{{}, {OmitSuppressed: true}} {
		var b bytes.Buffer
		if err := report.Write(&b, rep, f); err != nil {
			fmt.Println(err)
			return
		}
		got, err := report.Read(&b)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(got.Findings), got.Complete())
	}
	// Output:
	// 2 true
	// 1 true
}
