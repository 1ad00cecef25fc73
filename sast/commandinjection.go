package sast

import (
	"golang.org/x/tools/go/analysis"

	"github.com/merlonsec/merlon/internal/taint"
	"github.com/merlonsec/merlon/report"
)

func commandInjectionRule() report.Rule {
	return report.Rule{
		ID: "sast/commandinjection", Title: "Remote input becomes a command", URL: home + "commandinjection",
		Kind: report.KindCode, Severity: report.Critical, Confidence: report.ConfidenceHigh, CWEs: []int{78},
		Help: `What a client sends names the program that is run, or is part of a text that a shell or another interpreter executes: the client runs what it likes.

Bad:

	exec.Command("sh", "-c", "ping -c 1 "+r.FormValue("host"))
	exec.Command(r.FormValue("tool"), "--version")

Good, the program is fixed and no shell reads the argument, which cannot be an option either:

	exec.Command("ping", "-c", "1", "--", r.FormValue("host"))

Arguments of a fixed program other than an interpreter are no command injection and are not reported here. What is chosen from a fixed set, parsed to a number, or matched as a whole by a pattern without characters of the shell counts as safe after the test.

Ignore it where running the caller's commands is what the program is for, and the caller is authenticated.`,
	}
}

func newCommandInjection(rule report.Rule, engine *analysis.Analyzer) *analysis.Analyzer {
	return newAnalyzer(rule, func(pass *analysis.Pass, ps *problems) error {
		for _, f := range pass.ResultOf[engine].(*taint.Result).Findings(taint.Command) {
			ps.flow(f, "command injection: "+origin(f)+" becomes part of what "+f.What+where(f)+" runs; use a fixed program without a shell")
		}
		return nil
	}, engine)
}
