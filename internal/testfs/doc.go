// Package testfs makes trees that misbehave, for tests: files that are
// refused, end half-way or never end, directories in another order, links that
// loop or lead out. CI runs as root, for whom no file on disk is unreadable.
//
// [Copy] brings any tree into memory; the others wrap one.
package testfs
