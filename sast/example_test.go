package sast_test

import (
	"context"
	"fmt"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sast"
)

// Scan a directory and print what was found.
func Example() {
	dir, remove := webModule()
	defer remove()
	target, err := report.OpenDir(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer target.Close()
	scanner, err := sast.New(sast.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rep, err := report.Run(context.Background(), target, scanner)
	if err != nil {
		fmt.Println(err)
	}
	for _, f := range rep.Findings {
		fmt.Printf("%s:%d: %s\n", f.Location.Path, f.Location.Region.Start.Line, f.Message)
		for _, step := range f.Flows[0] {
			fmt.Printf("\t%d: %s\n", step.Location.Region.Start.Line, step.Message)
		}
	}
	// Output:
	// web.go:9: command injection: input from (*http.Request).FormValue becomes part of what exec.Command with sh runs; use a fixed program without a shell
	// 	9: (*http.Request).FormValue returns what the client sent
	// 	9: joined into a text
	// 	9: exec.Command with sh runs it as a command
}

// What the rules are, say for a list in a user interface.
func ExampleRules() {
	for _, r := range sast.Rules() {
		fmt.Println(r.ID, r.Severity, r.CWEs)
	}
	// Output:
	// sast/commandinjection critical [78]
	// sast/servertimeouts medium [400]
	// sast/sqlinjection high [89]
	// sast/tlsverify high [295]
}
