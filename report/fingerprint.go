package report

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// number gives sorted findings their fingerprints, "merlon/v1:" and 32 hex
// digits: a hash of rule, path, component, canonical advisory, logical
// location and normalised content. No line number enters it, so it survives
// edits elsewhere in the file. Twins, whose hash is equal, are told apart by
// ":2", ":3" in order of place.
func number(fs []*Finding) {
	seen := map[string]int{}
	for _, f := range fs {
		if f.Fingerprint != "" {
			continue
		}
		id := f.hash()
		if seen[id]++; seen[id] > 1 {
			id += ":" + strconv.Itoa(seen[id])
		}
		f.Fingerprint = id
	}
}

// hash is the fingerprint without a twin's number.
func (f *Finding) hash() string {
	var logical strings.Builder
	for _, l := range f.Location.Logical {
		logical.WriteString("/" + l.Name)
	}
	advisory := ""
	if len(f.Advisories) > 0 {
		advisory = f.Advisories[0]
	}
	content := strings.Join(strings.Fields(cmp.Or(f.Key, f.Location.Region.Snippet)), " ")
	h := sha256.New()
	for _, s := range []string{f.Rule, cmp.Or(f.Location.Path, f.Location.URI), f.Component, advisory, logical.String(), content} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return fmt.Sprintf("merlon/v1:%x", h.Sum(nil)[:16])
}

// twins splits a fingerprint into what twins share and the number of the
// twin, one for the first.
func twins(fingerprint string) (group string, n int) {
	if i := strings.LastIndexByte(fingerprint, ':'); i > len("merlon/v1") && strings.HasPrefix(fingerprint, "merlon/v1:") {
		if n, err := strconv.Atoi(fingerprint[i+1:]); err == nil && n > 1 {
			return fingerprint[:i], n
		}
	}
	return fingerprint, 1
}

// LineHash names GitHub's fingerprint of a result's first line in
// [Finding.PartialFingerprints], as in SARIF.
const LineHash = "primaryLocationLineHash"

// lineHashes sets LineHash on findings whose file can be read. Secrets are
// left out: a hash that can be computed without a key would let short ones be guessed.
func lineHashes(fsys fs.FS, findings []*Finding) {
	if fsys == nil {
		return
	}
	var path string
	var hashes map[int]string
	for _, f := range findings { // sorted by path
		line := f.Location.Region.Start.Line
		if line == 0 || f.Kind == KindSecret || f.Location.Path == "" || f.PartialFingerprints[LineHash] != "" {
			continue
		}
		if f.Location.Path != path {
			path, hashes = f.Location.Path, nil
			if text, err := readSmall(fsys, path); err == nil {
				hashes = hashLines(text, wanted(findings, path))
			}
		}
		if h := hashes[line]; h != "" {
			p := map[string]string{LineHash: h}
			for k, v := range f.PartialFingerprints {
				p[k] = v
			}
			f.PartialFingerprints = p
		}
	}
}

func wanted(findings []*Finding, path string) map[int]bool {
	lines := map[int]bool{}
	for _, f := range findings {
		if f.Location.Path == path {
			lines[f.Location.Region.Start.Line] = true
		}
	}
	return lines
}

// hashLines computes the hash that GitHub's code scanning gives a line: of
// the 100 UTF-16 code units from its start, blanks and tabs left out and line
// ends made "\n", as a polynomial with base 37 modulo 2^64, followed by how
// often that hash was seen so far (github/codeql-action, src/fingerprints.ts).
func hashLines(text []byte, want map[int]bool) map[int]string {
	const block, mod = 100, 37
	first := uint64(1)
	for range block {
		first *= mod
	}
	var (
		window [block]uint64
		starts [block]int // the line that starts at a place of the window, or zero
		hash   uint64
		at     int
		line   int
	)
	out := map[int]string{}
	seen := map[uint64]int{}
	flush := func() {
		if n := starts[at]; n > 0 {
			seen[hash]++
			if want[n] {
				out[n] = fmt.Sprintf("%x:%d", hash, seen[hash])
			}
			starts[at] = 0
		}
	}
	push := func(c uint64) {
		hash = hash*mod + c - first*window[at]
		window[at] = c
		at = (at + 1) % block
	}
	lineStart, cr := true, false
	unit := func(c uint64) {
		if c == ' ' || c == '\t' || cr && c == '\n' {
			cr = false
			return
		}
		if cr = c == '\r'; cr {
			c = '\n'
		}
		flush()
		if lineStart {
			line++
			starts[at] = line
		}
		lineStart = c == '\n'
		push(c)
	}
	for _, r := range string(text) {
		if r >= 0x10000 {
			r -= 0x10000
			unit(uint64(0xD800 + r>>10))
			unit(uint64(0xDC00 + r&0x3FF))
			continue
		}
		unit(uint64(r))
	}
	unit(65535)
	for range block {
		flush()
		push(0)
	}
	return out
}
