package secrets_test

import (
	"context"
	"fmt"
	"log"
	"strings"
	"testing/fstest"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/secrets"
)

// Find the credentials in a tree.
func Example() {
	s, err := secrets.New(secrets.Options{})
	if err != nil {
		log.Fatal(err)
	}
	tree := fstest.MapFS{"deploy/.env": {Data: []byte("NPM_TOKEN=" + npm("example") + "\n")}}
	rep, err := report.Run(context.Background(), report.NewTarget("shop", tree), s)
	if err != nil {
		log.Fatal(err) // not all of it was searched
	}
	for _, f := range rep.Findings {
		fmt.Printf("%s:%d: %s (%v, %v)\n", f.Location.Path, f.Location.Region.Start.Line, f.Message, f.Severity, f.Confidence)
		fmt.Println(f.Location.Region.Snippet)
	}
	// Output:
	// deploy/.env:1: npm access token (critical, certain)
	// NPM_TOKEN=***
}

// What is in a buffer of an editor, and how does one get rid of it?
func ExampleScanner_Matches_editor() {
	s, err := secrets.New(secrets.Options{})
	if err != nil {
		log.Fatal(err)
	}
	text := []byte(`token := "` + npm("example") + `"`)
	for m := range s.Matches("main.go", text) {
		fmt.Println(m.Detector.Rule.Title, m.Start, m.End, m.Secret)
		_, revoke, _ := strings.Cut(m.Detector.Rule.Help, "**Revoke it.** ")
		fmt.Println(strings.SplitN(revoke, ".", 2)[0])
	}
	// Output:
	// npm access token 10 50 ***
	// On npmjs
}

// Keep credentials out of a log.
func ExampleScanner_Redact() {
	s, err := secrets.New(secrets.Options{})
	if err != nil {
		log.Fatal(err)
	}
	line := "npm publish: 403 for " + npm("example")
	fmt.Printf("%s\n", s.Redact([]byte(line)))
	// Output: npm publish: 403 for ***
}

// Search what comes from a pipe, in bounded memory.
func ExampleScanner_Reader() {
	s, err := secrets.New(secrets.Options{})
	if err != nil {
		log.Fatal(err)
	}
	pipe := strings.NewReader("one\ntwo " + npm("example") + "\n")
	for f, err := range s.Reader(context.Background(), "stdin", pipe) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(f.Location.Path, f.Location.Region.Start.Line, f.Rule)
	}
	// Output: stdin 2 secrets/npm-token
}

// Find the tokens of a platform of one's own, besides all others.
func ExampleDetector_own() {
	token := secrets.Detector{
		Rule:     report.Rule{ID: "acme/token", Title: "Acme platform token", Severity: report.Critical, Help: "Revoke it at https://id.acme.test"},
		Pattern:  `\bacme_[0-9a-f]{32}\b`,
		Examples: []string{"acme_" + "7c1f0b9a52e84d36a9b0c4d7e1f83265"},
	}
	s, err := secrets.New(secrets.Options{Detectors: append(secrets.DefaultDetectors(), token)})
	if err != nil {
		log.Fatal(err) // names the detector, say if its example is not found
	}
	for m := range s.Matches("", []byte("ACME="+token.Examples[0][:5]+"d41c8e07b95f42a6830d7e2c9b1fa654")) {
		fmt.Println(m.Detector.Rule.Title)
	}
	// Output: Acme platform token
}

// Allow what is known to be no secret. It stays in the report, suppressed.
func ExampleAllow() {
	s, err := secrets.New(secrets.Options{Allow: []secrets.Allow{
		{Rule: "secrets/npm-token", Path: "demo/**", Reason: "revoked, kept for the demo"},
	}})
	if err != nil {
		log.Fatal(err)
	}
	tree := fstest.MapFS{"demo/a.env": {Data: []byte("NPM_TOKEN=" + npm("example"))}}
	for f, err := range s.All(context.Background(), tree) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(f.Location.Path, f.Suppressions[0].Status, "-", f.Suppressions[0].Reason)
	}
	// Output: demo/a.env false_positive - revoked, kept for the demo
}
