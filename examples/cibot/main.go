// Command cibot examines a directory, or images, with every scanner of the
// module, prints what it found and lets a gate decide; cibot -help says how.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/container"
	"github.com/merlonsec/merlon/policy"
	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sbom"
)

const usage = `cibot [flags] [TARGET]

Examines the directory TARGET, and images, for leaked credentials, flaws in Go
code, vulnerable dependencies and weak image settings, and lets a gate decide.
merlon.yaml in TARGET may set the gate, excluded paths, databases and images.

Exit status: 0 the gate passes, 1 it fails, 2 nothing could be examined.

`

// options are the flags.
type options struct {
	target, out, only, config string
	images, dbs               []string
	noConfig, offline, quiet  bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code, err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "cibot:", err)
	}
	os.Exit(code)
}

// run is the whole program. An error says why nothing could be examined.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0, nil
	} else if err != nil {
		return 2, err
	}
	rep, parts, err := examine(ctx, o, stderr)
	if err != nil {
		return 2, err
	}
	if o.quiet {
		_, err = fmt.Fprintln(stdout, rep.Verdict)
	} else {
		err = report.Write(stdout, rep, report.Text{Group: true, Color: report.IsTerminal(stdout)})
	}
	if err == nil && o.out != "" {
		err = writeAll(o.out, rep, parts)
	}
	if err != nil {
		return 2, err
	}
	return rep.Verdict.ExitCode(), nil
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	fs := flag.NewFlagSet("cibot", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprint(stderr, usage)
		fs.PrintDefaults()
	}
	add := func(list *[]string) func(string) error {
		return func(s string) error { *list = append(*list, s); return nil }
	}
	fs.Func("image", "examine the image in `NAME`, a docker-save tarball or an OCI layout; repeatable, TARGET may then be left out", add(&o.images))
	fs.Func("db", "advisories: a `NAME` of a directory or zip of OSV records, or the URL of a Go vulnerability database; repeatable", add(&o.dbs))
	fs.StringVar(&o.out, "out", "", "write report.json, report.sarif and bom.cdx.json (bom-NAME.cdx.json for further subjects) into `DIR`")
	fs.StringVar(&o.only, "only", "", "run only these scanners: a `LIST` of "+strings.Join(scannerNames, ","))
	fs.StringVar(&o.config, "config", "", "read `FILE` in place of merlon.yaml in TARGET")
	fs.BoolVar(&o.noConfig, "no-target-config", false, "ignore merlon.yaml in TARGET: what is scanned does not say how it is judged")
	fs.BoolVar(&o.offline, "offline", false, "contact nobody; what is then missing, such as Go modules, is a gap")
	fs.BoolVar(&o.quiet, "quiet", false, "print the verdict only, and no progress")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	switch {
	case fs.NArg() > 1:
		return o, fmt.Errorf("one target at a time: %q (flags come first)", fs.Args())
	case fs.NArg() == 1:
		o.target = fs.Arg(0)
	case len(o.images) == 0:
		return o, errors.New("no target: name a directory, or an image with -image; see -help")
	}
	return o, nil
}

// examine scans the target and the images, and judges what was found. It
// returns the report of each subject too.
func examine(ctx context.Context, o options, stderr io.Writer) (rep *report.Report, parts []*report.Report, err error) {
	stamp, err := report.SourceDateEpoch()
	if err != nil {
		return nil, nil, err
	}
	var dir *report.Target
	if o.target != "" {
		if dir, err = report.OpenDir(o.target); err != nil {
			return nil, nil, err
		}
		defer dir.Close()
	}
	file, err := readConfig(o, dir)
	if err != nil {
		return nil, nil, err
	}
	gate, err := policy.New(file.Gate)
	if err != nil {
		return nil, nil, err
	}
	scanners, err := makeScanners(ctx, o, file, dir)
	if err != nil {
		return nil, nil, err
	}
	meter := &report.Meter{}
	if !o.quiet && report.IsTerminal(stderr) {
		meter.W = stderr
	}
	runner := &report.Runner{Progress: meter.Show, Now: stamp}
	if dir != nil {
		dir.Exclude = file.Exclude
		part, _ := runner.Run(ctx, dir, scanners...) // the report says itself what is missing
		parts = append(parts, part)
	}
	images := container.Targets(ctx, nil, o.images, container.OpenOptions{})
	parts = slices.AppendSeq(parts, runner.Each(ctx, images, scanners...))
	if dir != nil {
		images = container.Targets(ctx, dir.FS, file.Images, container.OpenOptions{})
		parts = slices.AppendSeq(parts, runner.Each(ctx, images, scanners...))
	}
	meter.Clear()
	if ctx.Err() != nil {
		return nil, nil, errors.New("interrupted")
	}
	rep = gate.Judge(report.Merge(parts...), time.Now())
	if stamp != nil {
		rep.Verdict.At = stamp() // for the document; waivers were judged by the clock
	}
	return rep, parts, nil
}

// writeAll writes the report, and an SBOM of each subject with an inventory.
func writeAll(dir string, rep *report.Report, parts []*report.Report) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files := map[string]report.Format{"report.json": report.JSON{}, "report.sarif": report.SARIF{}}
	for i, part := range parts {
		if !slices.ContainsFunc(part.Scans, func(s report.Scan) bool { return s.Scanner == "sbom" || s.Scanner == "sca" }) {
			continue
		}
		subject, name := part.Subjects[0].Name, "bom.cdx.json"
		if i > 0 {
			name = "bom-" + strings.Map(fileRune, subject) + ".cdx.json"
		}
		files[name] = sbom.CycloneDX{Subject: subject}
	}
	for name, format := range files {
		if err := report.WriteFile(filepath.Join(dir, name), rep, format); err != nil {
			return err
		}
	}
	return nil
}

// fileRune keeps what is fit for the name of a file anywhere.
func fileRune(r rune) rune {
	if strings.ContainsRune(`/\:*?"<>|@`, r) || r <= ' ' {
		return '_'
	}
	return r
}
