package secrets

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/merlonsec/merlon/report"
)

// publicKey keys hashes where the caller gives no key. It is no secret.
const publicKey = "github.com/merlonsec/merlon/secrets/v1"

// group is what findings of one secret have in common, a keyed hash.
func (s *Scanner) group(value string) string { return "secret:" + s.hash("group", value) }

// hash is a keyed hash of a secret for one use. White space does not enter it,
// so that a key file hashes the same with either kind of line ends.
func (s *Scanner) hash(use, value string) string {
	key := s.opts.Key
	if key == nil {
		key = []byte(publicKey)
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(use + "\x00" + strings.Join(strings.Fields(value), "")))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// A window is a piece of a text, and the secrets that start in text[from:to].
type window struct {
	place
	text  []byte
	to    int
	hits  hits
	shown int   // other secrets before it are not known any more, those from it to to are
	base  int64 // of the window in the file, bytes; negative if the text is not as it is in the file
}

// finding reports a hit. c stands at its start.
func (s *Scanner) finding(w *window, h hit, c cursor) *report.Finding {
	rule := &h.detector.Rule
	f := &report.Finding{
		Scanner: s.Name(), Rule: rule.ID, Kind: rule.Kind, Message: rule.Title,
		Severity: rule.Severity, Confidence: h.confidence, CWEs: rule.CWEs, Controls: rule.Controls, Tags: rule.Tags,
		Location: report.Location{Path: w.path, Region: report.Region{
			Start: c.pos, End: c.to(w.text, h.end).pos,
			Snippet: w.snippet(h),
		}},
	}
	if f.Message == "" {
		f.Message = "Credential"
	}
	if w.base >= 0 {
		f.Location.Region.Offset, f.Location.Region.Length = w.base+int64(h.start), int64(h.end-h.start)
	}
	f.Key = s.hash("fingerprint", h.value)
	f.Group = s.group(h.value)
	if a := s.allowed(w.path, h); a != nil {
		f.Suppressions = append(f.Suppressions, *a)
	}
	if a := w.comment(h, c.pos.Line); a != nil {
		f.Suppressions = append(f.Suppressions, *a)
	}
	return f
}

// allowed returns the statement of the first Allow that covers a hit, or nil.
func (s *Scanner) allowed(path string, h hit) *report.Suppression {
	for i := range s.allow {
		a := &s.allow[i]
		if a.covers(h.detector.Rule.ID, path, h.value, func() string { return s.group(h.value) }) {
			return a.suppression()
		}
	}
	return nil
}

// commentReach is how far from a secret a comment is looked for, in bytes.
const commentReach = 2048

// comment returns the statement of an allowing comment on the line on which a
// hit starts or ends, or nil.
func (w *window) comment(h hit, line int) *report.Suppression {
	// Beyond the window there may be secrets that are not known yet.
	start := min(h.start, max(w.shown, h.start-commentReach))
	if i := bytes.LastIndexByte(w.text[start:h.start], '\n'); i >= 0 {
		start += i + 1
	}
	end := max(h.end, min(w.to, h.end+commentReach))
	if i := bytes.IndexByte(w.text[h.end:end], '\n'); i >= 0 {
		end = h.end + i
	}
	reason, ok := comment(mask(w.text, start, end, w.hits.hide))
	if !ok {
		return nil
	}
	const most = 300
	if len(reason) > most {
		reason = strings.ToValidUTF8(reason[:most], "")
	}
	return &report.Suppression{
		Kind: report.InSource, Status: report.StatusAccepted, Reason: tidy([]byte(reason), w.hits),
		Source: report.Location{Path: w.path, Region: report.Region{Start: report.Position{Line: line}}},
	}
}
