package gatefile_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/merlonsec/merlon/policy"
	"github.com/merlonsec/merlon/policy/gatefile"
	"github.com/merlonsec/merlon/report"
)

const name = "merlon.yaml"

func read(text string) (*gatefile.File, error) {
	return gatefile.Read(fstest.MapFS{name: {Data: []byte(text)}}, name)
}

func TestMissingAndEmpty(t *testing.T) {
	f, err := gatefile.Read(fstest.MapFS{}, name)
	if err != nil || !reflect.DeepEqual(f, new(gatefile.File)) {
		t.Errorf("missing: got %+v, %v", f, err)
	}
	for _, text := range []string{"", "# nothing\n", "---\n", "null\n", "gate:\nexclude:\n", "{}"} {
		f, err := read(text)
		if err != nil || f.Exclude != nil || f.Only != nil || f.Gate.Clauses != nil {
			t.Errorf("%q: got %+v, %v", text, f, err)
		}
	}
}

// The example in doc.go is read as it stands there.
func TestDocumentedFile(t *testing.T) {
	src, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for line := range strings.Lines(string(src)) {
		if s, ok := strings.CutPrefix(line, "//\t"); ok {
			text.WriteString(s)
		}
	}
	f, err := read(text.String())
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		fmt.Sprint(f.Exclude):   "[vendor/**]",
		fmt.Sprint(f.Only):      "[secrets sca]",
		fmt.Sprint(f.Databases): "[security/osv]",
		fmt.Sprint(f.Images):    "[image]",
		fmt.Sprintln(f.Gate.LongestWaiver, f.Gate.AllowIncomplete, f.Gate.Source): "2160h0m0s false merlon.yaml\n",
		fmt.Sprint(f.Gate.Clauses): "[fail new-high: severity ≥ high and kind dependency|code and not path test/**; unknown warns; not waivable" +
			" warn likely: EPSS ≥ 0.1 and not exploited; unknown warns]",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	want := policy.Waiver{Rule: "sast/sqlinjection", Path: "legacy/**", Owner: "ana", Reason: "removed in the first quarter", Ticket: "SEC-12",
		Expires: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)}
	got := f.Gate.Waivers[0]
	if got.Source.Path != name || got.Source.Region.Start.Line == 0 {
		t.Errorf("source: got %+v", got.Source)
	}
	if got.Source = (report.Location{}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := policy.New(f.Gate); err != nil {
		t.Error(err)
	}
	if got := f.Place("only", 1); !strings.HasPrefix(got, "merlon.yaml:2:") {
		t.Errorf("place: got %s", got)
	}
	if got := f.Place("only", 9); got != name {
		t.Errorf("no place: got %s", got)
	}
}

func TestClauses(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // the clauses, one a line; "nil" for the default ones
	}{
		{"gate: {}", "nil"},
		{"gate: {fail: null, warn: ~}", "nil"},
		{"gate: {fail: []}", ""},
		{"gate: {fail: [], warn: []}", ""},
		{"gate: {warn: [{name: w, when: {new: true}}]}", strings.Join(stringsOf(policy.DefaultClauses()), "\n") + "\nwarn w: new; unknown warns"},
		{"gate: {fail: [{name: f, when: {new: false}}], warn: [{name: w, when: {exploited: true}}]}", "fail f: not new; unknown warns\nwarn w: exploited; unknown warns"},
		{"gate: {fail: [{name: f, when: {severity: medium}, on-unknown: fail}]}", "fail f: severity ≥ medium; unknown fails"},
		{"gate: {fail: [{name: f, when: {confidence: certain}, on-unknown: pass, waivable: true}]}", "fail f: confidence ≥ certain; unknown passes"},
		{"gate: {fail: [{name: f, when: {kind: secret, rule: 'sast/*'}}]}", "fail f: kind secret and rule sast/*; unknown warns"},
		{"gate: {fail: [{name: f, when: {path: [a/**, b]}}]}", "fail f: path a/**|b; unknown warns"},
		{"gate: {fail: [{name: f, when: {subject: registry/*, purl: pkg:npm/lodash}}]}", "fail f: subject registry/* and component pkg:npm/lodash; unknown warns"},
		{"gate: {fail: [{name: f, when: {cwe: [89, CWE-79]}}]}", "fail f: CWE-89|CWE-79; unknown warns"},
		{"gate: {fail: [{name: f, when: {scope: [runtime, optional], epss: .5}}]}", "fail f: scope runtime|optional and EPSS ≥ 0.5; unknown warns"},
		{"gate: {fail: [{name: f, when: {reachable: true, fixable: true, base-image: false}}]}", "fail f: reachable and fixable and not in the base image; unknown warns"},
		{"gate: {fail: [{name: f, when: {not: {path: a, kind: code}}}]}", "fail f: not (path a and kind code); unknown warns"},
		{"gate: {fail: [{name: f, when: {not: {not: {new: true}}}}]}", "fail f: not not new; unknown warns"},
	} {
		f, err := read(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		got := strings.Join(stringsOf(f.Gate.Clauses), "\n")
		if f.Gate.Clauses == nil {
			got = "nil"
		}
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.text, got, c.want)
		}
		if _, err := policy.New(f.Gate); err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
	}
}

func stringsOf(list []policy.Clause) (all []string) {
	for _, c := range list {
		all = append(all, c.String())
	}
	return all
}

func TestMistakes(t *testing.T) {
	waiver := func(s string) string { return "gate:\n  waivers:\n    - {" + s + "}\n" }
	const rest = ", owner: ana, reason: x, expires: 2026-01-31"
	for _, c := range []struct{ text, want string }{
		{"gate:\n  nosuchkey: 1\n", "merlon.yaml:2:3: unknown key \"nosuchkey\" in gate; known are allow-incomplete, fail, longest-waiver, waivers, warn"},
		{"excludes: []\n", `merlon.yaml:1:1: unknown key "excludes" in the file`},
		{"only: [a]\nexclude: []\nonly: [b]\n", `merlon.yaml:3:1: key "only" is in line 1 already`},
		{"- a\n", "merlon.yaml:1:1: the file: a mapping is wanted, got a list"},
		{"text\n", "merlon.yaml:1:1: the file: a mapping is wanted, got a string"},
		{"only: secrets\n", "merlon.yaml:1:7: only: a list is wanted, got a string"},
		{"only: [secrets, 3]\n", "merlon.yaml:1:17: only: a string, in quotes, is wanted, got a number"},
		{"only: [~]\n", "merlon.yaml:1:8: only: a string is wanted, got nothing"},
		{"only: ['']\n", "only: the string is empty"},
		{"1: x\n", `unknown key "1"`},
		{"? [a]\n: x\n", `unknown key "a list"`},
		{"exclude: ['[']\n", `merlon.yaml:1:11: exclude: pattern "["`},
		{"database: [/var/osv]\n", `merlon.yaml:1:12: database: "/var/osv" is absolute`},
		{"database: ['C:\\osv']\n", "is absolute"},
		{"database: ['\\\\host\\osv']\n", "is absolute"},
		{"database: ['a\\b']\n", "has a backslash"},
		{"database: [https://example.org/osv]\n", "is a URL"},
		{"database: [a, ../osv]\n", `merlon.yaml:1:15: database: "../osv" may lead out`},
		{"images: [a/../../b]\n", `images: "a/../../b" may lead out`},
		{"gate: []\n", "merlon.yaml:1:7: gate: a mapping is wanted, got a list"},
		{"gate: {allow-incomplete: yes}\n", "allow-incomplete: true or false is wanted, got a string"},
		{"gate: {longest-waiver: 90}\n", "longest-waiver: a string, in quotes, is wanted, got a number"},
		{"gate: {longest-waiver: 3 months}\n", `longest-waiver: days are wanted, such as 90d, got "3 months"`},
		{"gate: {longest-waiver: 0d}\n", "days are wanted"},
		{"gate: {longest-waiver: 99999999999999999999d}\n", "days are wanted"},
		{"gate: {fail: {}}\n", "fail: a list is wanted, got a mapping"},
		{"gate: {fail: [x]}\n", "a clause of fail: a mapping is wanted, got a string"},
		{"gate: {fail: [{when: {new: true}}]}\n", "merlon.yaml:1:15: a clause of fail lacks its name"},
		{"gate: {warn: [{name: a}]}\n", "a clause of warn lacks its condition (when)"},
		{"gate: {warn: [{name: a, when: {}}]}\n", "when: no condition"},
		{"gate: {warn: [{name: a, when: ~}]}\n", "when: a mapping is wanted, got nothing"},
		{"gate: {fail: [{name: complete, when: {new: true}}]}\n", `clause complete: the name "complete" is taken`},
		{"gate:\n  fail:\n    - {name: a, when: {new: true}}\n  warn:\n    - {name: a, when: {new: true}}\n", `merlon.yaml:5:14: name "a" is that of the clause in line 3`},
		{"gate: {warn: [{name: severity, when: {new: true}}]}\n", `name "severity" is that of a default clause`},
		{"gate: {fail: [{name: a, when: {new: true}, on-unknown: ignore}]}\n", `on-unknown: unknown "ignore"; known are pass, warn, fail`},
		{"gate: {fail: [{name: a, when: {new: true}, waivable: no}]}\n", "waivable: true or false is wanted"},
		{"gate: {fail: [{name: a, when: {severity: hihg}}]}\n", `severity: unknown "hihg"; known are info, low, medium, high, critical`},
		{"gate: {fail: [{name: a, when: {severity: [high]}}]}\n", "severity: a string is wanted, got a list"},
		{"gate: {fail: [{name: a, when: {severity: }}]}\n", "severity: a string is wanted, got nothing"},
		{"gate: {fail: [{name: a, when: {confidence: sure}}]}\n", `confidence: unknown "sure"`},
		{"gate: {fail: [{name: a, when: {kind: [secret, secrets]}}]}\n", `merlon.yaml:1:47: kind: unknown "secrets"`},
		{"gate: {fail: [{name: a, when: {kind: []}}]}\n", "kind: the list is empty"},
		{"gate: {fail: [{name: a, when: {scope: prod}}]}\n", `scope: unknown "prod"`},
		{"gate: {fail: [{name: a, when: {rule: [x, '[']}}]}\n", `merlon.yaml:1:42: rule: pattern "["`},
		{"gate: {fail: [{name: a, when: {purl: lodash}}]}\n", "purl: pattern \"lodash\": a package URL is wanted"},
		{"gate: {fail: [{name: a, when: {cwe: x}}]}\n", "cwe: \"x\" is no number"},
		{"gate: {fail: [{name: a, when: {cwe: 0}}]}\n", "is no number"},
		{"gate: {fail: [{name: a, when: {cwe: {}}}]}\n", "cwe: a number is wanted, got a mapping"},
		{"gate: {fail: [{name: a, when: {epss: 2}}]}\n", "epss: a number above 0 and up to 1 is wanted, got \"2\""},
		{"gate: {fail: [{name: a, when: {epss: .nan}}]}\n", "epss: a number above 0"},
		{"gate: {fail: [{name: a, when: {epss: high}}]}\n", "epss: a number above 0 and up to 1 is wanted, got a string"},
		{"gate: {fail: [{name: a, when: {new: 1}}]}\n", "new: true or false is wanted, got a number"},
		{"gate: {fail: [{name: a, when: {not: {new: 1}}}]}\n", "new: true or false is wanted"},
		{"gate: {fail: [{name: a, when: {not: {age: 1}}}]}\n", `unknown key "age" in not`},
		{"gate: {fail: [{name: a, when: " + strings.Repeat("{not: ", 40) + "{new: true}" + strings.Repeat("}", 40) + "}]}\n", "nested more than 16 deep"},
		{waiver("rule: a"), "merlon.yaml:3:7: waiver: lacks owner, reason, expires"},
		{waiver("owner: ana, reason: x, expires: 2026-01-31"), "merlon.yaml:3:7: waiver: lacks what it covers"},
		{waiver("rule: '['" + rest), `merlon.yaml:3:7: waiver: rule: pattern "["`},
		{waiver("gap: read, advisory: CVE-1" + rest), "waiver: advisory: a gap has none"},
		{waiver("rule: a, owner: ana, reason: x, expires: 31.1.2026"), "merlon.yaml:3:49: expires: a date is wanted, such as 2027-01-31, got \"31.1.2026\""},
		{waiver("rule: a, owner: ana, reason: x, expires: 2026-02-30"), "expires: a date is wanted"},
		{waiver("rule: a, owner: ana, reason: x, expires: [a]"), "expires: a date is wanted, got a list"},
		{waiver("rule: a, status: affected" + rest), `status: unknown "affected"`},
		{waiver("rule: a, until: x" + rest), `unknown key "until" in a waiver`},
		{waiver("rule: a, ticket: 12" + rest), "ticket: a string, in quotes, is wanted, got a number"},
		{"gate: {waivers: [x]}\n", "a waiver: a mapping is wanted"},
		{"only: &a [x]\nexclude: *a\n", "merlon.yaml:2:10: exclude: aliases are not allowed"},
		{"a: &a {only: [x]}\n<<: *a\n", `unknown key "<<"`},
		{"only: [a]\n---\nonly: [b]\n", "a second document"},
		{"only: [a\n", "merlon.yaml:2: did not find expected ',' or ']'"},
		{"gate:\n  fail:\n  - {name: x, when: {a}\n", "merlon.yaml:3: did not find"},
		{"a:\n  - b\n c: d\n", "merlon.yaml:3: did not find expected key"},
		{"a: 1\nb\nc: 2\n", "merlon.yaml:2: could not find expected ':'"},
		{"a: 1\nb: x: y\n", "merlon.yaml:2: mapping values are not allowed"},
		{"only: [a]\n\nexclude: *b\n", "merlon.yaml:3: unknown anchor 'b'"},
		{"only: [a]\n\tx: 1\n", "merlon.yaml:2"},
		{"only: !!binary aGk=\n", "only: a list is wanted"},
		{"only: [!secret a]\n", "got a value of type !secret"},
		{"only: [a]\n# \x01\n", "merlon.yaml:2: not UTF-8 text"},
		{"only: [\xff]\n", "merlon.yaml:1: not UTF-8 text"},
		{strings.Repeat("# long\n", 1<<18), "merlon.yaml: larger than 1048576 bytes"},
	} {
		f, err := read(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.80q: got %v, want %s", c.text, err, c.want)
		}
		if f != nil {
			t.Errorf("%.80q: a file in spite of the error", c.text)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n") {
			t.Errorf("%.80q: more than one line: %q", c.text, err)
		}
	}
}

func TestMistakesAreGathered(t *testing.T) {
	_, err := read("x: 1\nonly: a\ngate:\n  y: 1\n  fail: [{name: a, when: {severity: bad}}]\n  waivers: [{rule: a}]\n")
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"merlon.yaml:1:1: ", "merlon.yaml:2:7: ", "merlon.yaml:4:3: ", "merlon.yaml:5:37: ", "merlon.yaml:6:13: "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %s: %v", want, err)
		}
	}
	var many strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&many, "k%d: 1\n", i)
	}
	if _, err := read(many.String()); err == nil || !strings.HasSuffix(err.Error(), "and 980 more") {
		t.Errorf("many mistakes: got %v", err)
	}
}

type refusing struct{ fs.FS }

func (refusing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func TestUnreadable(t *testing.T) {
	if _, err := gatefile.Read(refusing{}, name); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), name) {
		t.Errorf("refused: got %v", err)
	}
	if _, err := gatefile.Read(fstest.MapFS{"merlon.yaml/x": {}}, name); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("directory: got %v", err)
	}
	dir := t.TempDir()
	if err := os.Symlink("nowhere", dir+"/"+name); err != nil {
		t.Skip(err)
	}
	if _, err := gatefile.Read(os.DirFS(dir), name); err == nil || !strings.Contains(err.Error(), "dangling") {
		t.Errorf("dangling link: got %v", err)
	}
}

// A waiver holds through the end of its day, UTC, and its place is in messages.
func TestWaiverInTheVerdict(t *testing.T) {
	f, err := read("gate:\n  waivers:\n    - {rule: sast/x, owner: ana, reason: SEC-1, expires: 2026-01-31}\n")
	if err != nil {
		t.Fatal(err)
	}
	gate, err := policy.New(f.Gate)
	if err != nil {
		t.Fatal(err)
	}
	rep := &report.Report{Scans: []report.Scan{{Scanner: "t"}}, Findings: []*report.Finding{{Scanner: "t", Rule: "sast/x", Severity: report.High}}}
	last := time.Date(2026, 1, 31, 23, 59, 59, 0, time.UTC)
	if v := gate.Judge(rep, last).Verdict; v.Outcome != report.Pass || v.Source != name {
		t.Errorf("on the last day: got %v from %q", v, v.Source)
	}
	v := gate.Judge(rep, last.Add(time.Second)).Verdict
	if want := "waivers: merlon.yaml:3:7, owner ana (rule sast/x): expired on 2026-01-31; 1 finding counts"; len(v.Reasons) != 2 || v.Reasons[1].Message != want {
		t.Errorf("after it: got %v, want %s", v, want)
	}
}

// Input that is made to cost much must not.
func TestHostile(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'm'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c,", c-1), 9))
	}
	for what, text := range map[string]string{
		"bomb":     bomb + "only: *l\n",
		"cycle":    "only: &a [*a]\n",
		"flow":     strings.Repeat("[", 1<<20-1),
		"maps":     strings.Repeat("{a: ", 1<<18-1),
		"block":    strings.Repeat("- ", 1<<19-1),
		"question": strings.Repeat("? ", 1<<19-1),
		"long key": strings.Repeat("k", 1<<20-1),
		"keys":     strings.Repeat("k: 1\n", 1<<15),
		"anchors":  strings.Repeat("&a ", 1<<18),
		"quotes":   strings.Repeat(`"`, 1<<20-1),
		"indent":   indented(1000),
		"exclude":  "exclude: ['" + strings.Repeat("{a}", 1<<18) + "']\n",
		"pattern":  "gate: {fail: [{name: a, when: {path: '" + strings.Repeat("{a}", 1<<18) + "'}}]}\n",
	} {
		start := time.Now()
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), name) || len(err.Error()) > 10_000 {
			t.Errorf("%s: got %.200v", what, err)
		}
		if d := time.Since(start); d > time.Minute {
			t.Errorf("%s: took %v", what, d)
		} else {
			t.Logf("%s: %v", what, d)
		}
	}
}

func indented(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}
