package sbom

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// modFile is what a go.mod file says about modules (The Go Modules Reference,
// "go.mod files").
type modFile struct {
	module  modLine
	goLine  string // of the go directive; empty if there is none
	require []modLine
	replace []modReplace
	exclude map[[2]string]bool
}

type modLine struct {
	path, version string
	indirect      bool
	line          int
}

// modReplace puts one module in the place of another; oldVersion may be empty,
// which means any, and newVersion is, where newPath is a directory.
type modReplace struct {
	oldPath, oldVersion string
	newPath, newVersion string
	line                int
}

// parseModFile reads what it can and says what it could not.
func parseModFile(text string) (*modFile, []error) {
	f := &modFile{exclude: map[[2]string]bool{}}
	var errs []error
	block, blockLine, n := "", 0, 0
	for line := range strings.Lines(text) {
		n++
		bad := func(err error) { errs = append(errs, &lineError{n, err}) }
		if conflict(line) {
			bad(errConflict)
			continue
		}
		tokens, comment, err := modTokens(line)
		if err != nil {
			bad(err)
			continue
		}
		switch {
		case len(tokens) == 0:
		case block != "" && tokens[0] == ")" && len(tokens) == 1:
			block = ""
		case block != "":
			if err := f.directive(block, tokens, comment, n); err != nil {
				bad(err)
			}
		case len(tokens) == 2 && tokens[1] == "(":
			block, blockLine = tokens[0], n
			if !knownVerb(block) {
				bad(fmt.Errorf("unknown directive %q", block))
			}
		case len(tokens) == 3 && tokens[1] == "(" && tokens[2] == ")":
		case !knownVerb(tokens[0]):
			bad(fmt.Errorf("unknown directive %q", tokens[0]))
		default:
			if err := f.directive(tokens[0], tokens[1:], comment, n); err != nil {
				bad(err)
			}
		}
	}
	if block != "" {
		errs = append(errs, &lineError{blockLine, fmt.Errorf("%s block without end", block)})
	}
	if f.module.path == "" && len(errs) == 0 {
		errs = append(errs, errors.New("no module directive"))
	}
	return f, errs
}

func knownVerb(verb string) bool {
	switch verb {
	case "module", "go", "toolchain", "require", "replace", "exclude", "retract", "tool", "godebug", "ignore":
		return true
	}
	return false
}

// directive takes one line without its verb.
func (f *modFile) directive(verb string, args []string, comment string, line int) error {
	switch verb {
	case "module":
		if len(args) != 1 {
			return errors.New("module: want one path")
		}
		if f.module.path != "" {
			return errors.New("module: a second one")
		}
		f.module = modLine{path: args[0], line: line}
	case "go":
		if len(args) != 1 {
			return errors.New("go: want one version")
		}
		f.goLine = args[0]
	case "require", "exclude":
		if len(args) != 2 {
			return fmt.Errorf("%s: want a path and a version", verb)
		}
		if verb == "exclude" {
			f.exclude[[2]string{args[0], args[1]}] = true
			return nil
		}
		f.require = append(f.require, modLine{args[0], args[1], indirect(comment), line})
	case "replace":
		return f.addReplace(args, line)
	}
	return nil
}

func (f *modFile) addReplace(args []string, line int) error {
	r := modReplace{line: line}
	arrow := 1
	if len(args) > 1 && args[1] != "=>" {
		arrow = 2
	}
	if len(args) < arrow+2 || len(args) > arrow+3 || args[arrow] != "=>" {
		return errors.New(`replace: want "path [version] => path [version]"`)
	}
	r.oldPath = args[0]
	if arrow == 2 {
		r.oldVersion = args[1]
	}
	r.newPath = args[arrow+1]
	if len(args) == arrow+3 {
		r.newVersion = args[arrow+2]
	} else if !localPath(r.newPath) {
		return fmt.Errorf("replace: %s is no directory and has no version", r.newPath)
	}
	f.replace = append(f.replace, r)
	return nil
}

// required returns the requirements, of several for one module the highest,
// which is what minimal version selection would take.
func (f *modFile) required() []modLine {
	index := map[string]int{}
	var list []modLine
	for _, r := range f.require {
		i, twice := index[r.path]
		switch {
		case !twice:
			index[r.path] = len(list)
			list = append(list, r)
		case compareGo(r.version, list[i].version) > 0:
			list[i] = r
		}
	}
	return list
}

// replacement returns the directive that applies to a requirement: one for its
// version goes before one for any.
func (f *modFile) replacement(path, version string) *modReplace {
	var found *modReplace
	for i := range f.replace {
		if r := &f.replace[i]; r.oldPath == path && (r.oldVersion == version || r.oldVersion == "" && found == nil) {
			found = r
			if r.oldVersion != "" {
				break
			}
		}
	}
	return found
}

// localPath reports whether a replacement is a directory.
func localPath(p string) bool {
	return p == "." || p == ".." || strings.HasPrefix(p, "./") || strings.HasPrefix(p, "../") || strings.HasPrefix(p, "/") ||
		strings.HasPrefix(p, `.\`) || strings.HasPrefix(p, `..\`) || len(p) >= 3 && p[1] == ':' && (p[2] == '/' || p[2] == '\\')
}

// indirect reports whether a comment is the mark of go mod tidy.
func indirect(comment string) bool {
	first, rest, _ := strings.Cut(strings.TrimSpace(comment), " ")
	return first == "indirect" && rest == "" || first == "indirect;"
}

// before117 reports whether go.mod does not list all modules that the build
// may need, which it does from go 1.17 on. No go directive means 1.16.
func (f *modFile) before117() bool {
	if f.goLine == "" {
		return true
	}
	major, rest, _ := strings.Cut(f.goLine, ".")
	minor := rest
	if i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		minor = rest[:i]
	}
	m, err := strconv.Atoi(minor)
	return major == "1" && err == nil && m < 17
}

// modTokens splits a line of go.mod into tokens and the comment behind them.
func modTokens(line string) (tokens []string, comment string, err error) {
	s := strings.TrimSpace(line)
	for s != "" {
		if c, ok := strings.CutPrefix(s, "//"); ok {
			return tokens, c, nil
		}
		var tok string
		switch s[0] {
		case '(', ')', '[', ']', ',':
			tok, s = s[:1], s[1:]
		case '"', '`':
			quoted, err := strconv.QuotedPrefix(s)
			if err != nil {
				return nil, "", errors.New("quotation mark without end")
			}
			s = s[len(quoted):]
			if tok, err = strconv.Unquote(quoted); err != nil {
				return nil, "", err
			}
		default:
			end := len(s)
			if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("()[],", r) }); i >= 0 {
				end = i
			}
			if i := strings.Index(s[:end], "//"); i > 0 {
				end = i
			}
			tok, s = s[:end], s[end:]
		}
		tokens = append(tokens, tok)
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
	}
	return tokens, "", nil
}
