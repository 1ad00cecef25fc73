// Package commandinjection has functions that run what a client sends, and
// their safe twins.
package commandinjection

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

func shell(w http.ResponseWriter, r *http.Request) {
	exec.Command("sh", "-c", "ping -c 1 "+r.FormValue("host")).Run() // want `command injection: input from \(\*http.Request\).FormValue becomes part of what exec.Command with sh runs`
}

func noShell(w http.ResponseWriter, r *http.Request) {
	exec.Command("ping", "-c", "1", "--", r.FormValue("host")).Run()
}

func program(w http.ResponseWriter, r *http.Request) {
	exec.CommandContext(r.Context(), r.URL.Query().Get("tool"), "--version").Run() // want `command injection: input from \(\*http.Request\).URL becomes part of what exec.CommandContext runs`
}

func programChosen(w http.ResponseWriter, r *http.Request) {
	tools := map[string]string{"go": "/usr/bin/go", "git": "/usr/bin/git"}
	tool, ok := tools[r.URL.Query().Get("tool")]
	if !ok {
		return
	}
	exec.CommandContext(r.Context(), tool, "--version").Run()
}

func split(w http.ResponseWriter, r *http.Request) {
	args := strings.Fields(r.FormValue("cmd"))
	exec.Command(args[0], args[1:]...).Run() // want `command injection`
}

func splitChecked(w http.ResponseWriter, r *http.Request) {
	args := strings.Fields(r.FormValue("cmd"))
	switch args[0] {
	case "status", "version":
		exec.Command(args[0], args[1:]...).Run()
	}
}

func bash(ctx context.Context, script string) *exec.Cmd {
	return exec.CommandContext(ctx, "/bin/bash", "-lc", script) // want `command injection: input from \(\*http.Request\).PostFormValue becomes part of what exec.CommandContext with /bin/bash runs`
}

func viaHelper(w http.ResponseWriter, r *http.Request) {
	bash(r.Context(), fmt.Sprintf("convert %s out.png", r.PostFormValue("file"))).Run()
}

func viaHelperNumber(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PostFormValue("n"))
	if err == nil {
		bash(r.Context(), fmt.Sprintf("seq %d", n)).Run()
	}
}

func positional(w http.ResponseWriter, r *http.Request) {
	exec.Command("sh", "-c", `ping -c 1 "$1"`, "sh", r.FormValue("host")).Run()
}

type job struct {
	Program string   `json:"program"`
	Args    []string `json:"args"`
}

func (j *job) run() error {
	return exec.Command(j.Program, j.Args...).Run() // want `command injection: input from \(\*http.Request\).Body`
}

func viaJSON(w http.ResponseWriter, r *http.Request) {
	var j job
	if json.NewDecoder(r.Body).Decode(&j) == nil {
		j.run()
	}
}

type fixed struct{ Args []string }

func (f *fixed) run() error { return exec.Command("/usr/bin/convert", f.Args...).Run() }

func viaJSONFixed(w http.ResponseWriter, r *http.Request) {
	var f fixed
	if json.NewDecoder(r.Body).Decode(&f) == nil {
		f.run()
	}
}

func started(w http.ResponseWriter, r *http.Request) {
	os.StartProcess(r.Header.Get("X-Program"), nil, &os.ProcAttr{}) // want `command injection`
}

func startedFixed(w http.ResponseWriter, r *http.Request) {
	os.StartProcess("/bin/true", []string{"true", r.Header.Get("X-Arg")}, &os.ProcAttr{})
}

func replaced(w http.ResponseWriter, r *http.Request) {
	syscall.Exec("/bin/sh", []string{"sh", "-c", r.FormValue("script")}, nil) // want `command injection`
}

func pathField(w http.ResponseWriter, r *http.Request) {
	cmd := exec.Command("true")
	cmd.Path = r.FormValue("path") // want `command injection`
	cmd.Run()
}

func appended(w http.ResponseWriter, r *http.Request) {
	args := []string{"-c"}
	args = append(args, "ls "+r.FormValue("dir"))
	exec.Command("sh", args...).Run() // want `command injection`
}

func appendedNoShell(w http.ResponseWriter, r *http.Request) {
	args := []string{"-l"}
	args = append(args, r.FormValue("dir"))
	exec.Command("ls", args...).Run()
}

func viaWrapper(w http.ResponseWriter, r *http.Request) {
	exec.Command("sudo", "bash", "-c", r.FormValue("script")).Run() // want `command injection`
}

var host = regexp.MustCompile(`^[a-z0-9.-]+$`)

func matched(w http.ResponseWriter, r *http.Request) {
	h := r.FormValue("host")
	if !host.MatchString(h) {
		return
	}
	exec.Command("sh", "-c", "ping -c 1 "+h).Run()
}

// The pattern is not anchored, so it lets everything through.
var weak = regexp.MustCompile(`[a-z0-9.-]+`)

func matchedWeakly(w http.ResponseWriter, r *http.Request) {
	h := r.FormValue("host")
	if weak.MatchString(h) {
		exec.Command("sh", "-c", "ping -c 1 "+h).Run() // want `command injection`
	}
}

func fromEnvironment() {
	exec.Command("sh", "-c", os.Getenv("SCRIPT")).Run() // the environment is not remote input
}
