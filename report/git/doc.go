// Package git makes targets out of a repository: what is staged, any
// revision, and the lines in which two revisions differ.
//
// A hook before a commit needs [Open] and [Repo.Staged], a check of a pull request
// [Repo.Diff], whose lines go into Target.Only:
//
//	repo, err := git.Open(ctx, ".")
//	target, err := repo.Staged(ctx)
//	rep, err := report.Run(ctx, target, scanner)
//
// Staged files and revisions are read from the object store and not from the
// work tree: what is scanned is what is committed, whatever lies around it.
// Links are links, Git LFS files are the pointers that the repository holds,
// submodules are empty directories, and their paths stand in the subject's
// Props as "git:submodules". An object that a shallow or partial clone lacks
// is a file that cannot be read, which scanners make a gap of.
//
// The package runs the git program (Debian package git; tested with 2.39) with
// commands that read the repository only, and with an environment in which
// nothing that the repository configures is run: no hooks, filters, text
// converters, external diffs or file system monitors. It never contacts a
// network, nor writes to the repository.
package git
