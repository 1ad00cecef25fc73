package report

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A Location is a place in a subject. The zero Location means the subject as a whole.
type Location struct {
	Path    string    `json:"path,omitempty"` // slash-separated, relative to the subject's root; inside archives "a.jar!/b"
	URI     string    `json:"uri,omitempty"`  // for what is no file: an endpoint, an image reference
	Region  Region    `json:"region,omitzero"`
	Logical []Logical `json:"logical,omitempty"` // outermost first
	Layer   *Layer    `json:"layer,omitempty"`   // image layer that brought it
	Commit  *Commit   `json:"commit,omitempty"`  // commit that brought it
	Role    Role      `json:"role,omitempty"`    // for related locations
	Message string    `json:"message,omitempty"`
	Props   Props     `json:"props,omitempty"`
}

// A Region is a range of a file. End is exclusive. The zero Region is the whole file.
type Region struct {
	Start   Position `json:"start,omitzero"`
	End     Position `json:"end,omitzero"`
	Offset  int64    `json:"offset,omitempty"` // bytes from the start of the file; known if Length > 0
	Length  int64    `json:"length,omitempty"`
	Snippet string   `json:"snippet,omitempty"` // the lines of the region; secrets masked
}

// A Position counts from one. Columns count Unicode code points, which is
// what SARIF (columnKind), LSP and editors can be given without the text.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column,omitempty"`
}

// RegionOf returns the region of text[start:end], byte offsets, with its
// lines as snippet. Offsets outside text are cut. A snippet holds at most
// 4096 bytes; of a longer line it is the part around start.
func RegionOf(text []byte, start, end int) Region {
	start = min(max(start, 0), len(text))
	end = min(max(end, start), len(text))
	r := Region{Offset: int64(start), Length: int64(end - start)}
	first := bytes.LastIndexByte(text[:start], '\n') + 1
	r.Start = Position{bytes.Count(text[:start], newline) + 1, utf8.RuneCount(text[first:start]) + 1}
	last := bytes.LastIndexByte(text[:end], '\n') + 1
	r.End = Position{r.Start.Line + bytes.Count(text[start:end], newline), utf8.RuneCount(text[last:end]) + 1}
	stop, from := len(text), max(end-1, start)
	if i := bytes.IndexByte(text[from:], '\n'); i >= 0 {
		stop = from + i
	}
	if stop-first > maxSnippet {
		first = max(first, start-maxSnippet/4)
		stop = min(stop, first+maxSnippet)
	}
	r.Snippet = strings.ToValidUTF8(strings.TrimSuffix(string(text[first:stop]), "\r"), "\uFFFD")
	return r
}

const maxSnippet = 4096

var newline = []byte{'\n'}

// place is "path:line", as compilers write it.
func place(path string, line int) string {
	if line > 0 {
		return path + ":" + strconv.Itoa(line)
	}
	return path
}

// A Logical names a program element, resource or object.
type Logical struct {
	Kind string `json:"kind"` // SARIF's: "function", "type", "resource", "object"; ours: "detector-part"
	Name string `json:"name"` // fully qualified
}

// A Role says what a related location is to the finding.
type Role string

// The roles.
const (
	RoleSource     Role = "source"
	RoleSink       Role = "sink"
	RoleDeclared   Role = "declared"
	RoleIntroduced Role = "introduced"
	RoleFixed      Role = "fixed"
	RoleAlso       Role = "also" // another place of the same finding (SARIF: locations after the first)
)

// A Layer is one layer of an image.
type Layer struct {
	Index     int    `json:"index"` // from the base, zero first
	DiffID    string `json:"diffId"`
	CreatedBy string `json:"createdBy,omitempty"`
	Base      bool   `json:"base,omitempty"`    // belongs to the base image
	Deleted   bool   `json:"deleted,omitempty"` // a later layer removed or replaced the file
}

// A Commit is one commit of a repository.
type Commit struct {
	ID     string    `json:"id"`
	Author string    `json:"author,omitempty"`
	Time   time.Time `json:"time,omitzero"`
}

// A Step is one stop of a data flow or call path.
type Step struct {
	Location Location `json:"location"`
	Message  string   `json:"message,omitempty"`
}

// A Flow is an ordered path: source first for data, entry point first for calls.
type Flow []Step
