package report_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/report"
)

func TestReadPatch(t *testing.T) {
	for _, c := range []struct {
		name, patch string
		want        report.Lines
	}{
		{"added and deleted", `diff --git a/main.go b/main.go
index 83db48f..bf269f4 100644
--- a/main.go
+++ b/main.go
@@ -1,5 +1,6 @@ func main() {
 one
+two
+three
 four
-five
 six
 seven
@@ -20,2 +21 @@
-gone
 stays
`, report.Lines{"main.go": {{2, 5}, {20, 21}}}},
		{"no context", "--- a/x\n+++ b/x\n@@ -3,0 +4,2 @@\n+a\n+b\n@@ -9,2 +11,0 @@\n-a\n-b\n", report.Lines{"x": {{4, 5}, {11, 12}}}},
		{"a line that looks like a header", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n--- a/y\n+++ b/y\n", report.Lines{"x": {{1, 1}}}},
		{"plain diff with times", "--- old/x.c\t2026-01-01 00:00:00\n+++ new/x.c\t2026-01-02 00:00:00\n@@ -1 +1 @@\n-a\n+b\n", report.Lines{"new/x.c": {{1, 1}}}},
		{"new empty file, binary, rename, deletion", `diff --git a/empty b/empty
new file mode 100644
index 0000000..e69de29
diff --git a/logo.png b/logo.png
index 1..2 100644
Binary files a/logo.png and b/logo.png differ
diff --git a/old name b/new name
similarity index 100%
rename from old name
rename to new name
diff --git a/gone b/gone
deleted file mode 100644
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/moved b/moved2
similarity index 90%
rename from moved
rename to moved2
--- a/moved
+++ b/moved2
@@ -1,2 +1,2 @@
 a
-b
+c
`, report.Lines{"empty": nil, "logo.png": nil, "moved2": {{1, 2}}}},
		{"quoted name", "diff --git \"a/f\\303\\274r.go\" \"b/f\\303\\274r.go\"\n--- \"a/f\\303\\274r.go\"\n+++ \"b/f\\303\\274r.go\"\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n", report.Lines{"für.go": {{1, 1}}}},
		{"climbs out", "--- a/x\n+++ b/../../etc/passwd\n@@ -0,0 +1 @@\n+x\n", report.Lines{"etc/passwd": {{1, 1}}}},
		{"CRLF", "--- a/x\r\n+++ b/x\r\n@@ -1,2 +1,2 @@\r\n a\r\n-b\r\n+c\r\n", report.Lines{"x": {{1, 2}}}},
		{"empty", "", report.Lines{}},
	} {
		got, err := report.ReadPatch(strings.NewReader(c.patch))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestReadPatchErrors(t *testing.T) {
	for patch, want := range map[string]string{
		"--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n":         "patch:4: ends inside a hunk of x",
		"--- a/x\n+++ b/x\n@@ nonsense @@\n":              "patch:3: hunk header",
		"--- a/x\n+++ b/x\n@@@ -1 -1 +1 @@@\n":            "patch:3: a combined diff",
		"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\nnonsense": "patch:5: line \"nonsense\"",
		"--- a/x\n+++ b/x\n@@ -1,2 +1,1 @@\n+a\n+b\n":     "patch:5: a hunk is longer",
	} {
		if _, err := report.ReadPatch(strings.NewReader(patch)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestLinesCover(t *testing.T) {
	l := report.Lines{"a": {{3, 4}}, "whole": nil}
	at := func(path string, first, last int) report.Location {
		return report.Location{Path: path, Region: report.Region{Start: report.Position{Line: first}, End: report.Position{Line: last}}}
	}
	for _, c := range []struct {
		f    report.Finding
		want bool
	}{
		{report.Finding{Location: at("a", 3, 0)}, true},
		{report.Finding{Location: at("a", 1, 3)}, true},
		{report.Finding{Location: at("a", 5, 9)}, false},
		{report.Finding{Location: at("a", 0, 0)}, true},
		{report.Finding{Location: at("whole", 77, 0)}, true},
		{report.Finding{Location: at("b", 3, 0)}, false},
		{report.Finding{}, false},
		{report.Finding{Location: at("b", 3, 0), Flows: []report.Flow{{{Location: at("a", 4, 4)}}}}, true},
	} {
		if got := l.Covers(&c.f); got != c.want {
			t.Errorf("%+v: got %v", c.f.Location, got)
		}
	}
}

func FuzzReadPatch(f *testing.F) {
	f.Add("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n")
	f.Fuzz(func(t *testing.T, patch string) {
		lines, err := report.ReadPatch(strings.NewReader(patch))
		if err != nil {
			return
		}
		for _, path := range slices.Sorted(maps.Keys(lines)) {
			for _, r := range lines[path] {
				if r.First < 1 || r.Last < r.First {
					t.Errorf("%s: range %v", path, r)
				}
			}
		}
	})
}
