package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
)

// decodeSARIF reads a document of one run with these results and other fields.
func decodeSARIF(t *testing.T, run string) *report.Report {
	t.Helper()
	if !strings.Contains(run, `"tool"`) {
		run = `"tool":{"driver":{"name":"t"}},` + run
	}
	r, err := report.SARIF{}.Decode(strings.NewReader(`{"version":"2.1.0","runs":[{` + run + `}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSARIFRules(t *testing.T) {
	const tool = `"tool":{"driver":{"name":"t","globalMessageStrings":{"g":{"text":"global {0}"}},"rules":[
		{"id":"A","shortDescription":{"text":"first"},"properties":{"security-severity":"9.8","precision":"very-high","tags":["CWE-79: XSS","x"]}},
		{"id":"B","name":"Second","guid":"00000000-0000-4000-8000-00000000000B","defaultConfiguration":{"level":"note"},
			"messageStrings":{"m":{"text":"{1} before {0}, {{not}} {7}","markdown":"*{0}*"}},
			"relationships":[{"target":{"id":"89","toolComponent":{"name":"CWE"}}},{"target":{"index":0,"toolComponent":{"index":0}}}]},
		null]},
		"extensions":[{"name":"pack","version":"3","rules":[{"id":"C","defaultConfiguration":{"level":"error"}},{"id":"A"}]}]},
		"taxonomies":[{"name":"OWASP","taxa":[{"id":"A03"}]}],`
	tests := []struct {
		name, result string
		rule         string
		severity     report.Severity
		message      string
	}{
		{"id", `"ruleId":"A"`, "A", report.Critical, "first"},
		{"index", `"ruleIndex":1`, "B", report.Low, "Second"},
		{"id and index", `"ruleId":"B","ruleIndex":1`, "B", report.Low, "Second"},
		{"id against index", `"ruleId":"B","ruleIndex":0`, "B", report.Low, "Second"},
		{"hierarchical", `"ruleId":"B/one/two"`, "B", report.Low, "Second"},
		{"hierarchical with index", `"ruleId":"A/one","ruleIndex":0`, "A", report.Critical, "first"},
		{"reference", `"rule":{"id":"A"}`, "A", report.Critical, "first"},
		{"guid", `"rule":{"guid":"00000000-0000-4000-8000-00000000000b"}`, "B", report.Low, "Second"},
		{"extension by index", `"rule":{"index":0,"toolComponent":{"index":0}}`, "C", report.High, ""},
		{"extension by name", `"ruleId":"C","rule":{"index":0,"toolComponent":{"name":"pack"}}`, "C", report.High, ""},
		{"extension by id", `"ruleId":"C"`, "C", report.High, ""},
		{"not described", `"ruleId":"D"`, "D", report.Medium, ""},
		{"index too large", `"ruleIndex":99`, "unknown", report.Medium, ""},
		{"none", `"level":"none"`, "unknown", report.Info, ""},
		{"level", `"ruleId":"B","level":"error"`, "B", report.High, "Second"},
		{"level of less than the score", `"ruleId":"A","level":"note"`, "A", report.Critical, "first"},
		{"score of a result", `"ruleId":"B","properties":{"security-severity":"4.0"}`, "B", report.Medium, "Second"},
		{"rule's message", `"ruleId":"B","message":{"id":"m","arguments":["x","y"]}`, "B", report.Low, "y before x, {not} {7}"},
		{"global message", `"ruleId":"B","message":{"id":"g","arguments":["x"]}`, "B", report.Low, "global x"},
		{"unknown message", `"ruleId":"B","message":{"id":"h"}`, "B", report.Low, "Second"},
		{"text with braces", `"ruleId":"B","message":{"text":"{0} {{x}}"}`, "B", report.Low, "{0} {{x}}"},
		{"informational", `"ruleId":"A","kind":"informational"`, "A", report.Info, "first"},
		{"review", `"ruleId":"D","kind":"review"`, "D", report.Unrated, ""},
		{"open with a rated rule", `"ruleId":"A","kind":"open"`, "A", report.Critical, "first"},
		{"override", `"ruleId":"C","kind":"fail"`, "C", report.High, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(tt.result, `"message"`) {
				tt.result += `,"message":{"text":""}`
			}
			r := decodeSARIF(t, tool+`"results":[{`+tt.result+`}]`)
			f := r.Findings[0]
			if f.Rule != tt.rule || f.Severity != tt.severity || f.Message != tt.message {
				t.Errorf("got %s, %v, %q, want %s, %v, %q", f.Rule, f.Severity, f.Message, tt.rule, tt.severity, tt.message)
			}
			checkStable(t, r)
		})
	}
	r := decodeSARIF(t, tool+`"results":[]`)
	var ids []string
	for _, rule := range r.Rules {
		ids = append(ids, fmt.Sprintf("%s%v%v%v", rule.ID, rule.CWEs, rule.Tags, rule.Confidence))
	}
	if got, want := strings.Join(ids, " "), "A[79][CWE-79: XSS x]high B[89][] C[][]"; got != want {
		t.Errorf("rules: got %s, want %s", got, want)
	}
}

func TestSARIFOverride(t *testing.T) {
	r := decodeSARIF(t, `"tool":{"driver":{"name":"t","rules":[{"id":"A"},{"id":"B"}]}},
		"invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[{"descriptor":{"index":1},"configuration":{"level":"error"}}]}],
		"results":[{"ruleId":"B","message":{"text":"m"}}]`)
	if got := r.Findings[0].Severity; got != report.High {
		t.Errorf("got %v, want the override's", got)
	}
	checkStable(t, r)
}

// checkStable checks that a report that was read is written so that it is read
// the same again.
func checkStable(t *testing.T, r *report.Report) []byte {
	t.Helper()
	text := encode(t, r, report.SARIF{MaxResults: -1})
	again, err := report.SARIF{}.Decode(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if got, want := encode(t, again, report.JSON{}), encode(t, r, report.JSON{}); !bytes.Equal(got, want) {
		t.Errorf("written\n%s\nread\n%s\nwas\n%s", text, got, want)
	}
	return text
}

func TestSARIFPlaces(t *testing.T) {
	const bases = `"originalUriBaseIds":{"%SRCROOT%":{"uri":"file:///home/ana/shop/"},"SRC":{"uri":"src/","uriBaseId":"%SRCROOT%"},
		"TOOL":{"uri":"file:///opt/tool/"},"A":{"uriBaseId":"B","uri":"a"},"B":{"uriBaseId":"A","uri":"b"}},`
	const alone = `"originalUriBaseIds":{"ROOTPATH":{"uri":"file:///"}},`
	const dir = `"invocations":[{"executionSuccessful":true,"workingDirectory":{"uri":"file:///C:/shop"}}],`
	const listed = `"artifacts":[{"location":{"uri":"x/y.go","uriBaseId":"%SRCROOT%"}}],`
	tests := []struct{ name, run, artifact, path, uri string }{
		{"relative", "", `"uri":"a/b.go"`, "a/b.go", ""},
		{"escaped", "", `"uri":"a%20b/%C3%BC%23.go"`, "a b/ü#.go", ""},
		{"not escaped", "", `"uri":"a b/ü#1?.go"`, "a b/ü#1?.go", ""},
		{"badly escaped", "", `"uri":"100%.go"`, "100%.go", ""},
		{"with dots", "", `"uri":"./a/../b.go"`, "b.go", ""},
		{"upwards", "", `"uri":"../b.go"`, "../b.go", ""},
		{"Windows", "", `"uri":"a\\b.go"`, "a/b.go", ""},
		{"declared nowhere", "", `"uri":"b.go","uriBaseId":"X"`, "b.go", ""},
		{"root", bases, `"uri":"b.go","uriBaseId":"%SRCROOT%"`, "b.go", ""},
		{"below the root", bases, `"uri":"b.go","uriBaseId":"SRC"`, "src/b.go", ""},
		{"outside", bases, `"uri":"b.go","uriBaseId":"TOOL"`, "", "file:///opt/tool/b.go"},
		{"in a circle", bases, `"uri":"b.go","uriBaseId":"A"`, "b/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b.go", ""},
		{"absolute", bases, `"uri":"file:///home/ana/shop/c%20d.go"`, "c d.go", ""},
		{"absolute and elsewhere", bases, `"uri":"file:///home/ana/shopping/c.go"`, "", "file:///home/ana/shopping/c.go"},
		{"absolute without scheme", bases, `"uri":"/home/ana/shop/c.go"`, "c.go", ""},
		{"image", alone, `"uri":"/etc/passwd"`, "etc/passwd", ""},
		{"drive", dir, `"uri":"file:///C:/shop/c.go"`, "c.go", ""},
		{"bare drive", dir, `"uri":"C:\\shop\\c.go"`, "c.go", ""},
		{"listed", listed, `"index":0`, "x/y.go", ""},
		{"listed nowhere", listed, `"index":7`, "", ""},
		{"endpoint", "", `"uri":"https://example.com/a?b#c"`, "", "https://example.com/a?b#c"},
		{"purl", "", `"uri":"pkg:npm/x@1"`, "", "pkg:npm/x@1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := decodeSARIF(t, tt.run+`"results":[{"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{`+tt.artifact+`}}}]}]`)
			l := r.Findings[0].Location
			if l.Path != tt.path || l.URI != tt.uri {
				t.Errorf("got %q, %q, want %q, %q", l.Path, l.URI, tt.path, tt.uri)
			}
			checkStable(t, r)
		})
	}
}

func TestSARIFRegions(t *testing.T) {
	tests := []struct {
		name, physical string
		want           report.Region
	}{
		{"line", `"region":{"startLine":3}`, report.Region{Start: report.Position{Line: 3}}},
		{"end column alone", `"region":{"startLine":3,"endColumn":9}`, report.Region{Start: report.Position{Line: 3, Column: 1}, End: report.Position{Line: 3, Column: 9}}},
		{"zero line", `"region":{"startLine":0,"startColumn":0}`, report.Region{}},
		{"absurd", `"region":{"startLine":-3,"endLine":-9,"byteOffset":-1}`, report.Region{}},
		{"backwards", `"region":{"startLine":9,"endLine":3}`, report.Region{Start: report.Position{Line: 9}}},
		{"bytes", `"region":{"byteOffset":5,"byteLength":2}`, report.Region{Offset: 5, Length: 2}},
		{"characters", `"region":{"charOffset":5,"charLength":2}`, report.Region{}},
		{"own text", `"region":{"startLine":3,"startColumn":2,"snippet":{"text":"f()"}}`, report.Region{Start: report.Position{Line: 3, Column: 2}, Snippet: "f()"}},
		{"lines around", `"region":{"startLine":3,"startColumn":2,"endColumn":4},"contextRegion":{"startLine":2,"endLine":4,"snippet":{"text":"a\nb\r\nc\n"}}`,
			report.Region{Start: report.Position{Line: 3, Column: 2}, End: report.Position{Line: 3, Column: 4}, Snippet: "b"}},
		{"too few lines around", `"region":{"startLine":3},"contextRegion":{"startLine":1,"snippet":{"text":"a"}}`, report.Region{Start: report.Position{Line: 3}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := decodeSARIF(t, `"results":[{"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"},`+tt.physical+`}}]}]`)
			if got := r.Findings[0].Location.Region; got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			checkStable(t, r)
		})
	}
}

// What is not there must not look like what is fine.
func TestSARIFGaps(t *testing.T) {
	tests := []struct{ name, run, gap string }{
		{"fine", `"results":[]`, ""},
		{"fine and said", `"invocations":[{"executionSuccessful":true,"toolExecutionNotifications":[{"level":"note","message":{"text":"n"}},{"message":{"text":"w"}}]}],"results":[]`, ""},
		{"no results", `"results":null`, "no list of results"},
		{"results left out", `"columnKind":"unicodeCodePoints"`, "no list of results"},
		{"failed", `"invocations":[{"executionSuccessful":false}],"results":[]`, "no reason is given"},
		{"failed because", `"invocations":[{"executionSuccessful":false,"exitCodeDescription":"out of memory"}],"results":[]`, "out of memory"},
		{"one of two failed", `"invocations":[{"executionSuccessful":true},{"executionSuccessful":false}],"results":[]`, "did not succeed"},
		{"error", `"invocations":[{"executionSuccessful":true,"toolExecutionNotifications":[{"level":"error","message":{"text":"cannot parse"},
			"descriptor":{"id":"parse"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.go"},"region":{"startLine":3}}}]}]}],"results":[]`, "t: parse a.go:3: cannot parse"},
		{"error by default", `"tool":{"driver":{"name":"t","notifications":[{"id":"N","defaultConfiguration":{"level":"error"}}]}},
			"invocations":[{"executionSuccessful":true,"toolExecutionNotifications":[{"descriptor":{"index":0},"message":{"text":"lost"}}]}],"results":[]`, "lost"},
		{"configuration", `"invocations":[{"executionSuccessful":true,"toolConfigurationNotifications":[{"level":"error","message":{"text":"no such rule"}}]}],"results":[]`, "no such rule"},
		{"external", `"externalPropertyFileReferences":{"results":[{"location":{"uri":"r.json"}}]},"results":[]`, "external property files"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := decodeSARIF(t, tt.run)
			if got := r.Complete(); got != (tt.gap == "") {
				t.Errorf("complete is %v", got)
			}
			if err := r.Err(); tt.gap != "" && !strings.Contains(err.Error(), tt.gap) {
				t.Errorf("got %v, want %q", err, tt.gap)
			}
			checkStable(t, r)
		})
	}
	for name, text := range map[string]string{
		"no run":      `{"version":"2.1.0","runs":[]}`,
		"null runs":   `{"version":"2.1.0","runs":null}`,
		"inline file": `{"version":"2.1.0","inlineExternalProperties":[{"results":[{"message":{"text":"m"}}]}],"runs":[{"tool":{"driver":{"name":"t"}},"results":[]}]}`,
	} {
		r, err := report.SARIF{}.Decode(strings.NewReader(text))
		if err != nil || r.Complete() || len(slices.Collect(r.Gaps())) == 0 {
			t.Errorf("%s: got %v, %v", name, r, err)
		}
	}
}

func TestSARIFSuppressions(t *testing.T) {
	r := decodeSARIF(t, `"results":[{"message":{"text":"m"},"suppressions":[
		{"kind":"inSource","guid":"g","location":{"physicalLocation":{"artifactLocation":{"uri":"a.go"},"region":{"startLine":3}}}},
		{"kind":"external","status":"accepted","justification":"j"},
		{"kind":"external","status":"underReview","properties":{"acme":1}},
		{"kind":"external","status":"rejected"}]}]`)
	var got []string
	for _, s := range r.Findings[0].Suppressions {
		got = append(got, fmt.Sprint(s.Kind, s.Status, s.Reason, s.Source.Path, len(s.Props)))
	}
	want := []string{"inSource accepted a.go 1", "external accepted j 0", "external under_investigation 1", "external rejected 0"}
	for i := range want {
		if strings.Join(strings.Fields(got[i]), "") != strings.Join(strings.Fields(want[i]), "") {
			t.Errorf("got %s, want %s", got[i], want[i])
		}
	}
	checkStable(t, r)
}

// foreign is a document of a tool that does not exist, with a property in every bag.
const foreign = `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","properties":{"acme:log":1},"runs":[{
"tool":{"driver":{"name":"Acme","organization":"Acme Inc.","semanticVersion":"1.2.3","informationUri":"https://example.com/acme","properties":{"acme:driver":2},
	"notifications":[{"id":"N1","shortDescription":{"text":"note"}}],
	"rules":[{"id":"R1","name":"rule/one","deprecatedIds":["R0"],"guid":"11111111-1111-4111-8111-111111111111",
		"shortDescription":{"text":"One","markdown":"*One*"},"fullDescription":{"text":"The first."},"help":{"text":"plain","markdown":"# rich"},"helpUri":"https://example.com/R1",
		"defaultConfiguration":{"level":"warning","rank":7.5,"enabled":false,"parameters":{"p":1}},
		"relationships":[{"target":{"index":1,"toolComponent":{"index":0}},"kinds":["superset"]},{"target":{"id":"A03","toolComponent":{"index":1}},"kinds":["relevant"]}],
		"properties":{"tags":["security","maintainability"],"precision":"medium","security-severity":"8.8","acme:rule":{"x":[3]},"merlon":"no"}}]},
	"extensions":[{"name":"Acme pack","version":"7","rules":[{"id":"X1"}],"properties":{"acme:pack":4}}],"properties":{"acme:tool":5}},
"taxonomies":[{"name":"CWE","version":"4.9","guid":"22222222-2222-4222-8222-222222222222","taxa":[{"id":"20","name":"Input"},{"id":"79","name":"XSS"}]},{"name":"OWASP","taxa":[{"id":"A03"}]}],
"automationDetails":{"id":"acme/main/","guid":"33333333-3333-4333-8333-333333333333"},
"invocations":[{"executionSuccessful":true,"commandLine":"acme scan","exitCode":0,"startTimeUtc":"2026-01-02T03:04:05.5Z","endTimeUtc":"2026-01-02T03:04:07Z","properties":{"acme:inv":6},
	"toolExecutionNotifications":[{"descriptor":{"id":"N1","index":0},"level":"none","message":{"text":"done"},"timeUtc":"2026-01-02T03:04:07Z","properties":{"acme:note":7}}]}],
"versionControlProvenance":[{"repositoryUri":"https://git.example.com/acme/shop.git","revisionId":"abc","branch":"main"}],
"originalUriBaseIds":{"SRC":{"uri":"file:///build/"}},
"artifacts":[{"location":{"uri":"a.go","uriBaseId":"SRC"},"hashes":{"sha-256":"00"},"length":12}],
"logicalLocations":[{"name":"main","kind":"module"},{"name":"f","fullyQualifiedName":"main.f","kind":"function","parentIndex":0}],
"threadFlowLocations":[{"location":{"physicalLocation":{"artifactLocation":{"index":0},"region":{"startLine":1}},"message":{"text":"listed"}},"nestingLevel":2}],
"graphs":[{"nodes":[{"id":"n1"}],"edges":[]}],
"redactionTokens":["[x]"],
"defaultEncoding":"utf-8",
"properties":{"acme:run":8},
"results":[
{"ruleId":"R1","ruleIndex":0,"level":"warning","message":{"text":"see [here](7)","markdown":"**see**"},"guid":"44444444-4444-4444-8444-444444444444","rank":50.5,"hostedViewerUri":"https://example.com/1",
	"fingerprints":{"acme/v2":"f"},"partialFingerprints":{"primaryLocationLineHash":"39fa2ee980eb94b0:1"},"workItemUris":["https://example.com/i/1"],
	"stacks":[{"frames":[{"location":{"physicalLocation":{"artifactLocation":{"index":0}}}}]}],"graphTraversals":[{"runGraphIndex":0}],
	"locations":[{"id":3,"physicalLocation":{"artifactLocation":{"uri":"a.go","uriBaseId":"SRC","properties":{"acme:art":9}},"region":{"startLine":4,"startColumn":2,"endColumn":5,"charOffset":30,"sourceLanguage":"go"},
		"contextRegion":{"startLine":3,"endLine":5,"snippet":{"text":"l3\nl4\nl5"}},"properties":{"acme:phys":10}},"logicalLocations":[{"index":1}],"annotations":[{"startLine":4}],"properties":{"acme:loc":11}}],
	"relatedLocations":[{"id":7,"message":{"text":"here"},"physicalLocation":{"artifactLocation":{"index":0}}}],
	"codeFlows":[{"threadFlows":[{"locations":[{"index":0},{"location":{"message":{"text":"sink"}},"kinds":["sink"],"importance":"essential","executionOrder":2}]}]}],
	"fixes":[{"description":{"text":"escape"},"artifactChanges":[{"artifactLocation":{"uri":"a.go"},"replacements":[{"deletedRegion":{"startLine":4},"insertedContent":{"text":"x"}}]}]},
		{"artifactChanges":[{"artifactLocation":{"uri":"a.bin"},"replacements":[{"deletedRegion":{"byteOffset":0,"byteLength":1},"insertedContent":{"binary":"AA=="}}]}]}],
	"taxa":[{"index":0,"toolComponent":{"index":1}}],"properties":{"tags":["one","two"],"acme:result":{"deep":[{"er":null}]}}},
{"ruleId":"X1","rule":{"index":0,"toolComponent":{"index":0}},"kind":"review","message":{"text":"look"}},
{"ruleIndex":0,"kind":"pass","message":{"text":"all well"},"properties":{"acme:pass":12}}
]}]}`

func TestSARIFKeepsWhatIsForeign(t *testing.T) {
	schema := sarifSchema(t)
	checkSARIFSchema(t, schema, []byte(foreign))
	r, err := report.SARIF{}.Decode(strings.NewReader(foreign))
	if err != nil {
		t.Fatal(err)
	}
	f := r.Findings[0]
	for _, g := range r.Findings {
		if g.Rule == "R1" {
			f = g
		}
	}
	if len(r.Findings) != 2 || f.Subject != "git.example.com/acme/shop" || f.Scanner != "Acme" || f.Severity != report.High || f.Confidence != report.ConfidenceMedium ||
		f.Location.Path != "a.go" || f.Location.Region.Snippet != "l4" || !slices.Equal(f.CWEs, []int{79}) || len(f.Fixes) != 1 || !strings.HasPrefix(f.Fingerprint, "merlon/v1:") ||
		len(f.Location.Logical) != 2 || f.Location.Logical[1].Name != "main.f" || len(f.Flows) != 1 || f.Flows[0][0].Message != "listed" || f.Flows[0][0].Location.Path != "a.go" {
		t.Errorf("got %s", toJSON(t, f))
	}
	text := checkStable(t, r)
	checkSARIF(t, schema, text)

	// Every value of the document is in what was written, but what became a name.
	written := map[string]bool{}
	leaves(t, text, func(path, value string) { written[value] = true; written[path+"="+value] = true })
	leaves(t, []byte(foreign), func(path, value string) {
		switch {
		case strings.HasSuffix(path, "index"), strings.HasSuffix(path, "ndex"), strings.HasSuffix(path, "$schema"), strings.HasSuffix(path, "evel"):
		case strings.Contains(path, "acme:"), strings.Contains(path, "guid"):
			if !written[path+"="+value] {
				t.Errorf("%s: %s is lost", path, value)
			}
		case !written[value]:
			t.Errorf("%s: %s is lost", path, value)
		}
	})
	if n := bytes.Count(text, []byte(`"kind":"pass"`)); n != 1 {
		t.Errorf("%d results of kind pass", n)
	}
}

// leaves visits the values of a document with the keys that lead to them.
func leaves(t *testing.T, text []byte, visit func(path, value string)) {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				walk(path+"."+k, e)
			}
		case []any:
			for _, e := range v {
				walk(path, e)
			}
		default:
			visit(path, fmt.Sprint(v))
		}
	}
	walk("", v)
}

// A tool that puts a result between ours keeps ours as they were.
func TestSARIFChangedByOthers(t *testing.T) {
	r := &report.Report{Subjects: []report.Subject{{Name: "x"}}, Scans: []report.Scan{{Subject: "x", Scanner: "s"}}, Findings: []*report.Finding{
		{Subject: "x", Scanner: "s", Rule: "s/a", Severity: report.Critical, Fingerprint: "merlon/v1:1", Location: report.Location{Path: "a"}},
	}}
	text := string(encode(t, r, report.SARIF{}))
	text = strings.Replace(text, `"level":"error"`, `"level":"note","suppressions":[{"kind":"external"}],"baselineState":"unchanged"`, 1)
	text = strings.Replace(text, `"results":[`, `"results":[{"ruleId":"new","message":{"text":"m"}},`, 1)
	got, err := report.SARIF{}.Decode(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Findings) != 2 || got.Findings[0].Fingerprint == "" {
		t.Fatalf("got %s", toJSON(t, got.Findings))
	}
	f := got.Findings[1]
	if f.Severity != report.Low || len(f.Suppressions) != 1 || f.Baseline != report.BaselineUnchanged || f.Fingerprint != "merlon/v1:1" {
		t.Errorf("got %s", toJSON(t, f))
	}
}

// Equal results are one finding, and those that differ in nothing that counts are twins.
func TestSARIFFingerprints(t *testing.T) {
	result := func(line int) string {
		return fmt.Sprintf(`{"ruleId":"R","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"},"region":{"startLine":%d,"snippet":{"text":"f()"}}}}]}`, line)
	}
	r := decodeSARIF(t, `"results":[`+result(9)+","+result(3)+","+result(9)+`]`)
	if len(r.Findings) != 2 || r.Findings[1].Count != 2 || r.Findings[1].Fingerprint != r.Findings[0].Fingerprint+":2" {
		t.Errorf("got %s", toJSON(t, r.Findings))
	}
	shifted := decodeSARIF(t, `"results":[`+result(13)+","+result(19)+`]`)
	if !reflect.DeepEqual([]string{r.Findings[0].Fingerprint, r.Findings[1].Fingerprint}, []string{shifted.Findings[0].Fingerprint, shifted.Findings[1].Fingerprint}) {
		t.Error("fingerprints changed with the lines")
	}
	checkStable(t, r)
}

func FuzzSARIF(f *testing.F) {
	for _, r := range []*report.Report{{}, readable(), full(), many(2)} {
		f.Add(encode(f, r, report.SARIF{}))
	}
	f.Add([]byte(foreign))
	f.Add([]byte(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t","rules":[{"id":"a"}]}},"results":[{"ruleIndex":0,"message":{"id":"x","arguments":["1"]},"locations":[{"logicalLocations":[{"index":0}]}]}],"logicalLocations":[{"parentIndex":0}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := report.SARIF{}.Decode(bytes.NewReader(text))
		if err != nil {
			return
		}
		first := encode(t, r, report.SARIF{MaxResults: -1})
		again, err := report.SARIF{}.Decode(bytes.NewReader(first))
		if err != nil {
			t.Fatalf("cannot read what was written: %v\n%s", err, first)
		}
		if len(again.Findings) != len(r.Findings) || again.Complete() != r.Complete() {
			t.Errorf("%d findings, complete %v, became %d, %v\n%s", len(r.Findings), r.Complete(), len(again.Findings), again.Complete(), first)
		}
		if second := encode(t, again, report.SARIF{MaxResults: -1}); !bytes.Equal(first, second) {
			t.Errorf("written\n%s\nread and written\n%s", around(first, second), around(second, first))
		}
	})
}

// around is the part of a text where it begins to differ from another.
func around(a, b []byte) []byte {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return a[max(0, i-200):min(len(a), i+200)]
}

// Documents that are short to write and long to work on, were it done naively.
func TestSARIFHostile(t *testing.T) {
	const n = 3000
	list := func(n int, entry func(i int) string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(entry(i))
		}
		return b.String()
	}
	big := strings.Repeat("{0}", 100_000)
	tests := []struct{ name, run, want string }{
		{name: "id of slashes", run: `"results":[{"ruleId":"` + strings.Repeat("/", 200_000) + `"}]`},
		{name: "braces", run: `"results":[{"message":{"text":"` + strings.Repeat("{", 200_000) + `","arguments":["x"]}}]`},
		{name: "unknown guids", run: `"tool":{"driver":{"name":"t","rules":[` + list(n, func(i int) string { return fmt.Sprintf(`{"id":"r%d","guid":"%d"}`, i, i) }) + `]}},
			"results":[` + list(n, func(i int) string { return fmt.Sprintf(`{"message":{"text":"%d"},"rule":{"guid":"x"}}`, i) }) + `]`},
		{name: "unknown extensions", run: `"tool":{"driver":{"name":"t"},"extensions":[` + list(n, func(i int) string { return fmt.Sprintf(`{"name":"e%d"}`, i) }) + `]},
			"results":[` + list(n, func(i int) string {
			return fmt.Sprintf(`{"message":{"text":"%d"},"rule":{"id":"r","toolComponent":{"name":"x"}}}`, i)
		}) + `]`},
		{name: "notifications", run: `"tool":{"driver":{"name":"t","notifications":[` + list(n, func(i int) string { return fmt.Sprintf(`{"id":"n%d"}`, i) }) + `]}},
			"invocations":[{"executionSuccessful":true,"toolExecutionNotifications":[` + list(n, func(i int) string {
			return fmt.Sprintf(`{"message":{"text":"%d"},"descriptor":{"id":"x"}}`, i)
		}) + `]}],"results":[]`},
		{name: "equal results", run: `"results":[` + list(n, func(i int) string { return fmt.Sprintf(`{"message":{"text":"m"},"guid":"%d"}`, i) }) + `]`},
		{name: "suppressions", run: `"results":[{"message":{"text":"m"},"suppressions":[` + list(n, func(i int) string { return fmt.Sprintf(`{"kind":"external","justification":"%d"}`, i) }) + `]}]`},
		{name: "logical locations", run: `"results":[{"message":{"text":"m"},"locations":[{"logicalLocations":[` + list(n, func(i int) string { return fmt.Sprintf(`{"name":"%d"}`, i) }) + `]}]}]`},
		{name: "tags and weaknesses", run: `"tool":{"driver":{"name":"t","rules":[{"id":"r","properties":{"tags":[` + list(n, func(i int) string { return fmt.Sprintf(`"external/cwe/cwe-%d"`, i) }) + `]}}]}},"results":[{"ruleIndex":0,"message":{"text":"m"}}]`},
		{name: "edits", run: `"results":[{"message":{"text":"m"},"fixes":[{"artifactChanges":[` + list(n, func(i int) string {
			return fmt.Sprintf(`{"artifactLocation":{"uri":"f%d"},"replacements":[{"deletedRegion":{"startLine":1}}]}`, i)
		}) + `]}]}]`},
		{name: "one message for all", want: "refer to adds up to more than", run: `"tool":{"driver":{"name":"t","rules":[{"id":"r","messageStrings":{"m":{"text":"` + big + `"}}}]}},
			"results":[` + list(400, func(i int) string { return `{"ruleIndex":0,"message":{"id":"m","arguments":["x"]}}` }) + `]`},
		{name: "one base for all", want: "refer to adds up to more than", run: `"originalUriBaseIds":{"B":{"uri":"` + strings.Repeat("d", 300_000) + `/"}},
			"results":[` + list(400, func(i int) string {
			return `{"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a","uriBaseId":"B"}}}]}`
		}) + `]`},
		{name: "one step for all", want: "refer to adds up to more than", run: `"threadFlowLocations":[{"location":{"message":{"text":"` + big + `"}}}],
			"results":[{"message":{"text":"m"},"codeFlows":[{"threadFlows":[{"locations":[` + list(400, func(i int) string { return `{"index":0}` }) + `]}]}]}]`},
		{name: "empty objects", want: "no real report", run: `"results":[` + list(300_000, func(int) string { return `{}` }) + `]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(tt.run, `"tool"`) {
				tt.run = `"tool":{"driver":{"name":"t"}},` + tt.run
			}
			r, err := report.SARIF{}.Decode(strings.NewReader(`{"version":"2.1.0","runs":[{` + tt.run + `}]}`))
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want an error with %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := (report.SARIF{}).Decode(bytes.NewReader(encode(t, r, report.SARIF{MaxResults: -1}))); err != nil {
				t.Error(err)
			}
		})
	}
}
