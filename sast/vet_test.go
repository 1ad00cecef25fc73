package sast

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// buildVet builds the command merlonvet.
func buildVet(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a program and runs go vet")
	}
	exe := filepath.Join(t.TempDir(), "merlonvet")
	if runtime.GOOS == "windows" {
		exe += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", exe, "./cmd/merlonvet").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return exe
}

// vet runs go vet in dir and returns standard output and error.
func vet(t *testing.T, exe, dir string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"vet", "-vettool=" + exe}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=-buildvcs=false", "PWD="+dir)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

func TestVet(t *testing.T) {
	exe := buildVet(t)
	dir := write(t, shop())
	for range 2 { // the second run is from the go command's cache
		_, out, err := vet(t, exe, dir, "./...")
		if err == nil {
			t.Errorf("go vet succeeded")
		}
		if !strings.Contains(out, "main.go:13:") || !strings.Contains(out, "SQL injection") || !strings.Contains(out, "store.go:10") {
			t.Errorf("got %s, want the call in main.go that leads to store.go:10", out)
		}
		for _, good := range []string{"main.go:17", "main.go:24"} {
			if strings.Contains(out, good) {
				t.Errorf("got %s, want nothing about %s", out, good)
			}
		}
	}

	out, _, err := vet(t, exe, dir, "-json", "./...")
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]map[string][]struct{ Posn, Message string }
	dec := json.NewDecoder(strings.NewReader(stripComments(out)))
	found := 0
	for dec.More() {
		tree = nil
		if err := dec.Decode(&tree); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		for _, byAnalyzer := range tree {
			for name, diags := range byAnalyzer {
				for _, d := range diags {
					found++
					if name != "sqlinjection" || !strings.Contains(d.Posn, "main.go:13:") {
						t.Errorf("got %s %s", name, d.Posn)
					}
				}
			}
		}
	}
	if found != 1 {
		t.Errorf("got %d diagnostics, want 1", found)
	}

	// One analyzer only.
	if _, out, err := vet(t, exe, dir, "-tlsverify", "./..."); err != nil {
		t.Errorf("got %v: %s", err, out)
	}
}

// stripComments takes out the lines "# package" of go vet -json.
func stripComments(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// The result of the fixes compiles, and the analyzer is quiet on it.
func TestVetFix(t *testing.T) {
	exe := buildVet(t)
	files := map[string]string{"go.mod": "module example.com/m\n\ngo 1.26\n"}
	golden, err := filepath.Glob(filepath.Join("testdata", "src", "servertimeouts", "*.golden"))
	if err != nil || len(golden) == 0 {
		t.Fatal(golden, err)
	}
	for _, name := range golden {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimSuffix(filepath.Base(name), ".golden")] = string(text)
	}
	if _, out, err := vet(t, exe, write(t, files), "./..."); err != nil {
		t.Errorf("got %v: %s", err, out)
	}
}
