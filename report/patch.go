package report

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// maxPatchLine bounds one line of a patch, in bytes. What is longer is counted and not kept.
const maxPatchLine = 1 << 20

// ReadPatch reads the lines that a unified diff touches, in the file after
// it: those added, and the two around a deletion, since taking a check away
// makes findings too. It takes the output of diff -u and of git, with renames,
// quoted names, binary files and any prefix ("a/", "i/" or none). A binary or
// empty file that changed stands as a whole; one that only moved does not
// stand at all. A combined diff of a merge is an error, as is a hunk that is
// shorter than it says; errors name the line.
func ReadPatch(r io.Reader) (Lines, error) {
	p := &patch{lines: Lines{}}
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := readPatchLine(in)
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("patch:%d: %w", p.n, err)
		}
		if err == io.EOF && len(line) == 0 {
			break
		}
		p.n++
		if perr := p.line(bytes.TrimSuffix(line, newline)); perr != nil {
			return nil, fmt.Errorf("patch:%d: %w", p.n, perr)
		}
	}
	if p.old > 0 || p.new > 0 {
		return nil, fmt.Errorf("patch:%d: ends inside a hunk of %s", p.n, p.path)
	}
	p.endFile()
	return p.lines, nil
}

// readPatchLine reads a line with its end, at most maxPatchLine bytes of it.
func readPatchLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if len(line) < maxPatchLine {
			line = append(line, part...)
		}
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

// patch is the state between two lines of a patch.
type patch struct {
	lines Lines
	n     int // lines read

	path     string // of the file after the change; empty: deleted, or none yet
	prefixed bool   // names carry "a/" and "b/"
	hunks    bool   // the file had one
	whole    bool   // binary, or new and maybe empty

	old, new int // lines left in the hunk
	at       int // next line of the file after the change
	deleted  bool
}

func (p *patch) line(b []byte) error {
	if p.old > 0 || p.new > 0 {
		return p.inHunk(b)
	}
	s := string(b)
	switch {
	case strings.HasPrefix(s, "@@@"):
		return errors.New("a combined diff of a merge: give one against a single parent")
	case strings.HasPrefix(s, "@@ "):
		return p.hunk(s)
	case strings.HasPrefix(s, "diff --git "):
		p.endFile()
		p.path, p.prefixed = gitNames(s[len("diff --git "):])
	case strings.HasPrefix(s, "diff "):
		p.endFile()
	case strings.HasPrefix(s, "--- "):
		if p.hunks {
			p.endFile() // plain diff -u: a new file begins without a "diff" line
		}
		if name := patchName(s[4:]); name != "/dev/null" {
			p.prefixed = hasPrefixDir(name)
		}
	case strings.HasPrefix(s, "+++ "):
		name := patchName(s[4:])
		switch {
		case name == "/dev/null":
			p.path = ""
		case hasPrefixDir(name) && p.prefixed:
			p.path = cleanPatchPath(name[2:])
		default:
			p.path = cleanPatchPath(name)
		}
	case strings.HasPrefix(s, "rename to "):
		p.path = cleanPatchPath(unquote(s[len("rename to "):]))
	case strings.HasPrefix(s, "copy to "):
		p.path = cleanPatchPath(unquote(s[len("copy to "):]))
	case strings.HasPrefix(s, "deleted file mode"):
		p.path = ""
	case strings.HasPrefix(s, "new file mode"), strings.HasPrefix(s, "Binary files "), strings.HasPrefix(s, "GIT binary patch"):
		p.whole = true
	}
	return nil
}

// endFile records a file that changed without a hunk.
func (p *patch) endFile() {
	if p.path != "" && p.whole && !p.hunks {
		p.lines[p.path] = nil
	}
	p.path, p.prefixed, p.hunks, p.whole, p.deleted = "", false, false, false, false
}

// hunk reads "@@ -1,2 +3,4 @@"; a count that is left out is one.
func (p *patch) hunk(s string) error {
	fields := strings.Fields(s)
	if len(fields) < 4 || fields[3] != "@@" && !strings.HasPrefix(fields[3], "@@") {
		return fmt.Errorf("hunk header %q", clip(s))
	}
	_, old, err1 := hunkRange(fields[1], "-")
	at, count, err2 := hunkRange(fields[2], "+")
	if err1 != nil || err2 != nil {
		return fmt.Errorf("hunk header %q", clip(s))
	}
	if count == 0 {
		at++ // "+3,0" is after line 3
	}
	p.old, p.new, p.at, p.hunks, p.deleted = old, count, at, true, false
	return nil
}

func hunkRange(s, sign string) (at, count int, err error) {
	s, ok := strings.CutPrefix(s, sign)
	if !ok {
		return 0, 0, errors.New("no sign")
	}
	first, rest, ok := strings.Cut(s, ",")
	count = 1
	if ok {
		if count, err = strconv.Atoi(rest); err != nil {
			return 0, 0, err
		}
	}
	at, err = strconv.Atoi(first)
	if at < 0 || count < 0 || at > 1<<30 || count > 1<<30 {
		err = errors.New("out of range")
	}
	return at, count, err
}

func (p *patch) inHunk(b []byte) error {
	kind := byte(' ') // some tools strip the blank of an empty line
	if len(b) > 0 && string(b) != "\r" {
		kind = b[0]
	}
	switch kind {
	case '+':
		p.new--
		if p.path != "" {
			p.lines.add(p.path, p.at, p.at)
		}
		p.at++
		p.deleted = false
	case '-':
		p.old--
		if p.path != "" && !p.deleted {
			p.lines.add(p.path, max(p.at-1, 1), p.at)
			p.deleted = true
		}
	case ' ':
		p.old--
		p.new--
		p.at++
		p.deleted = false
	case '\\': // "\ No newline at end of file"
	default:
		return fmt.Errorf("line %q in a hunk", clip(string(b)))
	}
	if p.old < 0 || p.new < 0 {
		return errors.New("a hunk is longer than its header says")
	}
	return nil
}

// patchName takes the name of a "---" or "+++" line, which diff -u lets a tab
// and a time follow.
func patchName(s string) string {
	if strings.HasPrefix(s, `"`) {
		return unquote(s)
	}
	s, _, _ = strings.Cut(s, "\t")
	return strings.TrimSuffix(s, "\r")
}

// gitNames takes the second name of "a/x b/x", which is of use where no other
// line names the file: both are equal then.
func gitNames(s string) (name string, prefixed bool) {
	if strings.HasPrefix(s, `"`) {
		first := strings.Index(s[1:], `" `)
		if first < 0 {
			return "", false
		}
		name = unquote(s[first+3:])
	} else {
		name = s[(len(s)+1)/2:]
	}
	if hasPrefixDir(name) {
		return cleanPatchPath(name[2:]), true
	}
	return cleanPatchPath(name), false
}

// hasPrefixDir reports whether a name begins with one of the prefixes of git
// ("a/", "b/", and "i/", "w/", "c/", "o/" of diff.mnemonicPrefix).
func hasPrefixDir(name string) bool {
	return len(name) > 2 && name[1] == '/' && strings.IndexByte("abiwco", name[0]) >= 0
}

func cleanPatchPath(name string) string {
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}

// unquote undoes the C quoting of git (core.quotePath).
func unquote(s string) string {
	s = strings.TrimSuffix(s, "\r")
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	if t, err := strconv.Unquote(strings.TrimSpace(s)); err == nil {
		return t
	}
	return s
}

// clip shortens text for a message.
func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
