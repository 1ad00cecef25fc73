package secrets

import (
	"cmp"
	"slices"

	"github.com/merlonsec/merlon/report"
	"github.com/merlonsec/merlon/secrets/internal/engine"
)

// A place is what is known of where a text comes from.
type place struct {
	path string
	test bool // nothing in production, by its path
}

func placeOf(path string) place { return place{path, isTestPath(path)} }

// A hit is a secret in a text.
type hit struct {
	detector   *detector
	start, end int
	value      string
	near       string
	confidence report.Confidence
}

// A finder finds secrets in one text, given in pieces.
type finder struct {
	rules *ruleset
	scan  *engine.Scan
	end   int // of the last hit
}

func (rs *ruleset) newFinder() *finder { return &finder{rules: rs, scan: rs.engine.Scan()} }

func (f *finder) close() { f.scan.Close() }

// shift says that later pieces lack the first n bytes of the last one.
func (f *finder) shift(n int) {
	f.scan.Shift(n)
	f.end = max(0, f.end-n)
}

// hits are what was found in a piece of text.
type hits struct {
	all  []hit  // in the order of their starts; none lies in another one
	hide []span // what must not be seen: all of them, and those that overlap with them
}

// A span is a range of bytes.
type span struct{ start, end int }

// find returns the secrets of matches that start in text[from:to]; the rest of
// the text is what is around. See [engine.Scan.Find] about texts in pieces.
func (f *finder) find(p place, text []byte, from, to int) hits {
	var all []hit
	f.scan.Find(text, from, to, func(i int, loc []int) {
		d := f.rules.detectors[i]
		if p.path != "" && len(d.paths) > 0 && !d.paths.Match(p.path) {
			return
		}
		start, end := d.secret(loc)
		if h, ok := d.judge(text, start, end); ok {
			if p.test && h.confidence > report.ConfidenceLow {
				h.confidence--
			}
			all = append(all, h)
		}
	})
	out := outermost(all, f.end)
	if n := len(out.all); n > 0 {
		f.end = out.all[n-1].end
	}
	return out
}

// judge decides whether a match of the pattern is a secret.
func (d *detector) judge(text []byte, start, end int) (hit, bool) {
	h := hit{detector: d, start: start, end: end, value: string(text[start:end]), confidence: d.Rule.Confidence}
	if h.value == "" || isPlaceholder(h.value) || isDocumented(h.value) {
		return hit{}, false
	}
	if d.Entropy > 0 && entropy(h.value) < d.Entropy {
		return hit{}, false
	}
	if d.near != nil {
		if h.near = d.nearest(text, start, end); h.near == "" {
			return hit{}, false
		}
	}
	if d.Check != nil {
		m := h.match(text)
		m.Start, m.End = 0, 0 // of a window, which would mean nothing to a Check
		h.confidence = d.Check(m)
	}
	return h, h.confidence > report.ConfidenceUnknown
}

// nearest returns the match of Near that is closest to the secret.
func (d *detector) nearest(text []byte, start, end int) string {
	before := text[max(0, start-d.Within):start]
	after := text[end:min(len(text), end+d.Within)]
	near := ""
	distance := d.Within + 1
	if all := d.near().FindAllIndex(before, -1); len(all) > 0 {
		last := all[len(all)-1]
		near, distance = string(before[last[0]:last[1]]), len(before)-last[1]
	}
	if loc := d.near().FindIndex(after); loc != nil && loc[0] < distance {
		near = string(after[loc[0]:loc[1]])
	}
	return near
}

// match returns h as callers see it.
func (h *hit) match(text []byte) Match {
	return Match{
		Detector: &h.detector.Detector, Start: h.start, End: h.end,
		Secret: secretOf(h.value), Near: secretOf(h.near), Confidence: h.confidence,
		Before: Secret{func() string { return string(text[max(0, h.start-around):h.start]) }},
		After:  Secret{func() string { return string(text[h.end:min(len(text), h.end+around)]) }},
	}
}

// outermost sorts hits and keeps, of those that overlap, the one that starts
// first, the longer one of two: the key file, not the key in it. What starts
// before end lies in a hit that was found before.
func outermost(all []hit, end int) hits {
	slices.SortStableFunc(all, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(b.confidence, a.confidence))
	})
	var out hits
	for _, h := range all {
		out.hide = append(out.hide, span{h.start, h.end})
		if h.start >= end {
			out.all = append(out.all, h)
			end = h.end
		}
	}
	return out
}
