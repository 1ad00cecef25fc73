// Package reporttest is the acceptance kit for what plugs into package report:
// [TestScanner] checks that a scanner keeps the [report.Scanner] contract,
// [TestFormat] that a [report.Format] writes any report, and [Judge] that a
// gate does not write to what it judges. Call each from a test of your own:
//
//	func TestContract(t *testing.T) {
//		reporttest.TestScanner(t, scanner, fstest.MapFS{"a.env": {Data: leak}})
//	}
//
// The kit reads the tree into memory and breaks it there: files without
// permission, files that end half-way or not at all, links out of the tree.
// A scanner that finds nothing in a tree in memory is given a copy in a
// temporary directory, and the subtests that need a broken tree are skipped, as
// they are for [TestScannerOn], which is for images and whatever else is no tree.
//
// For one subtest it replaces os.Stdout, os.Stderr and the default loggers, so
// it must not run in parallel with tests that use them. Run it with -race. It
// knows nothing about what should be found: that is the business of the
// scanner's own tests.
package reporttest
