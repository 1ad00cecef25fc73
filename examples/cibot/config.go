package main

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/merlonsec/merlon/container"
	"github.com/merlonsec/merlon/policy/gatefile"
	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/sast"
	"github.com/merlonsec/merlon/sbom"
	"github.com/merlonsec/merlon/sca"
	"github.com/merlonsec/merlon/sca/govulndb"
	"github.com/merlonsec/merlon/secrets"
)

// readConfig reads the user's file, or merlon.yaml in the target unless the
// user does not want the target to have a say.
func readConfig(o options, dir *report.Target) (*gatefile.File, error) {
	switch {
	case o.config != "":
		if _, err := os.Stat(o.config); err != nil {
			return nil, err
		}
		return gatefile.Read(os.DirFS(filepath.Dir(o.config)), filepath.Base(o.config))
	case dir != nil && !o.noConfig:
		return gatefile.Read(dir.FS, "merlon.yaml")
	}
	return &gatefile.File{}, nil
}

var scannerNames = []string{"secrets", "sast", "sbom", "sca", "container"}

// makeScanners makes those that the user asked for, else the configuration, else all.
func makeScanners(ctx context.Context, o options, file *gatefile.File, dir *report.Target) (scanners []report.Scanner, err error) {
	only := file.Only
	if o.only != "" {
		only = strings.Split(o.only, ",")
	} else if only == nil {
		only = scannerNames
	}
	for _, name := range only {
		var s report.Scanner
		switch name {
		case "secrets":
			s, err = secrets.New(secrets.Options{})
		case "sast":
			s, err = sast.New(sast.Options{Download: !o.offline})
		case "sbom":
			s, err = sbom.New(sbom.Options{})
		case "sca":
			s, err = makeSCA(ctx, o, file, dir)
		case "container":
			s, err = container.New(container.Options{})
		default:
			err = fmt.Errorf("no scanner %q: there are %s", name, strings.Join(scannerNames, ", "))
		}
		if err != nil {
			return nil, err
		}
		scanners = append(scanners, s)
	}
	return scanners, nil
}

// makeSCA opens the user's databases, and those that the target brings along.
func makeSCA(ctx context.Context, o options, file *gatefile.File, dir *report.Target) (report.Scanner, error) {
	var dbs []sca.Database
	for _, name := range o.dbs {
		db, err := openDatabase(ctx, name, o.offline)
		if err != nil {
			return report.Failed("sca", err), nil
		}
		dbs = append(dbs, db)
	}
	for _, name := range file.Databases {
		if dir == nil {
			break // only from inside the target
		}
		sub, err := fs.Sub(dir.FS, name)
		if err != nil {
			return nil, err
		}
		db, err := sca.OpenFS(ctx, sub)
		if err != nil {
			return report.Failed("sca", fmt.Errorf("database %s of the target: %w", name, err)), nil
		}
		dbs = append(dbs, db)
	}
	return sca.New(sca.Options{Database: sca.Combine(dbs...)})
}

func openDatabase(ctx context.Context, name string, offline bool) (sca.Database, error) {
	switch {
	case !strings.Contains(name, "://"):
		return sca.Open(ctx, name)
	case offline:
		return nil, fmt.Errorf("database %s needs the network, which -offline forbids", name)
	}
	return govulndb.New(ctx, govulndb.Options{URL: name, Client: &http.Client{Timeout: time.Minute}})
}
