package report

import (
	"strings"
	"unicode/utf8"
)

// sarifRegions returns the region of r, and the lines around it if they are
// what its snippet holds: a region's own snippet is no more than the region
// (3.30.13), a context region's is (3.29.5). A part that SARIF cannot say is
// left out.
func sarifRegions(r *Region, inner bool) (region, context *sarifRegion) {
	var s sarifRegion
	if r.Start.Line > 0 {
		s.StartLine, s.StartColumn = r.Start.Line, max(r.Start.Column, 0)
		if r.End.Line >= r.Start.Line {
			s.EndLine, s.EndColumn = r.End.Line, max(r.End.Column, 0)
		}
	}
	// Bytes beside a line without columns would contradict it: the line is
	// the region then (3.30.4).
	if exact := s.StartLine == 0 || s.StartColumn > 0 && s.EndColumn > 0; exact && r.Offset >= 0 && r.Length >= 0 && r.Offset+r.Length > 0 {
		offset := r.Offset
		s.ByteOffset, s.ByteLength = &offset, r.Length
	}
	if s.StartLine == 0 && s.ByteOffset == nil {
		return nil, nil
	}
	if r.Snippet != "" {
		text := &sarifContent{Text: &r.Snippet}
		if inner || s.StartColumn == 0 && s.EndColumn == 0 || s.StartLine == 0 || r.wholeLine() {
			s.Snippet = text
		} else {
			context = &sarifRegion{StartLine: s.StartLine, Snippet: text}
			if s.EndLine > s.StartLine {
				context.EndLine = s.EndLine
			}
		}
	}
	return &s, context
}

// regionOf is the inverse of sarifRegions. What is absurd is taken as not said.
func regionOf(s, context *sarifRegion) (r Region, inner bool) {
	if s == nil {
		return r, false
	}
	if s.StartLine > 0 {
		r.Start = Position{s.StartLine, max(s.StartColumn, 0)}
		if s.EndLine > 0 || s.EndColumn > 0 {
			r.End = Position{s.EndLine, max(s.EndColumn, 0)}
			if r.End.Line <= 0 {
				r.End.Line = s.StartLine // 3.30.7
			}
			if r.End.Column > 0 && r.Start.Column == 0 {
				r.Start.Column = 1 // 3.30.6
			}
			if r.End.Line < r.Start.Line {
				r.End = Position{}
			}
		}
	}
	if s.ByteOffset != nil && *s.ByteOffset >= 0 && s.ByteLength >= 0 {
		r.Offset, r.Length = *s.ByteOffset, s.ByteLength
	}
	if text, ok := contextLines(context, r.Start.Line, max(r.Start.Line, r.End.Line)); ok {
		r.Snippet = text
	} else if s.Snippet != nil && s.Snippet.Text != nil {
		r.Snippet = *s.Snippet.Text
		inner = r.Snippet != "" && r.Start.Line > 0 && (r.Start.Column > 0 || r.End.Column > 0) && !r.wholeLine()
	}
	return r, inner
}

// wholeLine reports whether the snippet is no more than the region. A context
// region has to be more (3.29.5).
func (r *Region) wholeLine() bool {
	return r.Start.Column == 1 && r.End == Position{r.Start.Line, utf8.RuneCountInString(r.Snippet) + 1}
}

// contextLines returns the text of lines from a context region that has them.
func contextLines(c *sarifRegion, first, last int) (string, bool) {
	if c == nil || c.Snippet == nil || c.Snippet.Text == nil || first == 0 || c.StartLine <= 0 || c.StartLine > first {
		return "", false
	}
	text := *c.Snippet.Text
	if c.StartLine == first && max(c.EndLine, c.StartLine) == last {
		return text, true
	}
	lines := strings.Split(text, "\n")
	if last-c.StartLine >= len(lines) {
		return "", false
	}
	lines = lines[first-c.StartLine : last-c.StartLine+1]
	return strings.TrimSuffix(strings.Join(lines, "\n"), "\r"), true
}

// sameRegion reports whether writing a makes b.
func sameRegion(a, b *sarifRegion) bool { return a != nil && compareJSON(a, b) == 0 }
