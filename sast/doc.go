// Package sast finds security flaws in Go code: analyzers for
// golang.org/x/tools/go/analysis, and a scanner that runs them in process.
//
// [Recommended] returns the analyzers. They run wherever go/analysis does: in
// a vettool (see the command merlonvet), in gopls, in golangci-lint, beside
// analyzers of your own. [New] makes a [report.Scanner] of them or of others:
//
//	s, err := sast.New(sast.Options{})
//	rep, err := report.Run(ctx, target, s)
//
// The rules are described by [Rules], and in RULES.md with examples.
// sqlinjection and commandinjection follow data from requests through
// functions, methods, closures, fields and packages to the place where it is
// dangerous; a test of the data that dominates its use ends the flow. tlsverify
// and servertimeouts look at one package at a time.
//
// Scan finds every go.mod of the target, has the go command list and compile
// the packages with what they import, type-checks them from source, and
// analyses them in the order of their imports. Compiling may run the C compiler
// on packages that use cgo. Nothing of the target is executed or written, and the
// network is not used unless [Options].Download is set. Packages that do not
// load are gaps that say what to do; the others are analysed. Files that build
// constraints leave out on this platform are noted. Tests are not analysed.
// Under go vet what dependencies do with data is known from their source; Scan
// knows it of the target's own packages, and of others by models.
//
// A comment on the line of a problem, or alone on the line above, takes it
// back; the finding stays in the report of Scan as suppressed:
//
//	//merlon:ignore sqlinjection the console runs what the administrator types
//
// The reason is required. "#nosec" and "//nolint:gosec" are understood too.
//
// The package does not follow data through reflection, files, databases and
// other processes, and treats arguments, environment and files of the program
// as the user's own.
package sast
