// Package taint follows data through a Go package, from where others send it
// to where it becomes dangerous, on the SSA form of golang.org/x/tools/go/ssa.
//
// [New] returns an analyzer whose result is a [*Result]: the flows that end
// in the package under analysis. It reports nothing itself; the analyzers of
// package sast, one for each [Class], pick from the result.
//
// Each function gets a [Summary]: which inputs, and which parts of them, reach
// which outputs or sinks, what it reads from outside, and which inputs its
// results vouch for. Inside a package summaries are computed to a fixed point
// over its call graph. Between packages they travel in one package fact,
// [Fact], which is merged onward. The standard library and packages
// without a fact are known from tables of [Model].
//
// A value carries a set of marks: where the data is from, in which part of the
// value (an access path of bounded length), and for which classes it is still
// dangerous. Comparison with a constant, membership in a fixed set, a parse to
// a number or an anchored pattern clear a value where they dominate its use.
//
// The engine reads the package and the facts of its imports, nothing else. It
// does not model reflection, assembly, aliasing through globals of other
// packages, or data that leaves the process and comes back.
package taint
