package merlon_test

import (
	"bufio"
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/merlonsec/merlon"

// What our packages may link besides the standard library, and why.
const (
	multierror = "github.com/hashicorp/go-multierror"
	errwrap    = "github.com/hashicorp/errwrap"
	xtools     = "golang.org/x/tools"
	xsync      = "golang.org/x/sync"
	cyclonedx  = "github.com/CycloneDX/cyclonedx-go"
	cvss       = "github.com/pandatix/go-cvss"
	yaml       = "go.yaml.in/yaml/v3"
	ggcr       = "github.com/google/go-containerregistry"
	compress   = "github.com/klauspost/compress"
)

var reasons = map[string]string{
	multierror: "a list of errors that errors.Is looks through, behind internal/errlist",
	errwrap:    "comes with go-multierror",
	xtools:     "go/analysis, go/packages and SSA: what every Go analyzer is made of",
	xsync:      "comes with unitchecker: its errgroup",
	cyclonedx:  "the maintained types of CycloneDX; in two functions of sbom",
	cvss:       "scores of CVSS vectors, which advisories carry without a number",
	yaml:       "a YAML reader that knows the line of a mistake",
	ggcr:       "types of images that registries and builders share",
	compress:   "layers in zstd, which the standard library does not read",
}

// budget is what each package may link, by its path in the module.
var budget = map[string][]string{
	".":                   {},
	"report":              {multierror, errwrap},
	"report/git":          {multierror, errwrap},
	"report/reporttest":   {multierror, errwrap},
	"policy":              {multierror, errwrap},
	"policy/gatefile":     {multierror, errwrap, yaml},
	"secrets":             {multierror, errwrap},
	"secrets/secretstest": {multierror, errwrap},
	"sast":                {multierror, errwrap, xtools},
	"sast/cmd/merlonvet":  {multierror, errwrap, xtools, xsync},
	"sbom":                {multierror, errwrap, cyclonedx},
	"sca":                 {multierror, errwrap, cyclonedx, cvss},
	"sca/govulndb":        {multierror, errwrap, cyclonedx, cvss},
	"sca/version":         {},
	"container":           {multierror, errwrap, ggcr, compress},
}

// limits are the numbers of modules that the design allows; who wants more
// puts it in a package of its own.
var limits = map[string]int{"report": 2, "policy": 2, "secrets": 2, "sast": 6, "sbom": 5, "sca": 6, "container": 12, "policy/gatefile": 5}

// unwanted are packages of the standard library that cost every importer of
// ours: a server, a template engine, a network stack.
var unwanted = map[string][]string{
	"report":          {"net", "net/http", "html/template", "text/template", "os/exec", "testing", "encoding/gob", "go/types"},
	"policy":          {"net", "net/http", "html/template", "text/template", "os/exec", "testing"},
	"policy/gatefile": {"net", "net/http", "html/template", "os/exec", "testing"},
	"secrets":         {"net", "net/http", "html/template", "text/template", "os/exec", "testing"},
	"sbom":            {"net/http", "html/template", "os/exec", "testing"},
	"sca":             {"net/http", "html/template", "os/exec", "testing"},
	"sca/version":     {"net", "net/http", "os/exec", "testing"},
}

// A linked package, as the go command lists it.
type linked struct {
	module string   // "": the standard library
	deps   []string // all, not only the direct ones
	main   bool
}

// goList lists the packages of this module and all that they link.
func goList(t *testing.T) map[string]linked {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is not installed (Debian package golang)")
	}
	cmd := exec.Command("go", "list", "-deps", "-f",
		"{{.ImportPath}}\t{{with .Module}}{{.Path}}{{end}}\t{{.Name}}\t{{join .Deps \" \"}}", "./...")
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOTOOLCHAIN=local", "GOFLAGS=-mod=readonly", "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	list := map[string]linked{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		list[f[0]] = linked{f[1], strings.Fields(f[3]), f[2] == "main"}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestImportBudget(t *testing.T) {
	list := goList(t)
	used := map[string]bool{}
	for name, p := range list {
		rel := relative(name)
		if p.module != modulePath || isInternal(rel) || strings.HasPrefix(rel, "examples/") {
			continue
		}
		allowed, ok := budget[rel]
		if !ok {
			t.Errorf("%s: no budget; give it a line in deps_test.go", rel)
			continue
		}
		got := map[string]string{} // module → a package of it
		for _, dep := range p.deps {
			if m := list[dep].module; m != "" && m != modulePath {
				got[m] = dep
			}
			if slices.Contains(unwanted[rel], dep) {
				t.Errorf("%s links %s, which would cost all who import it", rel, dep)
			}
		}
		for m, dep := range got {
			used[m] = true
			if !slices.Contains(allowed, m) {
				t.Errorf("%s links %s (by %s), which is not in its budget", rel, m, dep)
			}
		}
		for _, m := range allowed {
			if _, ok := got[m]; !ok {
				t.Errorf("%s: does not link %s any more; take it off its budget", rel, m)
			}
		}
		if most, ok := limits[rel]; ok && len(got) > most {
			t.Errorf("%s links %d modules, %d are allowed: %v", rel, len(got), most, slices.Sorted(maps.Keys(got)))
		}
	}
	for rel := range budget {
		if _, ok := list[path.Join(modulePath, rel)]; !ok {
			t.Errorf("%s has a budget and does not exist", rel)
		}
	}
	for m, why := range reasons {
		if why == "" || !used[m] {
			t.Errorf("%s: its reason is %q, and it is used: %v", m, why, used[m])
		}
	}
}

// Arrows go one way: report imports none of the others, and nobody a package
// that is built on it.
func TestLayers(t *testing.T) {
	list := goList(t)
	for rel, below := range map[string][]string{
		"report":          {},
		"report/git":      {"report"},
		"policy":          {"report"},
		"policy/gatefile": {"policy", "report"},
		"secrets":         {"report"},
		"sast":            {"report"},
		"sbom":            {"report"},
		"sca/version":     {},
		"sca":             {"report", "sbom", "sca/version"},
		"sca/govulndb":    {"report", "sbom", "sca", "sca/version"},
		"container":       {"report"},
	} {
		for _, dep := range list[path.Join(modulePath, rel)].deps {
			to := relative(dep)
			if list[dep].module == modulePath && !isInternal(to) && !slices.Contains(below, to) {
				t.Errorf("%s imports %s, which is not below it", rel, to)
			}
		}
	}
}

// relative is a path of ours below the module's, "." for the root.
func relative(importPath string) string {
	if importPath == modulePath {
		return "."
	}
	return strings.TrimPrefix(importPath, modulePath+"/")
}

func isInternal(rel string) bool {
	return strings.HasPrefix(rel, "internal/") || strings.Contains(rel, "/internal/")
}
