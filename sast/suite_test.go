package sast

import (
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
)

// analyzer returns a recommended analyzer, made anew.
func analyzer(t testing.TB, name string) *analysis.Analyzer {
	t.Helper()
	for _, a := range Recommended() {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("no analyzer %q", name)
	return nil
}

func TestSQLInjection(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), analyzer(t, "sqlinjection"), "sqlinjection", "shop")
}

func TestCommandInjection(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), analyzer(t, "commandinjection"), "commandinjection")
}

func TestTLSVerify(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), analyzer(t, "tlsverify"), "tlsverify")
}

func TestServerTimeouts(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), analyzer(t, "servertimeouts"), "servertimeouts")
}

func TestIgnored(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), analyzer(t, "sqlinjection"), "ignored")
}
