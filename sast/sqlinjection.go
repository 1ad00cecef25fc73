package sast

import (
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/merlonsec/merlon/internal/taint"
	"github.com/merlonsec/merlon/report"
)

func sqlInjectionRule() report.Rule {
	return report.Rule{
		ID: "sast/sqlinjection", Title: "Remote input becomes part of a SQL statement", URL: home + "sqlinjection",
		Kind: report.KindCode, Severity: report.High, Confidence: report.ConfidenceHigh, CWEs: []int{89},
		Help: `What a client sends ends up in the text of a SQL statement, where it can change what the statement does: read, change or delete other data.

Bad:

	db.QueryContext(ctx, "SELECT id FROM users WHERE name = '"+r.FormValue("name")+"'")

Good, the value is a parameter:

	db.QueryContext(ctx, "SELECT id FROM users WHERE name = ?", r.FormValue("name"))

Identifiers and keywords cannot be parameters. Choose them from a fixed set:

	columns := map[string]string{"name": "name", "age": "birthday"}
	column, ok := columns[r.FormValue("sort")]
	if !ok {
		column = "name"
	}
	db.QueryContext(ctx, "SELECT id FROM users ORDER BY "+column)

What is compared with constants or found in a fixed set, parsed to a number, or matched as a whole by a pattern without quotes, operators and parentheses counts as safe after the test.

Ignore it where the text is meant to be SQL, as in the console of an administrator.`,
	}
}

func newSQLInjection(rule report.Rule, engine *analysis.Analyzer) *analysis.Analyzer {
	return newAnalyzer(rule, func(pass *analysis.Pass, ps *problems) error {
		for _, f := range pass.ResultOf[engine].(*taint.Result).Findings(taint.SQL) {
			ps.flow(f, "SQL injection: "+origin(f)+" becomes part of the statement of "+f.What+where(f)+"; pass it as a parameter")
		}
		return nil
	}, engine)
}

// origin names the sources of a finding.
func origin(f *taint.Finding) string {
	var names []string
	for _, flow := range f.Flows {
		if len(names) == 0 || names[len(names)-1] != flow.Source {
			names = append(names, flow.Source)
		}
	}
	if len(names) > 2 {
		names = append(names[:2], "more")
	}
	return "input from " + strings.Join(names, " and ")
}

// where says where a sink in another package is.
func where(f *taint.Finding) string {
	if f.At.Pos.IsValid() {
		return ""
	}
	return " in " + f.At.Package + " (" + position(f.At) + ")"
}

func position(p taint.Place) string { return p.File + ":" + strconv.Itoa(p.Line) }
