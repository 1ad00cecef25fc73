package secrets

import (
	"bytes"
	"errors"
	"strings"

	"github.com/merlonsec/merlon/internal/glob"
	"github.com/merlonsec/merlon/report"
)

// An Allow is a known non-secret. All fields that are set must agree; one of the
// first four must be.
type Allow struct {
	Rule   string // a rule's id
	Path   string // a glob
	Value  string // the secret itself
	Hash   string // its keyed hash: Group of a finding made with the same Options.Key
	Reason string // why; shown in the report
}

type allow struct {
	Allow
	path *glob.Pattern // nil: any
}

func (a Allow) compile() (allow, error) {
	if a.Rule == "" && a.Path == "" && a.Value == "" && a.Hash == "" {
		return allow{}, errors.New("empty, so everything would be allowed")
	}
	c := allow{Allow: a}
	var err error
	if a.Path != "" {
		c.path, err = glob.Compile(a.Path)
	}
	return c, err
}

func (a *allow) covers(rule, path, value string, hash func() string) bool {
	return (a.Rule == "" || a.Rule == rule) &&
		(a.path == nil || a.path.Match(path)) &&
		(a.Value == "" || a.Value == value) &&
		(a.Hash == "" || a.Hash == hash())
}

// suppression is the statement of an Allow in a report.
func (a *allow) suppression() *report.Suppression {
	return &report.Suppression{Kind: report.Waived, Status: report.StatusFalsePositive, Reason: a.Reason}
}

// markers are the comments that allow what is on their line: ours, and those of
// two tools that many people have used before.
var markers = [...]string{"merlon:allow", "gitleaks:allow", "trufflehog:ignore"}

// comment looks for an allowing comment in a line.
func comment(line []byte) (reason string, found bool) {
	for _, m := range markers {
		i := bytes.Index(line, []byte(m))
		if i < 0 {
			continue
		}
		text := string(line[i+len(m):])
		if text != "" && isWord(text[0]) {
			continue // "merlon:allowed"
		}
		for _, end := range []string{"*/", "-->", "--}}", "#}", "%>"} {
			text, _, _ = strings.Cut(text, end)
		}
		return strings.Trim(strings.ToValidUTF8(text, "\uFFFD"), " \t\r:;,-\"'`)}]"), true
	}
	return "", false
}

func isWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
