// Package gatefile reads gates from merlon.yaml. It is apart from package
// policy because it needs a YAML reader.
//
// [Read] is all there is: it reads the file of a tree into [policy.Options] and
// what else the file says. All keys are optional, and a missing file is the
// zero [File]:
//
//	exclude: [vendor/**]        # globs of what is not scanned
//	only: [secrets, sca]        # scanners; names are the program's business
//	database: [security/osv]    # directories or files inside the tree
//	images: [image]             # images inside the tree that are scanned too
//	gate:
//	  allow-incomplete: false   # true: a gap warns and no longer fails
//	  longest-waiver: 90d       # 180d if not given
//	  fail:                     # not given: the default clauses; []: none
//	    - name: new-high
//	      when: {severity: high, kind: [dependency, code], not: {path: "test/**"}}
//	      on-unknown: warn      # pass, warn or fail
//	      waivable: false       # waivers have no power here
//	  warn:
//	    - {name: likely, when: {epss: 0.1, exploited: false}}
//	  waivers:
//	    - rule: sast/sqlinjection
//	      path: legacy/**
//	      owner: ana
//	      reason: removed in the first quarter
//	      ticket: SEC-12
//	      expires: 2027-01-31   # holds through the end of that day, UTC
//
// The conditions of "when" are severity and confidence (that or better), kind,
// rule, path, subject, purl, cwe, scope (one or a list of which one is enough), epss (a number), new,
// exploited, reachable, fixable, base-image (true or false) and not; all of one mapping must hold. A
// waiver covers by rule, advisory, path, purl, fingerprint and subject, all that are given, or by
// gap, the op of a gap to accept. It has owner, reason and expires, and may have ticket,
// approver and status (accepted, false_positive, not_affected, fixed).
//
// Reading is strict: unknown and repeated keys, wrong types, aliases, a second
// document and more than 1 MiB are errors with line and column. Paths of
// databases and images stay inside the tree. The package reads the one file,
// and neither the waivers of other tools nor requirements on evidence.
package gatefile
