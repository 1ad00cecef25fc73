// Command merlonvet runs the recommended analyzers of package sast, package by
// package, under the go command:
//
//	go install github.com/merlonsec/merlon/sast/cmd/merlonvet@latest
//	go vet -vettool=$(which merlonvet) ./...
//	go vet -vettool=$(which merlonvet) -json ./...
//	go vet -vettool=$(which merlonvet) -sqlinjection ./...   # one analyzer only
//	go vet -vettool=$(which merlonvet) -fix ./...            # apply suggested fixes
//
// It looks at dependencies too, to know what their functions do with data, and
// reports about the named packages only. The go command keeps its results, so
// a second run looks at what changed. "merlonvet help sqlinjection" says what
// an analyzer finds.
package main

import (
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/merlonsec/merlon/sast"
)

func main() { unitchecker.Main(sast.Recommended()...) }
