package git_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/report/git"
)

// scanner stands for one of package secrets or sast.
var scanner report.Scanner

// A hook before a commit looks at what is staged.
func Example() {
	ctx := context.Background()
	repo, err := git.Open(ctx, ".")
	if err != nil {
		log.Fatal(err)
	}
	target, err := repo.Staged(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer target.Close()
	rep, err := report.Run(ctx, target, scanner)
	if err != nil {
		log.Fatal(err) // something could not be examined
	}
	for f := range rep.Open(time.Now()) {
		fmt.Println(f.Location.Path, f.Message)
	}
}

// A pull request answers for the lines that it touches.
func ExampleRepo_Diff_pullRequest() {
	ctx := context.Background()
	repo, err := git.Open(ctx, ".")
	if err != nil {
		log.Fatal(err)
	}
	target, err := report.OpenDir(".")
	if err != nil {
		log.Fatal(err)
	}
	defer target.Close()
	if target.Only, err = repo.Diff(ctx, "origin/main", ""); err != nil {
		log.Fatal(err)
	}
	rep, err := report.Run(ctx, target, scanner)
	fmt.Println(len(rep.Findings), err)
}

// A baseline is made of what was merged, not of what lies on disk.
func ExampleRepo_At_baseline() {
	ctx := context.Background()
	repo, err := git.Open(ctx, ".")
	if err != nil {
		log.Fatal(err)
	}
	target, err := repo.At(ctx, "origin/main")
	if err != nil {
		log.Fatal(err)
	}
	defer target.Close()
	before, err := report.Run(ctx, target, scanner)
	fmt.Println(len(before.Findings), err)
}
