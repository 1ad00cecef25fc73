package taint

import "strings"

// A Class is a set of classes of danger, one bit each. A value carries those
// for which it is still dangerous, a sink tests for its own.
type Class uint32

// The classes.
const (
	SQL     Class = 1 << iota // text that a database parses (CWE-89)
	Command                   // a program's name, or text that a shell parses (CWE-78)

	All = SQL | Command
)

var classNames = [...]string{"sql", "command"}

// String returns the names of the classes, separated by "|".
func (c Class) String() string {
	var names []string
	for i, name := range classNames {
		if c&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "|")
}
