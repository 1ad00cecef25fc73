// Package gitcmd runs the git program on repositories that are not trusted.
//
// A repository's own configuration can name programs: hooks, a file system
// monitor, filters, text converters, external diffs, transports, pagers. None
// of them runs here, for three reasons together:
//
//   - only the commands in a list run (see commands). They read the object
//     store and the index. None of them compares or writes the content of the
//     work tree, which is what runs filter.*.clean and .smudge, runs a hook,
//     or looks for an alias. Package report/git reads the work tree itself;
//   - hooks, monitor, external diff and text conversion are switched off by
//     options that outrank the repository's configuration;
//   - no transport is allowed, so that a partial clone, whose missing objects
//     git would fetch with a program that the repository names, does not fetch.
//
// That is why safe.directory can be "*": git's own check of who owns the
// repository protects from just that, and would refuse what a container in CI
// has checked out as another user.
//
// The environment is made anew: no variable of the caller's but PATH and those
// for temporary files; no system or user configuration; English messages.
package gitcmd
