// Package policy judges reports. A [Gate] is a list of clauses over the
// findings of a report and over the evidence in it, and waivers with an end;
// the verdict it gives is data that every format shows.
//
// Most programs need two calls: [New] compiles a gate, [Gate.Judge] returns
// the report with its verdict:
//
//	gate, err := policy.New(policy.Options{})
//	rep = gate.Judge(rep, time.Now())
//	os.Exit(rep.Verdict.ExitCode())
//
// A predicate is true, false or unknown (Kleene's strong logic, [Truth]): a
// severity that nobody rated is not low, and a catalogue that nobody asked does
// not say that nothing is exploited. Each clause says what unknown does
// ([Clause.OnUnknown]; a warning by default), and [Require] fails on it. A
// report with a gap fails, unless [Options].AllowIncomplete says otherwise, and
// one in which nothing was scanned always does.
//
// Waivers name an owner, a reason and an end. What they cover stays in the
// report, suppressed; what has expired counts again; all of them are in the
// verdict. [Gate.Explain] says what decided about one finding.
//
// The package reads nothing, runs nothing and asks no clock: the time is the
// caller's. Gates in files are the business of package gatefile. It knows
// neither deadlines by severity nor licence expressions.
package policy
